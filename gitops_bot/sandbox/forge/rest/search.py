"""Search in issues and pull requests: the qualifiers that a bot asks by."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TypeAlias

from gitops_bot.sandbox.forge.api import Call, Route, invalid
from gitops_bot.sandbox.forge.records import Issue
from gitops_bot.sandbox.forge.rest.shapes.issues import issue
from gitops_bot.sandbox.forge.state import State
from gitops_bot.sandbox.http import Json, Response

TERM = re.compile(r'(?P<no>-?)(?:(?P<key>[a-z]+):)?(?:"(?P<quoted>[^"]*)"|(?P<plain>[^\s"]+))')
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


QUALIFIERS: Mapping[str, Test] = {
    "is": _is,
    "type": _is,
    "state": _is,
    "head": _head,
    "base": _base,
    "label": _label,
    "author": _author,
    "repo": _repository,
}


def _text(state: State, held: Issue, places: set[str]) -> str:
    parts = {
        "title": held.title,
        "body": held.body or "",
        "comments": "\n".join(comment.body for comment in state.comments_of(held.number)),
    }
    return "\n".join(part for name, part in parts.items() if not places or name in places).lower()


def _search(call: Call) -> Response:
    query = call.request.parameter("q")
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
            hit = test(call.state, held, value) if test else plain.lower() in _text(call.state, held, places)
            if hit == unwanted:
                return False
        return True

    def shape(held: Issue) -> Json:
        return {**issue(call.state, held), "body": held.body or "", "score": 1.0}

    found = sorted(filter(shown, call.state.issues.values()), key=lambda held: -held.number)
    return call.page(found, shape, wrap="items", incomplete_results=False, search_type="lexical")


ROUTES = (Route("GET", "/search/issues", _search),)
