"""Who may ask, what every answer carries, and faults on request."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from gitops_bot.sandbox.http import Request

REPOSITORY = "/repos/acme/fleet"


def test_anybody_may_read_and_only_a_token_may_write(api) -> None:
    nobody = api.as_("")
    assert nobody.call("GET", REPOSITORY).status == 200
    assert nobody.call("POST", f"{REPOSITORY}/issues", {"title": "x"}).status == 401
    assert nobody.call("GET", "/user").status == 401
    wrong = api.as_("wrong").call("GET", REPOSITORY)
    assert (wrong.status, json.loads(wrong.body)["message"]) == (401, "Bad credentials")
    user = json.loads(api.call("GET", "/user").body)
    assert (user["login"], user["type"]) == ("gitops-bot[bot]", "Bot")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/issues"),
        ("PATCH", ""),
        ("POST", "/git/refs"),
        ("POST", "/git/blobs"),
        ("POST", "/pulls"),
        ("PUT", "/pulls/1/merge"),
        ("POST", "/dispatches"),
        ("PUT", "/contents/x"),
        ("DELETE", "/labels/bug"),
        ("POST", f"/statuses/{'1' * 40}"),
    ],
)
def test_a_read_only_token_is_told_so_before_anything_else(api, method: str, path: str) -> None:
    reader = api.as_("read-only-token")
    refused = json.loads(reader.call(method, REPOSITORY + path, {}).body)
    assert refused["message"] == "Resource not accessible by integration"
    assert reader.call("GET", f"{REPOSITORY}/pulls").status == 200


@pytest.mark.parametrize("path", ["/nothing", "/repos/acme/other", "/repos/acme/fleet/nothing", "/app/installations/1"])
def test_an_unknown_path_is_githubs_404(api, path: str) -> None:
    response = api.call("GET", path)
    assert json.loads(response.body) == {
        "message": "Not Found",
        "documentation_url": "https://docs.github.com/rest",
        "status": "404",
    }
    assert api.call("DELETE", REPOSITORY).status == 404


def test_owner_and_name_are_found_in_any_letter_case(api) -> None:
    assert json.loads(api.call("GET", "/repos/ACME/Fleet").body)["full_name"] == "acme/fleet"


def test_an_unchanged_answer_is_not_sent_again(api) -> None:
    first = api.call("GET", f"{REPOSITORY}/pulls")
    again = api.call("GET", f"{REPOSITORY}/pulls", if_none_match=first.headers["etag"])
    assert (again.status, again.body) == (304, b"")
    api.pull("fix")
    assert api.call("GET", f"{REPOSITORY}/pulls", if_none_match=first.headers["etag"]).status == 200
    read = api.call("GET", f"{REPOSITORY}/pulls/1")
    assert api.call("GET", f"{REPOSITORY}/pulls/1", if_none_match=read.headers["etag"]).status == 304


def test_every_answer_tells_the_rate_limit(api) -> None:
    first, second = api.call("GET", REPOSITORY), api.call("GET", REPOSITORY)
    assert int(first.headers["x-ratelimit-remaining"]) - int(second.headers["x-ratelimit-remaining"]) == 1
    assert (first.headers["x-ratelimit-limit"], first.headers["x-ratelimit-resource"]) == ("5000", "core")
    assert first.headers["x-github-request-id"] != second.headers["x-github-request-id"]
    assert json.loads(api.call("GET", "/rate_limit").body)["rate"]["used"] == 2, "asking for the standing is free"


def test_a_head_request_is_a_get_without_its_body_on_the_wire(api) -> None:
    assert api.forge.handle(Request.of("HEAD", f"/api/v3{REPOSITORY}")).status == 200


@pytest.mark.parametrize(
    ("kind", "status", "retry"), [("rate-limit", 429, "7"), ("secondary-limit", 403, "7"), ("502", 502, None)]
)
def test_a_fault_strikes_once_and_does_no_work(api, kind: str, status: int, retry: str | None) -> None:
    api.forge.faults.add("POST", r"/issues$", kind, retry_after=7)
    struck = api.call("POST", f"{REPOSITORY}/issues", {"title": "One"})
    assert (struck.status, struck.headers.get("retry-after")) == (status, retry)
    assert api.repo("GET", "/issues") == []
    api.repo("POST", "/issues", {"title": "One"}, status=201)


def test_a_dropped_answer_is_lost_after_the_work_is_done(api) -> None:
    api.forge.faults.add("POST", r"/issues$", "drop")
    assert api.call("POST", f"{REPOSITORY}/issues", {"title": "One"}).drop is True
    assert [each["title"] for each in api.repo("GET", "/issues")] == ["One"]


def test_every_request_is_remembered(api) -> None:
    api.call("GET", f"{REPOSITORY}/pulls?state=all")
    api.call("GET", "/nothing")
    seen = [(each.method, each.path, each.status) for each in api.forge.requests]
    assert seen == [("GET", f"/api/v3{REPOSITORY}/pulls?state=all", 200), ("GET", "/api/v3/nothing", 404)]


def test_times_come_from_the_clock(api) -> None:
    made = api.repo("POST", "/issues", {"title": "One"}, status=201)
    assert made["created_at"].startswith("2026-11-23T12:00:")
    api.forge.state.clock.now += timedelta(days=1)
    comment = api.repo("POST", "/issues/1/comments", {"body": "later"}, status=201)
    assert comment["created_at"].startswith("2026-11-24T12:00:")


def test_dispatches_are_received_and_limited(api) -> None:
    api.repo("POST", "/dispatches", {"event_type": "argocd", "client_payload": {"app": "payments"}}, status=204)
    (received,) = api.forge.state.dispatches
    assert (received.event_type, received.client_payload) == ("argocd", {"app": "payments"})
    api.repo("POST", "/dispatches", {"event_type": "x" * 101}, status=422)
    eleven = {str(number): number for number in range(11)}
    api.repo("POST", "/dispatches", {"event_type": "x", "client_payload": eleven}, status=422)


def test_variables_permissions_and_rules_are_read(api) -> None:
    api.forge.state.variables["GITOPS_BOT_KILL_SWITCH"] = "on"
    assert api.repo("GET", "/actions/variables/gitops_bot_kill_switch")["value"] == "on"
    assert api.repo("GET", "/actions/variables")["total_count"] == 1
    api.repo("GET", "/actions/variables/OTHER", status=404)
    assert api.repo("GET", "/collaborators/grace/permission")["permission"] == "write"
    api.repo("GET", "/collaborators/mallory/permission", status=404)
    assert api.repo("GET", "/rules/branches/main") == []


def test_a_branch_tells_its_protection(api) -> None:
    read = api.repo("GET", "/branches/main")
    assert (read["protected"], read["commit"]["sha"]) == (False, api.forge.branch_commit("main"))
    asked = {"required_status_checks": {"strict": True, "contexts": ["a"], "checks": [{"context": "b"}]}}
    asked |= {"enforce_admins": True, "restrictions": None}
    asked["required_pull_request_reviews"] = {"required_approving_review_count": 2}
    put = api.repo("PUT", "/branches/main/protection", asked)
    assert put == api.repo("GET", "/branches/main/protection")
    assert put["required_status_checks"]["contexts"] == ["a", "b"]
    assert put["required_pull_request_reviews"]["required_approving_review_count"] == 2
    assert api.repo("GET", "/branches/main")["protected"] is True
    api.repo("GET", "/branches/nowhere", status=404)


def test_statuses_and_check_runs_of_a_commit(api) -> None:
    sha = api.forge.branch_commit("main")
    assert api.repo("GET", "/commits/main/status")["state"] == "pending"
    api.repo("POST", f"/statuses/{sha}", {"state": "pending", "context": "render"}, status=201)
    api.repo("POST", f"/statuses/{sha}", {"state": "success", "context": "render", "description": "ok"}, status=201)
    combined = api.repo("GET", "/commits/main/status")
    assert (combined["state"], combined["total_count"], combined["statuses"][0]["description"]) == ("success", 1, "ok")
    assert [each["state"] for each in api.repo("GET", f"/commits/{sha}/statuses")] == ["success", "pending"]
    api.repo("POST", f"/statuses/{sha}", {"state": "fine"}, status=422)
    api.repo("POST", f"/statuses/{'1' * 40}", {"state": "success"}, status=422)
    run = api.repo("POST", "/check-runs", {"name": "gitops-bot", "head_sha": sha}, status=201)
    assert (run["status"], run["conclusion"]) == ("queued", None)
    output = {"title": "Two apps", "summary": "s"}
    done = api.repo("PATCH", f"/check-runs/{run['id']}", {"conclusion": "neutral", "output": output})
    assert (done["status"], done["conclusion"], done["output"]["title"]) == ("completed", "neutral", "Two apps")
    assert api.repo("GET", f"/check-runs/{run['id']}") == done
    assert api.repo("GET", "/commits/main/check-runs?check_name=gitops-bot")["total_count"] == 1
    api.repo("POST", "/check-runs", {"name": "x", "head_sha": sha, "status": "completed"}, status=422)
    assert api.repo("GET", f"/commits/{api.pull('fix')['head']['sha']}/pulls")[0]["number"] == 1


def test_callers_at_the_same_moment_take_turns(api) -> None:
    head = api.branch("fix", {"a.yaml": "a: 1\n"})
    asked = {"title": "Fix", "head": "fix", "base": "main"}
    children = [
        api.repo(
            "POST",
            "/git/commits",
            {"message": str(number), "tree": api.forge.tree_of(head), "parents": [head]},
            status=201,
        )
        for number in range(8)
    ]

    def race(number: int) -> tuple[int, int]:
        opened = api.call("POST", f"{REPOSITORY}/pulls", asked).status
        return opened, api.call("PATCH", f"{REPOSITORY}/git/refs/heads/fix", {"sha": children[number]["sha"]}).status

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(race, range(8)))
    assert sorted(opened for opened, _ in results) == [201, *[422] * 7]
    assert sorted(moved for _, moved in results) == [200, *[422] * 7]
