"""Who may do what: roles of people, permissions of tokens, and a workflow's own token."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

REPOSITORY = "/repos/acme/fleet"
NOT_FOR_ACTIONS = "GitHub Actions is not permitted to create or approve pull requests."
CREATE = "mutation($input: CreatePullRequestInput!) { createPullRequest(input: $input) { pullRequest { number } } }"


def message(response) -> str:
    return json.loads(response.body)["message"]


@pytest.fixture
def workflow(wire):
    """A workflow's token that may write contents and issues, and nothing else."""
    wire.forge.add_workflow_token("workflow-token", contents="write", issues="write")
    return wire.as_("workflow-token")


@pytest.mark.parametrize(
    ("method", "path", "body", "named"),
    [
        ("POST", "/pulls", {"title": "T", "head": "fix", "base": "main"}, "pull_requests=write"),
        ("PATCH", "/pulls/1", {"title": "T"}, "pull_requests=write"),
        ("POST", "/statuses/{sha}", {"state": "success"}, "statuses=write"),
        ("POST", "/check-runs", {"name": "x", "head_sha": "{sha}"}, "checks=write"),
        ("PUT", "/branches/main/protection", {}, "administration=write"),
    ],
)
def test_a_missing_permission_is_named(wire, workflow, method: str, path: str, body: object, named: str) -> None:
    sha = wire.pull("fix")["head"]["sha"]
    refused = workflow.call(method, REPOSITORY + path.format(sha=sha), body)
    assert (refused.status, message(refused)) == (403, "Resource not accessible by integration")
    assert refused.headers["x-accepted-github-permissions"] == named


def test_what_is_granted_works(wire, workflow) -> None:
    workflow.repo("POST", "/issues", {"title": "One"}, status=201)
    workflow.repo("POST", "/issues/1/comments", {"body": "x"}, status=201)
    workflow.branch("fix", {"a.yaml": "a: 1\n"})
    wire.repo("POST", "/pulls", {"title": "T", "head": "fix", "base": "main"}, status=201)
    workflow.repo("POST", "/issues/2/comments", {"body": "issues: write is enough for it"}, status=201)
    workflow.repo("PUT", "/pulls/2/merge", {})
    accepted = workflow.call("GET", f"{REPOSITORY}/issues/2/comments").headers["x-accepted-github-permissions"]
    assert accepted == "issues=read; pull_requests=read"


def test_pull_requests_are_enough_for_their_conversations_and_not_for_issues(wire) -> None:
    wire.forge.add_workflow_token("workflow-token", pull_requests="write")
    wire.pull("fix")
    wire.repo("POST", "/issues", {"title": "One"}, status=201)
    workflow = wire.as_("workflow-token")
    workflow.repo("POST", "/issues/1/comments", {"body": "x"}, status=201)
    workflow.repo("POST", "/issues/2/comments", {"body": "x"}, status=403)
    workflow.repo("PUT", "/pulls/1/merge", {}, status=403)


def test_a_private_repository_is_read_with_permission_only(wire) -> None:
    wire.repo("PATCH", "", {"private": True})
    wire.forge.add_workflow_token("workflow-token", contents="read")
    workflow = wire.as_("workflow-token")
    assert workflow.call("GET", f"{REPOSITORY}/commits").status == 200
    assert workflow.call("GET", f"{REPOSITORY}/pulls").status == 403


def test_actions_may_be_forbidden_to_open_and_approve(wire) -> None:
    wire.forge.add_workflow_token("workflow-token", contents="write", pull_requests="write")
    workflow = wire.as_("workflow-token")
    wire.branch("fix", {"a.yaml": "a: 1\n"})
    wire.forge.state.settings.actions_may_open_pulls = False
    asked = {"title": "T", "head": "fix", "base": "main"}
    assert message(workflow.call("POST", f"{REPOSITORY}/pulls", asked)) == NOT_FOR_ACTIONS
    given = {"repositoryId": "R_1", "title": "T", "headRefName": "fix", "baseRefName": "main"}
    assert workflow.graphql(CREATE, input=given)["errors"][0]["message"] == NOT_FOR_ACTIONS
    wire.repo("POST", "/pulls", asked, status=201)
    approve = workflow.call("POST", f"{REPOSITORY}/pulls/1/reviews", {"event": "APPROVE"})
    assert (approve.status, message(approve)) == (403, NOT_FOR_ACTIONS)
    wire.forge.state.settings.actions_may_open_pulls = True
    workflow.repo("POST", "/pulls/1/reviews", {"event": "APPROVE"})


