"""Requests are held against GitHub's description as well as answers."""

from __future__ import annotations

import json

import pytest

from gitops_bot.sandbox.http import Request
from tests.sandbox.forge.description import Description

REPOSITORY = "/api/v3/repos/acme/fleet"


@pytest.fixture
def description() -> Description:
    return Description.shared()


@pytest.mark.parametrize(
    ("method", "target", "body", "words"),
    [
        ("GET", "/pulls?state=opened", None, "query state: : 'opened' is not one of"),
        ("GET", "/pulls?label=x", None, "query label: not a parameter of this operation"),
        ("GET", "/pulls?per_page=many", None, "query per_page: 'many' is not an integer"),
        ("POST", "/pulls", None, "body: is missing"),
        ("POST", "/pulls", {"head": "a"}, "body : 'base' is a required property"),
        ("PATCH", "/issues/1", {"state": "shut"}, "body state"),
        ("PUT", "/pulls/1/merge", {"merge_method": "octopus"}, "body "),
    ],
)
def test_a_wrong_request_is_told(description, method: str, target: str, body: object, words: str) -> None:
    sent = b"" if body is None else json.dumps(body).encode()
    found = description.request_problems(Request.of(method, REPOSITORY + target, {}, sent))
    assert any(words in each for each in found), found


def test_a_right_request_passes(description) -> None:
    asked = {"title": "T", "head": "a", "base": "main", "body": None}
    assert description.request_problems(Request.of("POST", f"{REPOSITORY}/pulls", {}, json.dumps(asked).encode())) == [
        "body body: None is not of type 'string'"
    ]
    right = json.dumps({**asked, "body": "why"}).encode()
    assert description.request_problems(Request.of("POST", f"{REPOSITORY}/pulls", {}, right)) == []
    assert description.request_problems(Request.of("GET", f"{REPOSITORY}/pulls?state=all&per_page=100")) == []
    assert description.request_problems(Request.of("GET", "/acme/fleet/pulls?anything=goes")) == []


def test_a_forge_is_watched(description, api) -> None:
    differences: list[str] = []
    api.forge.observers.append(description.watch(differences))
    api.repo("GET", "/pulls")
    assert differences == []
    api.forge.handle(Request.of("GET", f"{REPOSITORY}/pulls?nonsense=1"))
    assert differences == ["query nonsense: not a parameter of this operation"]
