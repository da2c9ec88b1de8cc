"""Search in issues and pull requests: the qualifiers that a bot asks by."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TypeAlias

from gitops_bot.sandbox.forge.api import Call, Route, invalid
from gitops_bot.sandbox.forge.records import Issue
from gitops_bot.sandbox.forge.rest.shapes.issues import issue
from gitops_bot.sandbox.forge.state import State, timestamp
from gitops_bot.sandbox.http import Json, Response

TERM = re.compile(r'(?P<no>-?)(?:(?P<key>[a-z]+):)?(?:"(?P<quoted>[^"]*)"|(?P<plain>[^\s"]+))')
RANGE = re.compile(r"(?P<sign>[<>]=?)?(?P<since>[\dT:Z-]+)(?:\.\.(?P<until>[\dT:Z-]+))?")
MOST = 1_000
Test: TypeAlias = Callable[[State, Issue, str], bool]


def _is(_: State, held: Issue, value: str) -> bool:
    merged = held.pull is not None and held.pull.merged_at is not None
    kinds = {"pr": held.pull is not None, "issue": held.pull is None, "merged": merged, "unmerged": not merged}
    return kinds.get(value, held.state == value)


def _head(_: State, held: Issue, value: str) -> bool:
    return held.pull is not None and held.pull.head == value


def _base(_: State, held: Issue, value: str) -> bool:
    return held.pull is not None and held.pull.base == value


def _label(_: State, held: Issue, value: str) -> bool:
    return value.lower() in {name.lower() for name in held.labels}


def _author(_: State, held: Issue, value: str) -> bool:
    login = held.user.login.lower()
    return login == value.lower() or login == f"{value.lower().removeprefix('app/')}[bot]"


def _repository(state: State, _: Issue, value: str) -> bool:
    return value.lower() == state.full_name.lower()


def _draft(_: State, held: Issue, value: str) -> bool:
    return held.pull is not None and held.pull.draft == (value == "true")


def _in_range(moment: datetime | None, value: str) -> bool:
    """Whether a day or a moment fits `>=2026-11-01`, `<2026-11-01T10:00:00Z`, `2026-11-01..2026-11-05` or a day."""
    if moment is None:
        return False
    found = RANGE.fullmatch(value)
    if found is None:
        raise invalid("Search", "q")
    at = timestamp(moment.astimezone(UTC))
    if found["until"]:
        return found["since"] <= at <= f"{found['until']}~"
    since = found["since"]
    tests = {">": at > f"{since}~", ">=": at >= since, "<": at < since, "<=": at <= f"{since}~"}
    return tests.get(found["sign"], at.startswith(since))


def _created(_: State, held: Issue, value: str) -> bool:
    return _in_range(held.created_at, value)


def _updated(_: State, held: Issue, value: str) -> bool:
    return _in_range(held.updated_at, value)


def _closed(_: State, held: Issue, value: str) -> bool:
    return _in_range(held.closed_at, value)


def _merged(_: State, held: Issue, value: str) -> bool:
    return _in_range(held.pull.merged_at if held.pull else None, value)


QUALIFIERS: Mapping[str, Test] = {
    "is": _is,
    "type": _is,
    "state": _is,
    "head": _head,
    "base": _base,
    "label": _label,
    "author": _author,
    "repo": _repository,
    "draft": _draft,
    "created": _created,
    "updated": _updated,
    "closed": _closed,
    "merged": _merged,
}


def _text(state: State, held: Issue, places: set[str]) -> str:
    parts = {
        "title": held.title,
        "body": held.body or "",
        "comments": "\n".join(comment.body for comment in state.comments_of(held.number)),
    }
    return "\n".join(part for name, part in parts.items() if not places or name in places).lower()


def search(state: State, query: str) -> list[Issue]:
    """The issues and pull requests that a query finds, newest first. Raises ApiError 422 for an empty one."""
    if not query.strip():
        raise invalid("Search", "q", "missing")
    terms = [
        (found["no"] == "-", found["key"], found["quoted"] or found["plain"] or "") for found in TERM.finditer(query)
    ]
    places = {value for _, key, value in terms if key == "in"}

    def shown(held: Issue) -> bool:
        for unwanted, key, value in terms:
            if key == "in":
                continue
            test = QUALIFIERS.get(key or "")
            plain = f"{key}:{value}" if key else value
            hit = test(state, held, value) if test else plain.lower() in _text(state, held, places)
            if hit == unwanted:
                return False
        return True

    return sorted(filter(shown, state.issues.values()), key=lambda held: -held.number)


def _search(call: Call) -> Response:
    def shape(held: Issue) -> Json:
        return {**issue(call.state, held), "body": held.body or "", "score": 1.0}

    found = search(call.state, call.request.parameter("q"))
    return call.page(found[:MOST], shape, wrap="items", incomplete_results=False, search_type="lexical")


ROUTES = (Route("GET", "/search/issues", _search),)
