"""Forges on which people command the bot; all that is asked and answered fits GitHub's description of its API."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.chatops.desk import Desk, open_desk
from tests.sandbox.forge.description import DESCRIPTION, Description
from tests.support.forges import origin

__all__ = ["desk", "make_desk", "origin"]


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
