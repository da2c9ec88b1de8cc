"""Fixtures for tests that need an estate; a conftest imports the ones that it wants."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from gitops_bot.clients.rendering import Tools, find_tools
from tests.support.estate import Estate

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def tools() -> Tools:
    """The real programs: in CI they must be there."""
    found = find_tools(f"{os.environ['PATH']}{os.pathsep}{ROOT / '.tools' / 'bin'}")
    if found.kustomize and found.helm:
        return found
    reason = "kustomize or helm is not on PATH (make test installs them)"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture
def estate(tmp_path: Path) -> Iterator[Estate]:
    """An estate of plain YAML, for which no program is needed."""
    with Estate(tmp_path, Tools()) as made:
        yield made


@pytest.fixture
def charted(tmp_path: Path, tools: Tools) -> Iterator[Estate]:
    """An estate that may use Kustomize and Helm."""
    with Estate(tmp_path, tools) as made:
        yield made
