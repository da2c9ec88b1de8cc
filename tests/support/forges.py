"""Fixtures for tests that need a sandbox forge over a small repository; a conftest imports those that it gives."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from gitops_bot.clients.forge import Forge
from tests.act.bench import Bench, make_origin, open_bench


@pytest.fixture(scope="session")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_origin(tmp_path_factory.mktemp("origin"))


@pytest.fixture
def make_bench(origin: Path, tmp_path: Path) -> Iterator[Callable[[], Bench]]:
    """Each call opens a forge of its own."""
    with ExitStack() as opened:
        count = iter(range(1_000))
        yield lambda: opened.enter_context(open_bench(origin, tmp_path / f"forge{next(count)}"))


@pytest.fixture
def bench(make_bench: Callable[[], Bench]) -> Bench:
    return make_bench()


@pytest.fixture
def forge(bench: Bench) -> Iterator[Forge]:
    """The bot's client."""
    with bench.client() as client:
        yield client
