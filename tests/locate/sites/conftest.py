from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from gitops_bot.clients.rendering import Tools
from tests.locate.sites import shapes
from tests.support.fixtures import tools

__all__ = ["shape", "tools"]


@pytest.fixture(scope="session")
def shape(tmp_path_factory: pytest.TempPathFactory, tools: Tools) -> Iterator[Callable[[str], shapes.Shape]]:
    """Opens a shape, once a session."""
    assert tools.helm
    known: dict[str, shapes.Shape] = {}
    with ExitStack() as stack:

        def opened(name: str) -> shapes.Shape:
            if name not in known:
                folder: Path = tmp_path_factory.mktemp(name)
                known[name] = stack.enter_context(shapes.opened(name, folder))
            return known[name]

        yield opened
