"""Forges on which people command the bot; all that is asked and answered fits GitHub's description of its API."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.act.bench import make_origin
from tests.chatops.desk import Desk, open_desk
from tests.sandbox.forge.description import DESCRIPTION, Description


@pytest.fixture(scope="session")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_origin(tmp_path_factory.mktemp("origin"))


@pytest.fixture
def make_desk(origin: Path, tmp_path: Path) -> Iterator[Callable[[], Desk]]:
    with ExitStack() as opened:
        count = iter(range(1_000))
        yield lambda: opened.enter_context(open_desk(origin, tmp_path / f"desk{next(count)}"))


@pytest.fixture
def desk(make_desk: Callable[[], Desk]) -> Iterator[Desk]:
    made = make_desk()
    differences: list[str] = []
    if DESCRIPTION.exists():
        made.forge.observers.append(Description.shared().watch(differences))
    yield made
    assert differences == []