def test_a_workflows_token_is_told_apart(workflow) -> None:
    assert workflow.call("GET", "/user").status == 403
    made = workflow.repo("POST", "/issues", {"title": "One"}, status=201)
    assert (made["user"]["login"], made["user"]["type"]) == ("github-actions[bot]", "Bot")
    assert workflow.call("GET", REPOSITORY).headers["x-ratelimit-limit"] == "1000"


def test_graphql_asks_for_permissions_too(wire) -> None:
    wire.forge.add_workflow_token("workflow-token", pull_requests="write")
    commit = "mutation($input: CreateCommitOnBranchInput!) { createCommitOnBranch(input: $input) { commit { oid } } }"
    (error,) = wire.as_("workflow-token").graphql(commit, input={})["errors"]
    assert (error["type"], error["message"]) == ("FORBIDDEN", "Resource not accessible by integration")


@pytest.mark.parametrize(
    ("role", "permission"),
    [
        ("admin", "admin"),
        ("maintain", "write"),
        ("write", "write"),
        ("triage", "read"),
        ("read", "read"),
        ("none", "none"),
    ],
)
def test_the_role_of_a_person_is_told(wire, role: str, permission: str) -> None:
    wire.forge.add_account("", "Mallory", role=role)
    told = wire.repo("GET", "/collaborators/mallory/permission")
    assert (told["permission"], told["role_name"], told["user"]["login"]) == (permission, role, "Mallory")


def test_somebody_without_write_access_talks_and_no_more(wire, tmp_path: Path, kit, server) -> None:
    wire.forge.add_account("mallory-token", "mallory", role="none")
    mallory = wire.as_("mallory-token")
    wire.pull("fix")
    mallory.repo("POST", "/issues", {"title": "Help"}, status=201)
    comment = mallory.repo("POST", "/issues/1/comments", {"body": "/gitops-bot approve"}, status=201)
    assert comment["author_association"] == "NONE"
    mallory.repo("PATCH", f"/issues/comments/{comment['id']}", {"body": "my own"})
    other = wire.repo("POST", "/issues/1/comments", {"body": "x"}, status=201)["id"]
    refused = [
        ("PATCH", f"/issues/comments/{other}", {"body": "not mine"}),
        ("PATCH", "/pulls/1", {"title": "not mine"}),
        ("POST", "/issues/1/labels", {"labels": ["x"]}),
        ("PUT", "/pulls/1/merge", {}),
        ("POST", "/dispatches", {"event_type": "x"}),
    ]
    for method, path, body in refused:
        answer = mallory.call(method, REPOSITORY + path, body)
        assert (answer.status, message(answer)) == (403, "Must have push access to repository"), path
    target = server.url.replace("http://", "http://x:mallory-token@") + "/acme/fleet.git"
    kit.git(tmp_path, "clone", "--quiet", target, "copy")
    assert "403" in kit.git(tmp_path / "copy", "push", "origin", "HEAD:x", check=False)


def test_a_revoked_token_is_nobodys(wire) -> None:
    wire.forge.revoke(wire.token)
    assert message(wire.call("GET", REPOSITORY)) == "Bad credentials"


def test_every_request_tells_whose_it_was_and_how_large(wire) -> None:
    wire.forge.forget_requests()
    wire.as_("reviewer-token").repo("POST", "/issues", {"title": "One"}, status=201)
    wire.as_("").call("GET", f"{REPOSITORY}/issues?state=all")
    first, second = wire.forge.requests
    assert (first.login, first.status, first.size) == ("grace", 201, len('{"title": "One"}'))
    assert (second.login, second.path, second.size) == ("", f"/api/v3{REPOSITORY}/issues?state=all", 0)
    assert second.answer_size > 100
