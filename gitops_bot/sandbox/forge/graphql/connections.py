"""Lists as GraphQL pages them: connections with nodes, edges and cursors."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from gitops_bot.sandbox.forge.api import Fields
from gitops_bot.sandbox.forge.graphql.execute import FieldType, GraphqlError, Scope, on

Kind = TypeVar("Kind")


@dataclass(frozen=True)
class Edge:
    """One item and the cursor that stands for its place."""

    node: object
    cursor: str


@dataclass(frozen=True)
class Connection:
    """A page of a list: `edges` are shown, `total` is how many there are."""

    edges: tuple[Edge, ...]
    total: int
    has_next: bool
    has_previous: bool


def _cursor(index: int) -> str:
    return base64.b64encode(f"cursor:{index}".encode()).decode()


def _index(cursor: str) -> int:
    try:
        return int(base64.b64decode(cursor).decode().removeprefix("cursor:"))
    except (binascii.Error, ValueError) as error:
        raise GraphqlError("INVALID_CURSOR_ARGUMENTS", f"`{cursor}` does not appear to be a valid cursor.") from error


def paged(items: Sequence[object], arguments: Fields) -> Connection:
    """The page that `first`/`after` or `last`/`before` ask for. Raises GraphqlError where neither bounds it."""
    first, last = arguments.number("first"), arguments.number("last")
    if first is None and last is None:
        message = "You must provide a `first` or `last` value to properly paginate the connection."
        raise GraphqlError("MISSING_PAGINATION_BOUNDARIES", message)
    size = first if first is not None else last or 0
    if not 0 <= size <= 100:
        raise GraphqlError("EXCESSIVE_PAGINATION", f"Requesting {size} records exceeds the limit of 100 records.")
    start = _index(arguments.text("after")) + 1 if "after" in arguments else 0
    end = _index(arguments.text("before")) if "before" in arguments else len(items)
    if first is not None:
        end = min(end, start + first)
    else:
        start = max(start, end - size)
    edges = tuple(Edge(items[index], _cursor(index)) for index in range(start, end))
    return Connection(edges, len(items), end < len(items), start > 0)


def connection_types(name: str) -> dict[str, dict[str, FieldType]]:
    """The types of a connection of `name`s."""
    return {
        f"{name}Connection": {
            "nodes": on(Connection, lambda _, page, __: [edge.node for edge in page.edges], name),
            "edges": on(Connection, lambda _, page, __: list(page.edges), f"{name}Edge"),
            "totalCount": on(Connection, lambda _, page, __: page.total),
            "pageInfo": on(Connection, lambda _, page, __: page, "PageInfo"),
        },
        f"{name}Edge": {
            "node": on(Edge, lambda _, edge, __: edge.node, name),
            "cursor": on(Edge, lambda _, edge, __: edge.cursor),
        },
    }


PAGE_INFO = {
    "hasNextPage": on(Connection, lambda _, page, __: page.has_next),
    "hasPreviousPage": on(Connection, lambda _, page, __: page.has_previous),
    "startCursor": on(Connection, lambda _, page, __: page.edges[0].cursor if page.edges else None),
    "endCursor": on(Connection, lambda _, page, __: page.edges[-1].cursor if page.edges else None),
}


def listed(kind: type[Kind], name: str, items: Callable[[Scope, Kind, Fields], Sequence[object]]) -> FieldType:
    """A field of `kind` that gives a connection of `name`s."""
    return on(
        kind, lambda scope, value, arguments: paged(items(scope, value, arguments), arguments), f"{name}Connection"
    )
