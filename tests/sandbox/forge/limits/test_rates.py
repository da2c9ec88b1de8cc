"""Requests an hour, creations a minute, and what an unchanged answer costs: nothing."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

REPOSITORY = "/repos/acme/fleet"


@pytest.fixture(autouse=True)
def still(forge) -> None:
    """A clock that only the test moves."""
    forge.state.clock.tick = timedelta(0)


def remaining(response) -> int:
    return int(response.headers["x-ratelimit-remaining"])


def test_the_primary_limit_ends_with_its_reset(wire) -> None:
    wire.forge.limits.hourly["gitops-bot[bot]"] = 3
    assert [remaining(wire.call("GET", REPOSITORY)) for _ in range(3)] == [2, 1, 0]
    refused = wire.call("GET", REPOSITORY)
    assert (refused.status, refused.headers["x-ratelimit-remaining"]) == (403, "0")
    assert json.loads(refused.body)["message"].startswith("API rate limit exceeded for installation ID ")
    reset = int(refused.headers["x-ratelimit-reset"]) - wire.forge.state.clock.seconds()
    assert 0 < reset <= 3600
    standing = wire.call("GET", "/rate_limit")
    assert (standing.status, json.loads(standing.body)["rate"]["remaining"]) == (200, 0)
    assert wire.as_("reviewer-token").call("GET", REPOSITORY).status == 200, "each account has its own"
    wire.forge.state.clock.advance(seconds=reset)
    assert wire.call("GET", REPOSITORY).status == 200


def test_graphql_has_a_limit_of_its_own_and_says_so_under_200(wire) -> None:
    wire.forge.limits.hourly["gitops-bot[bot]"] = 1
    query = "{ rateLimit { limit remaining used } }"
    assert wire.graphql(query)["data"]["rateLimit"] == {"limit": 1, "remaining": 1, "used": 0}
    (error,) = wire.graphql(query)["errors"]
    assert error["type"] == "RATE_LIMITED"
    answer = wire.call("GET", REPOSITORY)
    assert (answer.status, answer.headers["x-ratelimit-resource"]) == (200, "core")
    assert wire.call("GET", "/search/issues?q=x").headers["x-ratelimit-limit"] == "30"


def test_an_unchanged_answer_is_free(wire) -> None:
    first = wire.call("GET", f"{REPOSITORY}/pulls?state=open")
    again = wire.call("GET", f"{REPOSITORY}/pulls?state=open", if_none_match=first.headers["etag"])
    assert (again.status, again.body, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert remaining(again) == remaining(first)
    wire.pull("fix")
    changed = wire.call("GET", f"{REPOSITORY}/pulls?state=open", if_none_match=first.headers["etag"])
    assert changed.status == 200
    seen = [each.conditional for each in wire.forge.requests if "state=open" in each.path]
    assert seen == [False, True, True]


def test_an_etag_belongs_to_one_account(wire) -> None:
    tag = wire.call("GET", f"{REPOSITORY}/issues").headers["etag"]
    assert wire.as_("reviewer-token").call("GET", f"{REPOSITORY}/issues", if_none_match=tag).status == 200


@pytest.mark.parametrize("place", ["/pulls/1", "/issues/1", "/issues/comments/{comment}", ""])
def test_single_things_tell_when_they_changed(wire, place: str) -> None:
    wire.pull("fix")
    path = REPOSITORY + place.format(comment=wire.forge.comment(1, "hello"))
    changed = wire.call("GET", path).headers["last-modified"]
    assert wire.call("GET", path, if_modified_since=changed).status == 304
    assert "last-modified" not in wire.call("GET", f"{REPOSITORY}/pulls").headers
    wire.forge.state.clock.advance(minutes=1)
    if place == "/issues/1":
        wire.repo("PATCH", "/issues/1", {"title": "New"})
        assert wire.call("GET", path, if_modified_since=changed).status == 200


def create(wire, number: int) -> int:
    return wire.call("POST", f"{REPOSITORY}/issues", {"title": f"Issue {number}"}).status


def test_eighty_creations_a_minute_and_five_hundred_an_hour(forge, api) -> None:
    forge.limits.content_creation = True
    clock = forge.state.clock
    assert {create(api, number) for number in range(80)} == {201}
    refused = api.call("POST", f"{REPOSITORY}/issues", {"title": "One too many"})
    body = json.loads(refused.body)
    assert refused.status == 403
    assert "temporarily blocked from content creation" in body["message"]
    assert 0 < int(refused.headers["retry-after"]) <= 61
    assert api.call("GET", f"{REPOSITORY}/issues").status == 200, "reading goes on"
    api.repo("PATCH", "/issues/1", {"title": "so do edits"})
    for _ in range(5):
        clock.advance(seconds=61)
        assert {create(api, number) for number in range(80)} == {201}
    clock.advance(seconds=61)
    statuses = [create(api, number) for number in range(30)]
    assert statuses == [*[201] * 20, *[403] * 10]
    assert len(forge.creations) == 500
    assert create(api.as_("reviewer-token"), 1) == 201, "each account has its own"
    clock.advance(hours=1)
    assert create(api, 1) == 201


def test_creations_are_counted_without_the_limit(wire) -> None:
    wire.pull("fix")
    wire.forge.creations.clear()
    before = len(wire.forge.creations)
    wire.repo("POST", "/issues", {"title": "One"}, status=201)
    wire.repo("POST", "/issues", {"title": " "}, status=422)
    wire.repo("PATCH", "/issues/1", {"title": "Two"})
    wire.graphql('mutation { addComment(input: {subjectId: "PR_1", body: "x"}) { clientMutationId } }')
    wire.graphql("{ viewer { login } }")
    made = [(each.method, each.path) for each in wire.forge.creations[before:]]
    assert made == [("POST", f"{REPOSITORY}/issues"), ("POST", "/api/graphql")]


def test_every_list_is_paged_with_links(wire) -> None:
    for number in range(5):
        wire.repo("POST", "/issues", {"title": f"Issue {number}", "labels": [f"label-{number}"]}, status=201)
        wire.forge.comment(1, f"Comment {number}")
        wire.forge.commit(f"branch-{number}", {"a.yaml": f"a: {number}\n"}, start="main")
    lists = (
        "/issues",
        "/issues/1/comments",
        "/issues/comments",
        "/labels",
        "/branches",
        "/commits",
    )
    for place in lists:
        link = wire.call("GET", f"{REPOSITORY}{place}?per_page=2").headers["link"]
        assert '; rel="next"' in link, place
        assert '; rel="last"' in link, place
        assert f"{REPOSITORY}{place}?per_page=2&page=2" in link, place
    assert len(wire.repo("GET", "/issues?per_page=2&page=3")) == 1
    assert wire.repo("GET", "/issues?per_page=2&page=9") == []
    found = wire.call("GET", "/search/issues?q=Issue&per_page=2")
    assert (json.loads(found.body)["total_count"], "next" in found.headers["link"]) == (5, True)
