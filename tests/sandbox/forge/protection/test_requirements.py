"""What a protected base wants before a merge, and which state a pull request shows meanwhile."""

from __future__ import annotations

import pytest

from gitops_bot.sandbox.forge import Protection, Ruleset

DECISION = '{ repository(owner: "acme", name: "fleet") { pullRequest(number: 1) { reviewDecision mergeStateStatus } } }'


def decision(wire) -> str | None:
    return wire.graphql(DECISION)["data"]["repository"]["pullRequest"]["reviewDecision"]


def state(wire) -> str:
    return wire.repo("GET", "/pulls/1")["mergeable_state"]


def refusal(wire) -> str:
    return wire.repo("PUT", "/pulls/1/merge", {}, status=405)["message"]


@pytest.mark.parametrize("kind", [Protection, Ruleset])
def test_several_checks_are_counted(wire, kind) -> None:
    rule = kind(contexts=("render", "policy", "tests"))
    wire.forge.protect("main", rule) if kind is Protection else wire.forge.add_ruleset(rule)
    wire.pull("fix")
    assert "3 of 3 required status checks are expected." in refusal(wire)
    wire.forge.report("fix", "render")
    wire.forge.report("fix", "policy", "failure")
    assert "2 of 3 required status checks have not succeeded: 1 expected, 1 failing." in refusal(wire)
    assert refusal(wire).startswith("Repository rule violations found") == (kind is Ruleset)
    wire.forge.report("fix", "policy")
    wire.forge.report("fix", "tests", "pending")
    assert "1 of 3 required status checks are pending." in refusal(wire)
    assert state(wire) == "blocked"
    wire.forge.report("fix", "tests")
    assert state(wire) == "clean"
    wire.repo("PUT", "/pulls/1/merge", {})


def test_a_check_run_is_as_good_as_a_status(wire) -> None:
    wire.forge.protect("main", Protection(contexts=("render",)))
    sha = wire.pull("fix")["head"]["sha"]
    run = wire.repo("POST", "/check-runs", {"name": "render", "head_sha": sha, "status": "in_progress"}, status=201)
    assert "is pending" in refusal(wire)
    wire.repo("PATCH", f"/check-runs/{run['id']}", {"conclusion": "success"})
    wire.repo("PUT", "/pulls/1/merge", {})


def test_new_commits_need_their_checks_again(wire) -> None:
    wire.forge.protect("main", Protection(contexts=("render",)))
    wire.pull("fix")
    wire.forge.report("fix", "render")
    assert state(wire) == "clean"
    wire.forge.commit("fix", {"b.yaml": "b: 1\n"})
    assert state(wire) == "blocked"


def test_approvals_fall_with_a_push_where_it_is_so_set(wire) -> None:
    reviewer = wire.as_("reviewer-token")
    wire.pull("fix")
    for dismisses, expected in ((False, "APPROVED"), (True, "REVIEW_REQUIRED")):
        wire.forge.protect("main", Protection(approvals=1, dismiss_stale=dismisses))
        reviewer.repo("POST", "/pulls/1/reviews", {"event": "APPROVE"})
        assert decision(wire) == "APPROVED"
        wire.forge.commit("fix", {"b.yaml": f"b: {expected}\n"})
        assert decision(wire) == expected
    assert [each["state"] for each in wire.repo("GET", "/pulls/1/reviews")] == ["DISMISSED", "DISMISSED"]


def test_a_request_for_changes_stands_until_it_is_taken_back(wire) -> None:
    reviewer = wire.as_("reviewer-token")
    assert decision_of_new(wire) is None
    wire.forge.protect("main", Protection(approvals=1))
    assert decision(wire) == "REVIEW_REQUIRED"
    given = reviewer.repo("POST", "/pulls/1/reviews", {"event": "REQUEST_CHANGES", "body": "no"})
    assert (decision(wire), state(wire)) == ("CHANGES_REQUESTED", "blocked")
    wire.repo("PUT", f"/pulls/1/reviews/{given['id']}/dismissals", {"message": "done"})
    assert decision(wire) == "REVIEW_REQUIRED"
    reviewer.repo("POST", "/pulls/1/reviews", {"event": "APPROVE"})
    assert decision(wire) == "APPROVED"
    wire.repo("PUT", "/pulls/1/merge", {})


def decision_of_new(wire) -> str | None:
    wire.pull("fix")
    return decision(wire)


def test_only_who_may_write_approves(wire) -> None:
    wire.forge.add_account("reader-token", "mallory", role="read")
    wire.forge.protect("main", Protection(approvals=1))
    wire.pull("fix")
    wire.as_("reader-token").repo("POST", "/pulls/1/reviews", {"event": "APPROVE"})
    assert "At least 1 approving review is required by reviewers with write access." in refusal(wire)


def test_the_states_of_a_pull_request(wire) -> None:
    wire.pull("fix", {"apps/search/search.yaml": "replicas: 2\n"})
    assert state(wire) == "clean"
    wire.forge.report("fix", "optional", "failure")
    assert state(wire) == "unstable"
    wire.forge.protect("main", Protection(contexts=("optional",), strict=True))
    assert state(wire) == "blocked"
    wire.forge.report("fix", "optional")
    wire.forge.commit("main", {"elsewhere.yaml": "a: 1\n"})
    assert state(wire) == "behind"
    wire.repo("PUT", "/pulls/1/update-branch", {}, status=202)
    assert state(wire) == "blocked", "the merge commit has no checks yet"
    wire.forge.report("fix", "optional")
    assert state(wire) == "clean"
    wire.forge.commit("main", {"apps/search/search.yaml": "replicas: 9\n"})
    assert (state(wire), wire.repo("GET", "/pulls/1")["mergeable"]) == ("dirty", False)
    assert wire.repo("PUT", "/pulls/1/update-branch", {}, status=422)["message"].startswith("merge conflict")


def test_a_ruleset_says_how_to_merge(wire) -> None:
    wire.forge.add_ruleset(Ruleset(approvals=0, merge_methods=("squash",)))
    wire.pull("fix")
    assert refusal(wire) == "Merge commits are not allowed on this repository."
    wire.repo("PUT", "/pulls/1/merge", {"merge_method": "squash"})
