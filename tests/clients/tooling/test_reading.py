"""Runbooks, past incidents, and the line that sets a field."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from gitops_bot.clients.tooling import ToolRefused
from gitops_bot.clients.tooling.wording import MOST_CHARACTERS
from gitops_bot.errors import RepositoryError
from gitops_bot.model.dialogue import Page
from gitops_bot.model.resource import ResourceKey
from tests.clients.tooling.conftest import PASSWORD, Shelf, Tools

LIMIT = "/spec/template/spec/containers/0/resources/limits/memory"


def test_runbooks_are_shown_with_their_place(tools: Tools) -> None:
    assert tools.ask("runbook_search", query="OOM killed") == "runbooks/oom.md — OOM (score 7.25)\nRaise the limit."
    assert tools.ask("similar_incidents", query="OOM killed", limit=3) == "nothing fits"


def test_long_pages_share_the_room(tools_of: Callable[..., Tools]) -> None:
    long = "\n".join(f"step {number}" for number in range(2000))
    shelf = Shelf(*(Page(path=f"{name}.md", heading="OOM", score=1, text=long) for name in "abc"))
    text = tools_of(runbooks=shelf).ask("runbook_search", query="OOM", limit=3)
    assert [f"{name}.md — OOM" in text for name in "abc"] == [True] * 3
    assert text.count("more)") == 3
    assert len(text) <= MOST_CHARACTERS


def test_the_line_that_sets_a_field_is_asked_for_one_of_its_objects(tools_of: Callable[..., Tools]) -> None:
    asked: list[tuple[str, ResourceKey, str]] = []

    def find(name: str, key: ResourceKey, pointer: str) -> str:
        asked.append((name, key, pointer))
        return f"stands in apps/catalog/values.yaml:2\n    password: {PASSWORD}"

    tools = tools_of(locate=lambda application: lambda key, pointer: find(application.name, key, pointer))
    text = tools.ask("locate", kind="deployment", name="catalog-production", pointer=LIMIT)
    key = ResourceKey("apps", "Deployment", "catalog-production", "catalog-production")
    assert asked == [("catalog-production", key, LIMIT)]
    assert text.startswith("stands in apps/catalog/values.yaml:2")
    assert PASSWORD not in text


def test_a_repository_that_cannot_be_read_is_told_without_its_path(tools_of: Callable[..., Tools]) -> None:
    def find(key: ResourceKey, pointer: str) -> str:
        raise RepositoryError("git log failed", where="/home/runner/work", found=f"{key} {pointer}")

    with pytest.raises(ToolRefused) as raised:
        tools_of(locate=lambda _: find).ask("locate", kind="Deployment", name="catalog-production", pointer=LIMIT)
    assert str(raised.value) == "git log failed"
