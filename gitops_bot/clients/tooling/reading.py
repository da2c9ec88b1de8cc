"""`runbook_search`, `similar_incidents` and `locate`: what is known of such trouble, and which line sets a field."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated

from msgspec import Meta, Struct

from gitops_bot.clients.tooling.scope import Group, Kind, Name, Namespace, Scope
from gitops_bot.clients.tooling.tool import ToolRefused, TypedTool
from gitops_bot.clients.tooling.wording import MOST_CHARACTERS, block, plain
from gitops_bot.model.dialogue import Library, Page
from gitops_bot.model.resource import ResourceKey
from gitops_bot.redaction import redact

_USUAL_PAGES = 2
_MOST_PAGES = 5
_ILL_POINTER = re.compile(r"~(?![01])")

Locate = Callable[[ResourceKey, str], str]


class PagesQuestion(Struct, frozen=True, forbid_unknown_fields=True):
    """Arguments of `runbook_search` and `similar_incidents`."""

    query: Annotated[
        str, Meta(min_length=3, max_length=300, description="alert name, error text or symptom, in a few words")
    ]
    limit: Annotated[int, Meta(ge=1, le=_MOST_PAGES, description="so many pages; null for 2")] | None = None


class FieldQuestion(Struct, frozen=True, forbid_unknown_fields=True):
    """Arguments of `locate`."""

    kind: Kind
    name: Name
    pointer: Annotated[
        str,
        Meta(max_length=400, description="the field as an RFC 6901 pointer, such as /spec/replicas; ~1 for a slash"),
    ]
    namespace: Namespace | None = None
    group: Group | None = None


def runbook_search(library: Library) -> TypedTool[PagesQuestion]:
    """Return the tool that searches the runbooks."""
    return _search("runbook_search", "Search the team's runbooks. Nothing is found where none fits.", library)


def similar_incidents(library: Library) -> TypedTool[PagesQuestion]:
    """Return the tool that searches confirmed incidents of the past."""
    return _search("similar_incidents", "Search past incidents whose cause was confirmed.", library)


def locate(scope: Scope, find: Locate) -> TypedTool[FieldQuestion]:
    """Return the tool that tells which line in Git sets a field of an object that the Application deploys.

    `find` answers with a page of text for an object and an RFC 6901 pointer.
    """

    def answer(asked: FieldQuestion) -> str:
        if not asked.pointer.startswith("/") or _ILL_POINTER.search(asked.pointer):
            raise ToolRefused("no RFC 6901 pointer", found=plain(asked.pointer, 80), expected="such as /spec/replicas")
        node = scope.node(asked.kind, asked.name, asked.namespace, asked.group)
        origin = scope.origin(node)
        if origin != node.key:
            raise ToolRefused(f"{node.key} is not declared in Git: {origin} made it", expected=f"a field of {origin}")
        return block(redact(find(node.key, asked.pointer)))

    purpose = "Tell which file and line in Git sets a field of an object that this Application deploys."
    return TypedTool("locate", purpose, FieldQuestion, answer)


def _search(name: str, purpose: str, library: Library) -> TypedTool[PagesQuestion]:
    def answer(asked: PagesQuestion) -> str:
        pages = library.search(asked.query, asked.limit or _USUAL_PAGES)
        if not pages:
            return "nothing fits"
        return "\n\n".join(_page(page, MOST_CHARACTERS // len(pages)) for page in pages)

    return TypedTool(name, purpose, PagesQuestion, answer)


def _page(page: Page, room: int) -> str:
    head = f"{plain(page.path, 200)} — {plain(page.heading, 200)} (score {page.score:g})"
    return f"{head}\n{block(page.text, max(room - len(head) - 40, 200))}".rstrip("\n")
