"""What happens is told as GITHUB_EVENT_PATH has it."""

from __future__ import annotations

import json
from pathlib import Path


def told(wire, name: str, action: str = "") -> dict:
    return wire.forge.events(name, action)[-1].json()


def test_a_comment_is_told_with_who_wrote_it(wire, tmp_path: Path) -> None:
    wire.forge.add_account("mallory-token", "mallory", role="none", association="FIRST_TIME_CONTRIBUTOR")
    wire.pull("fix")
    body = {"body": "/gitops-bot approve abc\nplease"}
    made = wire.as_("reviewer-token").repo("POST", "/issues/1/comments", body, status=201)
    (event,) = wire.forge.events("issue_comment")
    path = event.write(tmp_path)
    payload = json.loads(path.read_text())
    assert (event.name, event.action, payload["action"]) == ("issue_comment", "created", "created")
    assert payload["comment"] == made
    assert (payload["comment"]["user"]["type"], payload["comment"]["author_association"]) == ("User", "MEMBER")
    assert payload["sender"]["login"] == "grace"
    assert payload["issue"]["number"] == 1
    assert payload["issue"]["pull_request"]["url"].endswith("/pulls/1")
    assert payload["repository"]["full_name"] == "acme/fleet"
    assert "changes" not in payload
    wire.as_("mallory-token").repo("POST", "/issues/1/comments", body, status=201)
    assert told(wire, "issue_comment")["comment"]["author_association"] == "FIRST_TIME_CONTRIBUTOR"
    wire.repo("POST", "/issues/1/comments", body, status=201)
    assert told(wire, "issue_comment")["comment"]["user"]["type"] == "Bot"


def test_an_edited_comment_tells_what_it_was(wire) -> None:
    wire.repo("POST", "/issues", {"title": "One"}, status=201)
    comment = wire.repo("POST", "/issues/1/comments", {"body": "before"}, status=201)["id"]
    wire.repo("PATCH", f"/issues/comments/{comment}", {"body": "/gitops-bot approve"})
    edited = told(wire, "issue_comment", "edited")
    assert edited["changes"] == {"body": {"from": "before"}}
    assert edited["comment"]["body"] == "/gitops-bot approve"
    wire.repo("DELETE", f"/issues/comments/{comment}", status=204)
    assert told(wire, "issue_comment", "deleted")["comment"]["id"] == comment


def test_the_life_of_a_pull_request_is_told(wire) -> None:
    wire.pull("fix")
    wire.repo("POST", "/issues/1/labels", {"labels": ["gitops-bot"]})
    wire.repo("DELETE", "/issues/1/labels/gitops-bot")
    wire.repo("PATCH", "/pulls/1", {"title": "New", "body": "- [x] rebase"})
    wire.as_("reviewer-token").repo("POST", "/pulls/1/reviews", {"event": "APPROVE"})
    wire.forge.commit("fix", {"b.yaml": "b: 1\n"})
    wire.repo("PUT", "/pulls/1/merge", {})
    actions = [event.action for event in wire.forge.events("pull_request")]
    assert actions == ["opened", "labeled", "unlabeled", "edited", "synchronize", "closed"]
    assert told(wire, "pull_request", "labeled")["label"]["name"] == "gitops-bot"
    assert told(wire, "pull_request", "edited")["changes"] == {
        "title": {"from": "Change fix"},
        "body": {"from": "why"},
    }
    assert told(wire, "pull_request", "closed")["pull_request"]["merged"] is True
    assert told(wire, "pull_request_review", "submitted")["review"]["state"] == "approved"
    moved = told(wire, "pull_request", "synchronize")
    assert (moved["after"], moved["number"]) == (moved["pull_request"]["head"]["sha"], 1)


def test_issues_are_told_too(wire) -> None:
    wire.repo("POST", "/issues", {"title": "Board", "body": "- [ ] tick", "labels": ["board"]}, status=201)
    wire.as_("reviewer-token").repo("PATCH", "/issues/1", {"body": "- [x] tick"})
    wire.repo("PATCH", "/issues/1", {"state": "closed", "state_reason": "not_planned"})
    wire.repo("PATCH", "/issues/1", {"state": "open"})
    assert [event.action for event in wire.forge.events("issues")] == [
        "opened",
        "labeled",
        "edited",
        "closed",
        "reopened",
    ]
    edited = told(wire, "issues", "edited")
    assert (edited["sender"]["login"], edited["changes"]) == ("grace", {"body": {"from": "- [ ] tick"}})


def test_a_push_tells_its_commits(wire, tmp_path: Path, kit, server) -> None:
    before = wire.forge.branch_commit("main")
    remote = server.url.replace("http://", "http://x:reviewer-token@") + "/acme/fleet.git"
    kit.git(tmp_path, "clone", "--quiet", remote, "copy")
    copy = tmp_path / "copy"
    (copy / "a.yaml").write_text("a: 1\n")
    kit.git(copy, "add", "a.yaml")
    kit.git(copy, "commit", "--quiet", "-m", "By hand")
    kit.git(copy, "push", "--quiet", "origin", "main", "main:other")
    pushes = {event.json()["ref"]: event.json() for event in wire.forge.events("push")}
    payload = pushes["refs/heads/main"]
    assert (payload["before"], payload["after"]) == (before, kit.git(copy, "rev-parse", "HEAD"))
    assert [each["message"] for each in payload["commits"]] == ["By hand"]
    assert (payload["pusher"]["name"], payload["forced"], payload["created"]) == ("grace", False, False)
    assert pushes["refs/heads/other"]["created"] is True
    kit.git(copy, "push", "--quiet", "origin", ":other")
    assert told(wire, "push")["deleted"] is True


def test_a_dispatch_is_told_and_starts_workflows_even_by_a_workflow(wire) -> None:
    wire.forge.add_workflow_token("workflow-token", contents="write", issues="write")
    workflow = wire.as_("workflow-token")
    asked = {"event_type": "argocd", "client_payload": {"app": "payments"}}
    workflow.repo("POST", "/dispatches", asked, status=204)
    payload = told(wire, "repository_dispatch")
    assert (payload["action"], payload["client_payload"], payload["branch"]) == ("argocd", {"app": "payments"}, "main")
    workflow.repo("POST", "/issues", {"title": "One"}, status=201)
    (dispatch,), (opened,) = wire.forge.events("repository_dispatch"), wire.forge.events("issues")
    assert (dispatch.starts_workflows, opened.starts_workflows) == (True, False)
    assert wire.repo("POST", "/dispatches", {**asked, "client_payload": {"x": "y" * 65_536}}, status=422)


def test_a_status_is_told(wire) -> None:
    sha = wire.forge.branch_commit("main")
    wire.repo("POST", f"/statuses/{sha}", {"state": "failure", "context": "render"}, status=201)
    payload = told(wire, "status")
    assert (payload["sha"], payload["state"], payload["context"]) == (sha, "failure", "render")
