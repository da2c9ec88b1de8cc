"""A repository, and sandbox forges for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gitops_bot.sandbox.forge import Forge as SandboxForge
from tests.act.bench import BEFORE, FILE, TOKEN, Bench, git


@pytest.fixture(scope="session")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("origin")
    git(folder, "init", "--quiet")
    (folder / "catalog").mkdir()
    (folder / FILE).write_bytes(BEFORE)
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "-m", "catalog: release 1.9.1")
    return folder


@pytest.fixture
def make_bench(origin: Path, tmp_path: Path) -> Iterator[Callable[[], Bench]]:
    made: list[Bench] = []

    def make() -> Bench:
        moment = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
        workspace = tmp_path / f"forge{len(made)}"
        sandbox = SandboxForge.open(
            origin,
            owner="acme",
            name="fleet",
            workspace=workspace,
            token=TOKEN,
            read_only_token="reader",
            clock=lambda: moment,
        )
        made.append(Bench(sandbox))
        return made[-1]

    yield make
    for bench in made:
        bench.close()


@pytest.fixture
def bench(make_bench: Callable[[], Bench]) -> Bench:
    return make_bench()
