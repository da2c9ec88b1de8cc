"""Scenes over a small configuration repository."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from tests.applying.scene import FILES, Scene, open_scene
from tests.support.repository import Repository


@pytest.fixture(scope="session")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    repository = Repository(tmp_path_factory.mktemp("applying") / "origin")
    repository.commit(dict(FILES), "Release 1.9.1")
    return repository.path


@pytest.fixture
def make_scene(origin: Path, tmp_path: Path) -> Iterator[Callable[[], Scene]]:
    """Each call opens a forge of its own."""
    with ExitStack() as opened:
        count = iter(range(1_000))
        yield lambda: opened.enter_context(closing(open_scene(origin, tmp_path / f"forge{next(count)}")))


@pytest.fixture
def scene(make_scene: Callable[[], Scene]) -> Scene:
    return make_scene()
