"""Faults on request: each strikes one call, before or after its work, and is seen by real clients as such."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from gitops_bot.sandbox.http import serve

ISSUES = "/repos/acme/fleet/issues"


def titles(wire) -> list[str]:
    return [each["title"] for each in wire.repo("GET", "/issues")]


@pytest.mark.parametrize(
    ("kind", "status", "words"),
    [
        ("rate-limit", 429, "API rate limit exceeded"),
        ("secondary-limit", 403, "You have exceeded a secondary rate limit"),
        ("401", 401, "Bad credentials"),
        ("403", 403, "Resource not accessible by integration"),
        ("404", 404, "Not Found"),
        ("422", 422, "Validation Failed"),
        ("500", 500, "Server Error"),
        ("502", 502, "Server Error"),
        ("503", 503, "Server Error"),
    ],
)
def test_instead_of_the_work(wire, kind: str, status: int, words: str) -> None:
    wire.forge.faults.add("POST", "/issues$", kind, retry_after=30)
    struck = wire.call("POST", ISSUES, {"title": "One"})
    assert struck.status == status
    assert words in json.loads(struck.body)["message"]
    assert struck.headers.get("retry-after") == ("30" if "limit" in kind else None)
    assert titles(wire) == []
    assert wire.forge.faults.waiting == 0
    wire.repo("POST", "/issues", {"title": "One"}, status=201)


@pytest.mark.parametrize(("kind", "named"), [("403", "FORBIDDEN"), ("404", "NOT_FOUND"), ("409", "STALE_DATA")])
def test_graphql_refuses_under_status_200(wire, kind: str, named: str) -> None:
    wire.forge.faults.add("POST", "/graphql$", kind)
    answer = wire.client.post("/api/graphql", json={"query": "query { viewer { login } }"})
    assert (answer.status_code, answer.json()["errors"][0]["type"]) == (200, named)


def test_a_secondary_limit_names_its_documentation(wire) -> None:
    wire.forge.faults.add("GET", "/pulls", "secondary-limit")
    struck = json.loads(wire.call("GET", "/repos/acme/fleet/pulls").body)
    assert struck["documentation_url"].endswith("#about-secondary-rate-limits")


@pytest.mark.parametrize(("kind", "done"), [("lost", []), ("drop", ["One"]), ("timeout", ["One"])])
def test_the_connection_breaks_before_or_after_the_work(wire, kind: str, done: list[str]) -> None:
    wire.forge.faults.add("POST", "/issues$", kind, seconds=0.3)
    wire.client.timeout = httpx.Timeout(0.1 if kind == "timeout" else 5)
    expected = httpx.ReadTimeout if kind == "timeout" else httpx.RemoteProtocolError
    with pytest.raises(expected):
        wire.call("POST", ISSUES, {"title": "One"})
    wire.client.timeout = httpx.Timeout(5)
    assert titles(wire) == done


def test_an_answer_may_be_slow(wire) -> None:
    wire.repo("POST", "/issues", {"title": "One"}, status=201)
    wire.forge.faults.add("GET", "/issues", "slow", seconds=0.05)
    began = time.monotonic()
    assert titles(wire) == ["One"]
    assert time.monotonic() - began >= 0.05


def test_an_answer_may_be_cut(forge) -> None:
    forge.faults.add("GET", "/labels", "truncated")
    with serve(forge.handle) as running:
        answer = httpx.get(f"{running.url}/api/v3/repos/acme/fleet/labels")
    assert answer.status_code == 200
    with pytest.raises(json.JSONDecodeError):
        answer.json()


def test_closing_lets_go_of_what_is_held_back(wire) -> None:
    wire.forge.faults.add("GET", "/issues", "slow", seconds=60)
    with ThreadPoolExecutor(1) as pool:
        held = pool.submit(titles, wire)
        while wire.forge.faults.waiting:
            continue
        wire.forge.faults.release()
        assert held.result() == []


def test_one_of_graphqls_mutations_is_struck_by_its_body(wire) -> None:
    wire.forge.faults.add("POST", "/graphql$", "502", body="createRef")
    assert wire.graphql("{ viewer { login } }")["data"]["viewer"]["login"] == "gitops-bot"
    given = {"repositoryId": "R_1", "name": "refs/heads/x", "oid": wire.forge.branch_commit("main")}
    query = "mutation($input: CreateRefInput!) { createRef(input: $input) { clientMutationId } }"
    with pytest.raises(AssertionError):
        wire.graphql(query, input=given)
    assert wire.graphql(query, input=given)["data"]["createRef"]


def test_a_fault_for_every_method_strikes_as_often_as_asked(wire) -> None:
    wire.forge.faults.add("*", "/issues", "503", times=2)
    assert [wire.call("GET", ISSUES).status for _ in range(3)] == [503, 503, 200]
    wire.forge.faults.add("*", "/issues", "503")
    wire.forge.faults.clear()
    assert wire.call("GET", ISSUES).status == 200
