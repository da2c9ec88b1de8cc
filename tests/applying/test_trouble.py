"""The forge says no, or nothing, in the middle of a run: the rest is written, and the next run completes it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from gitops_bot.errors import GitopsBotError
from gitops_bot.sandbox.forge.limits.faults import FaultKind
from gitops_bot.sandbox.http import Request
from tests.applying.scene import Scene, path_of
from tests.applying.situation import then, tier
from tests.applying.situations.opened import DOUBT
from tests.applying.situations.tiers import CHECKED, UNCHECKED

NO_WAY = "no field of Git sets it"
TWO = ["pull open, 1 ahead", "pull open, 1 ahead"]
ONE_MORE = ("catalog", "checkout")
TOLERATED = (
    ("POST", "/git/refs", "502", ""),
    ("POST", "/git/refs", "drop", ""),
    ("POST", "/git/refs", "secondary-limit", ""),
    ("POST", "/graphql", "drop", "createCommitOnBranch"),
    ("POST", "/graphql", "503", "createCommitOnBranch"),
    ("POST", "/graphql", "rate-limit", "createCommitOnBranch"),
    ("POST", "/pulls$", "timeout", ""),
    ("POST", "/pulls$", "truncated", ""),
    ("POST", "/pulls$", "secondary-limit", ""),
    ("POST", "/labels", "drop", ""),
    ("POST", "/issues$", "drop", ""),
    ("GET", "/pulls", "500", ""),
    ("GET", "/issues", "rate-limit", ""),
)


@pytest.mark.parametrize(("method", "path", "kind", "body"), TOLERATED)
def test_what_passes_is_waited_for_within_the_run(
    scene: Scene, method: str, path: str, kind: FaultKind, body: str
) -> None:
    scene.forge.faults.add(method, path, kind, body=body, seconds=0.1, retry_after=30)
    receipts = scene.run(*map(scene.wish, ONE_MORE))
    assert [receipt.failed for receipt in receipts] == [False, False]
    assert scene.shown() == TWO
    assert scene.forge.faults.waiting == 0
    scene.run(*map(scene.wish, ONE_MORE))
    assert scene.writes == []


@pytest.mark.parametrize("kind", ["502", "lost"])
def test_one_that_fails_for_good_does_not_keep_the_others_back(scene: Scene, kind: FaultKind) -> None:
    scene.forge.faults.add("POST", "/graphql", kind, times=3, body="createCommitOnBranch")
    first, second = scene.run(*map(scene.wish, ONE_MORE))
    assert (first.failed, second.written) == (True, True)
    assert "the forge failed, so it did not commit to gitops-bot/catalog/" in first.summary
    assert scene.board == "Needs approval 1, Errors 1"
    scene.run(*map(scene.wish, ONE_MORE))
    assert sorted(scene.shown()) == TWO
    assert scene.board == "Needs approval 2"
    scene.run(*map(scene.wish, ONE_MORE))
    assert scene.writes == []


def test_a_limit_that_lasts_too_long_is_left_for_the_next_run(scene: Scene) -> None:
    scene.forge.faults.add("POST", "/pulls$", "secondary-limit", retry_after=900)
    first, second = scene.run(*map(scene.wish, ONE_MORE))
    assert (first.failed, second.failed) == (True, False)
    assert "the forge limits us" in first.summary
    assert "What is left is written by the next run" in first.summary
    scene.run(*map(scene.wish, ONE_MORE))
    assert scene.shown() == TWO


PERMISSIONS = {"contents": "write", "pull_requests": "write", "issues": "write"}


@pytest.mark.parametrize(
    ("missing", "named"),
    [
        ("contents", "the permission `contents: write`"),
        ("pull_requests", "the permission `pull-requests: write`"),
    ],
)
def test_a_permission_that_is_missing_is_named(scene: Scene, missing: str, named: str) -> None:
    given = {name: level for name, level in PERMISSIONS.items() if name != missing}
    scene.forge.add_workflow_token("workflow", **given, **{missing: "read"})
    scene.token = "workflow"
    receipts = scene.run(*map(scene.wish, ONE_MORE))
    assert all(receipt.failed for receipt in receipts)
    assert all(named in receipt.summary for receipt in receipts)
    assert scene.board == "Errors 2"
    scene.run(*map(scene.wish, ONE_MORE))
    assert [write for write in scene.writes if "/issues" in write] == []


def test_workflows_that_may_not_open_pull_requests_are_told_where_to_allow_it(scene: Scene) -> None:
    scene.forge.add_workflow_token("workflow", **PERMISSIONS)
    scene.forge.state.settings.actions_may_open_pulls = False
    scene.token = "workflow"
    (receipt,) = scene.run(scene.wish())
    assert "Allow GitHub Actions to create and approve pull requests" in receipt.summary


def test_that_checks_wait_for_a_pull_request_of_a_workflows_token_is_said_once(scene: Scene) -> None:
    scene.forge.add_workflow_token("workflow", **PERMISSIONS)
    scene.token = "workflow"
    first, second = scene.run(*map(scene.wish, ONE_MORE))
    assert "wait until somebody approves their runs" in first.remark
    assert "a GitHub App's token avoids that" in first.remark
    assert (second.written, second.remark) == (True, "")
    assert "somebody approves" not in scene.texts()


def test_what_merges_by_itself_says_that_its_checks_wait_where_a_workflow_opened_it(scene: Scene) -> None:
    scene.forge.add_workflow_token("workflow", **PERMISSIONS)
    scene.token = "workflow"
    then(tier("auto-merge"), CHECKED)(scene)
    (receipt,) = scene.run(scene.wish())
    assert "merges once required checks pass, whose runs wait until somebody approves them" in receipt.summary


def test_why_it_does_not_merge_by_itself_is_said_with_what_to_do(scene: Scene) -> None:
    then(tier("auto-merge"), CHECKED)(scene)
    scene.forge.faults.add("POST", "/graphql$", "403", body="enablePullRequestAutoMerge")
    (receipt,) = scene.run(scene.wish())
    assert "not merged by itself: the token may not enable auto-merge of #1. Add under the job's" in receipt.summary
    assert "the lines `contents: write` and `pull-requests: write`" in receipt.summary
    (again,) = scene.run(scene.wish())
    assert "merges once required checks pass" in again.summary
    assert scene.shown() == ["pull open, 1 ahead, merges by itself"]


@pytest.mark.parametrize("kind", ["404", "409", "422"])
def test_what_the_forge_says_of_a_merge_that_it_refuses_is_repeated(scene: Scene, kind: FaultKind) -> None:
    scene.configure(UNCHECKED)
    scene.forge.faults.add("PUT", "/merge$", kind)
    (receipt,) = scene.run(scene.wish())
    assert "merge #1: " in receipt.summary
    scene.run(scene.wish())
    assert scene.shown() == ["pull merged", "main: 1 of the bot"]


def test_a_repository_that_was_renamed_half_way_is_told_and_left(scene: Scene) -> None:
    plan = scene.plan(*map(scene.wish, ONE_MORE))
    scene.line.meanwhile[len(scene.line.seen) + 7] = lambda: scene.forge.rename("estate")
    receipts = scene.apply(plan)
    assert all(receipt.failed for receipt in receipts)
    assert "has another name now" in receipts[-1].summary
    assert "GITHUB_REPOSITORY" in receipts[-1].summary
    with pytest.raises(GitopsBotError, match="has another name now"):
        scene.run(scene.wish())


@pytest.mark.parametrize("gone", ["branch", "dashboard", "issue"])
def test_what_somebody_deletes_between_looking_and_writing_does_not_keep_the_rest_back(scene: Scene, gone: str) -> None:
    scene.run(scene.wish(), scene.wish("ledger", refusal=NO_WAY))
    plan = scene.plan(scene.wish(tag="1.8.0"), scene.wish("checkout"), scene.wish("ledger", refusal=f"{NO_WAY} now"))
    state = scene.forge.state
    acts: dict[str, Callable[[], object]] = {
        "branch": lambda: scene.person("DELETE", f"/git/refs/heads/{scene.pull_branch(1)}"),
        "dashboard": lambda: state.issues.pop(scene.dashboard),
        "issue": lambda: state.issues.pop(2),
    }
    scene.line.meanwhile[len(scene.line.seen) + 7] = acts[gone]
    receipts = scene.apply(plan)
    assert any(receipt.written for receipt in receipts)
    assert any("pull open" in line for line in scene.shown())


def test_a_token_that_is_not_known_ends_the_run_before_it_begins(scene: Scene) -> None:
    plan = scene.plan(scene.wish())
    scene.token = "nobody's"
    with pytest.raises(GitopsBotError, match="the forge does not accept the token"):
        scene.apply(plan)
    assert scene.writes == []


def test_a_token_that_is_revoked_half_way_is_told_for_each(scene: Scene) -> None:
    plan = scene.plan(*map(scene.wish, ONE_MORE))
    scene.line.meanwhile[len(scene.line.seen) + 12] = lambda: scene.forge.revoke("bot-token")
    receipts = scene.apply(plan)
    assert receipts[-1].failed
    assert "the forge does not accept the token" in receipts[-1].summary


def test_a_branch_that_is_gone_is_nothing_to_write_to(scene: Scene) -> None:
    plan = scene.plan(*map(scene.wish, ONE_MORE))
    scene.forge.state.default_branch = "trunk"
    with pytest.raises(GitopsBotError, match="for another branch"):
        scene.apply(plan)


def test_main_that_moves_in_the_file_while_it_is_written_to_asks_for_a_new_plan(scene: Scene) -> None:
    plan = scene.plan(*map(scene.wish, ONE_MORE))
    scene.push(path_of("catalog"), "image: {tag: 2.0.0}\n")
    first, second = scene.apply(plan)
    assert "has changed on main since the plan was made: plan again" in first.summary
    assert not first.failed
    assert second.written


def test_a_commit_that_comes_while_it_is_merged_keeps_it_from_being_merged(scene: Scene) -> None:
    def ada_commits(request: Request) -> None:
        if b"enablePullRequestAutoMerge" in request.body:
            scene.push("README.md", "mine", scene.pull_branch(1))

    scene.configure(UNCHECKED)
    scene.forge.observers.append(lambda request, _: ada_commits(request))
    (receipt,) = scene.run(scene.wish())
    assert "not merged by itself: the forge refused to merge #1" in receipt.summary
    assert scene.shown() == ["pull open, 2 ahead"]


def test_a_tick_that_comes_while_the_text_is_written_is_kept(scene: Scene) -> None:
    scene.run(scene.wish())
    plan = scene.plan(scene.wish(proof=DOUBT))
    scene.line.meanwhile[len(scene.line.seen) + 6] = lambda: scene.tick(1, "rebuild")
    scene.apply(plan)
    assert "- [x] <!-- gitops-bot:rebuild -->" in scene.body(1)
    scene.run(scene.wish(proof=DOUBT))
    assert scene.writes[-1] == "PATCH /pulls/1"
    assert "- [ ] <!-- gitops-bot:rebuild -->" in scene.body(1)


def test_a_tick_on_the_dashboard_that_comes_while_it_is_written_is_kept(scene: Scene) -> None:
    scene.run(scene.wish())
    plan = scene.plan(*map(scene.wish, ONE_MORE))
    name = plan.held[0].fingerprint
    scene.line.meanwhile[len(scene.line.seen) + 7] = lambda: scene.tick(2, f"rebuild={name}")
    scene.apply(plan)
    assert f"- [x] <!-- gitops-bot:rebuild={name} -->" in scene.body(2)
    scene.run(*map(scene.wish, ONE_MORE))
    assert scene.board == "Needs approval 2"
    assert "[x]" not in scene.body(2)
