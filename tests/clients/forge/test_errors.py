"""What the forge's refusals and failures mean to the person who reads the log."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from gitops_bot.clients.forge import Forge, Pacing, PullRequest
from gitops_bot.errors import ConfigurationError, SourceUnavailable
from gitops_bot.sandbox.http import Request, Response, serve
from tests.act.bench import AFTER, FILE, Bench


def test_a_wrong_token_is_named(bench: Bench) -> None:
    with bench.client("wrong") as forge, pytest.raises(ConfigurationError) as caught:
        forge.branch_head("main")
    assert str(caught.value).startswith("the forge does not accept the token, at http")
    assert "GITHUB_API_URL" in caught.value.advice
    assert "wrong" not in str(caught.value)


WRITES = {
    "contents: write": lambda forge, head: forge.commit_on_branch("main", head, "x", "", {FILE: AFTER}),
    "pull-requests: write": lambda forge, _: forge.open_pull_request("t", "b", "gitops-bot/a/b", "main"),
    "issues: write": lambda forge, _: forge.open_issue("t", "b", "0123456789ab"),
}


@pytest.mark.parametrize("permission", WRITES)
def test_a_missing_permission_is_named_with_the_line_to_add(bench: Bench, permission: str) -> None:
    with bench.client("reader") as forge, pytest.raises(ConfigurationError) as caught:
        WRITES[permission](forge, bench.head)
    assert caught.value.expected.startswith(f"the permission `{permission}`")
    assert f"`permissions:` the line `{permission}`" in caught.value.advice


@pytest.mark.parametrize("kind", ["rate-limit", "secondary-limit"])
@pytest.mark.parametrize("path", ["/git/ref/", "/graphql$"])
def test_a_limit_is_waited_for_as_long_as_it_asks(bench: Bench, kind: str, path: str) -> None:
    method = "POST" if "graphql" in path else "GET"
    bench.sandbox.faults.add(method, path, kind, retry_after=7)  # type: ignore[arg-type]
    with bench.client() as forge:
        assert forge.branch_head("main") == bench.head
        forge.commit_on_branch("main", bench.head, "x", "", {FILE: AFTER})
    assert bench.slept == [7.0]
    assert len(bench.messages()) == 1


def test_a_limit_that_asks_for_too_long_ends_the_run(bench: Bench) -> None:
    bench.sandbox.faults.add("GET", "/git/ref/", "rate-limit", retry_after=3600)
    with bench.client() as forge, pytest.raises(SourceUnavailable) as caught:
        forge.branch_head("main")
    assert "the forge limits us" in caught.value.what
    assert "next run" in caught.value.advice
    assert bench.slept == []


def test_waits_for_limits_are_bounded_together(bench: Bench) -> None:
    bench.sandbox.faults.add("GET", "/git/ref/", "secondary-limit", times=10, retry_after=60)
    with bench.client() as forge, pytest.raises(SourceUnavailable):
        forge.branch_head("main")
    assert sum(bench.slept) <= 180


def test_a_failing_forge_is_asked_three_times(bench: Bench) -> None:
    bench.sandbox.faults.add("GET", "/git/ref/", "502", times=2)
    with bench.client() as forge:
        assert forge.branch_head("main") == bench.head
        bench.sandbox.faults.add("GET", "/git/ref/", "503", times=3)
        with pytest.raises(SourceUnavailable, match="the forge failed"):
            forge.branch_head("main")


def answering(response: Response) -> Iterator[Forge]:
    with serve(lambda _: response) as server:
        root = server.url
        waits: list[float] = []
        pacing = Pacing(clock=lambda: 0.0, sleep=waits.append)
        with Forge(
            api_url=f"{root}/api/v3",
            graphql_url=f"{root}/api/graphql",
            server_url=root,
            repository="acme/fleet",
            token="t",
            pacing=pacing,
            sleep=waits.append,
            now=lambda: 1_000.0,
        ) as forge:
            yield forge


@pytest.mark.parametrize(
    "response",
    [
        Response.text(200, "<html>login</html>", "text/html"),
        Response.text(200, "{truncated"),
        Response.json(200, []),
        Response.json(200, {"object": "no object"}),
        Response(200),
        Response(200, drop=True),
    ],
)
def test_answers_that_are_none_are_expected_failures(response: Response) -> None:
    for forge in answering(response):
        with pytest.raises(SourceUnavailable):
            forge.branch_head("main")
        with pytest.raises(SourceUnavailable):
            forge.commit_on_branch("main", "a" * 40, "x", "", {})


def test_urls_of_another_host_are_named() -> None:
    other = {"sha": "a" * 40, "url": "https://elsewhere.example/x"}
    value = {"ref": "refs/heads/main", "url": "https://elsewhere.example/ref", "object": other}
    for forge in answering(Response.json(200, value)):
        assert forge.branch_head("main") == "a" * 40


def test_workflows_that_may_not_open_pull_requests_are_told_which_switch() -> None:
    message = "GitHub Actions is not permitted to create or approve pull requests."
    for forge in answering(Response.json(403, {"message": message})):
        with pytest.raises(ConfigurationError, match="Allow GitHub Actions to create and approve pull requests"):
            forge.open_pull_request("t", "b", "head", "main")


def test_the_permissions_that_the_forge_names_are_repeated() -> None:
    headers = {"x-accepted-github-permissions": "contents=write,workflows=write"}
    for forge in answering(Response.json(403, {"message": "Resource not accessible"}, headers)):
        with pytest.raises(ConfigurationError) as caught:
            forge.create_branch("x", "a" * 40)
        assert "contents=write,workflows=write" in caught.value.expected


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_redirects_are_not_followed_but_told(status: int) -> None:
    moved = Response.json(status, {"message": "Moved Permanently"}, {"location": "https://ghe.example/repositories/1"})
    calls = (
        lambda forge: forge.remembered(),
        lambda forge: forge.update_issue(1, "t", "b"),
        lambda forge: forge.commit_on_branch("main", "a" * 40, "x", "", {}),
    )
    for call in calls:
        for forge in answering(moved):
            with pytest.raises(ConfigurationError, match="has another name now") as caught:
                call(forge)
            assert "GITHUB_REPOSITORY" in caught.value.expected


def test_workflow_files_ask_for_what_no_workflows_token_can_have() -> None:
    said = (
        "refusing to allow a GitHub App to create or update workflow `.github/workflows/x.yml` "
        "without `workflows` permission"
    )
    for forge in answering(Response.json(200, {"data": None, "errors": [{"type": "FORBIDDEN", "message": said}]})):
        with pytest.raises(ConfigurationError, match="may not write workflow files") as caught:
            forge.commit_on_branch("main", "a" * 40, "x", "", {})
        assert "`workflows: write`" in caught.value.expected


def test_where_two_permissions_are_needed_both_lines_are_named() -> None:
    error = {"type": "FORBIDDEN", "message": "Resource not accessible by integration"}
    pull = PullRequest(number=1, node_id="PR_1", url="", title="t", body="b", head="h", head_commit="a" * 40)
    for forge in answering(Response.json(200, {"data": None, "errors": [error]})):
        with pytest.raises(ConfigurationError) as caught:
            forge.enable_auto_merge(pull, "SQUASH")
        assert "the lines `contents: write` and `pull-requests: write`" in caught.value.advice


def test_the_reset_time_is_waited_for_where_no_retry_after_is_given() -> None:
    seen: list[float] = []
    answers = iter(
        [
            Response.json(
                403, {"message": "API rate limit exceeded"}, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1030"}
            )
        ]
    )
    fine = Response.json(200, {"ref": "refs/heads/main", "object": {"sha": "a" * 40}})

    def handle(_: Request) -> Response:
        return next(answers, fine)

    with (
        serve(handle) as server,
        Forge(
            api_url=f"{server.url}/api/v3",
            graphql_url="",
            server_url=server.url,
            repository="acme/fleet",
            token="t",
            sleep=seen.append,
            now=lambda: 1_000.0,
        ) as forge,
    ):
        assert forge.branch_head("main") == "a" * 40
    assert seen == [30.0]


def test_nobody_at_the_address_is_an_expected_failure() -> None:
    with serve(lambda _: Response(200)) as server:
        root = server.url
    with Forge(
        api_url=root, graphql_url=root, server_url=root, repository="acme/fleet", token="t", sleep=lambda _: None
    ) as forge:
        with pytest.raises(SourceUnavailable, match="no answer"):
            forge.branch_head("main")
        with pytest.raises(SourceUnavailable, match="no answer"):
            forge.commit_on_branch("main", "a" * 40, "x", "", {})


def test_a_graphql_endpoint_with_a_limit_in_a_good_answer_is_waited_for() -> None:
    body = {"errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}]}
    for forge in answering(
        Response(200, {"content-type": "application/json", "retry-after": "9000"}, json.dumps(body).encode())
    ):
        with pytest.raises(SourceUnavailable, match="the forge limits us"):
            forge.commit_on_branch("main", "a" * 40, "x", "", {})


class Time:
    def __init__(self) -> None:
        self.now = 0.0

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def test_writes_come_in_a_burst_and_then_one_a_second() -> None:
    time = Time()
    pacing = Pacing(clock=lambda: time.now, sleep=time.sleep)
    at = []
    for _ in range(200):
        pacing.take()
        at.append(time.now)
    assert at[19] == 0.0
    assert at[20] == pytest.approx(1.0)
    assert all(sum(start <= other < start + 60 for other in at) <= 80 for start in at)
