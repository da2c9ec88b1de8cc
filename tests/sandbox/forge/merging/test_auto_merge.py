"""Auto-merge: who may ask for it, when it is refused, when it merges, and what undoes it."""

from __future__ import annotations

import pytest

from gitops_bot.sandbox.forge import Protection, Ruleset

ENABLE = """mutation($input: EnablePullRequestAutoMergeInput!) { enablePullRequestAutoMerge(input: $input) {
  pullRequest { autoMergeRequest { mergeMethod } isInMergeQueue mergeQueueEntry { position } } } }"""
DISABLE = """mutation($input: DisablePullRequestAutoMergeInput!) { disablePullRequestAutoMerge(input: $input) {
  pullRequest { autoMergeRequest { mergeMethod } } } }"""


def enable(wire, **more: object):
    return wire.graphql(ENABLE, input={"pullRequestId": "PR_1", "mergeMethod": "SQUASH", **more})


def waiting(wire) -> bool:
    return wire.repo("GET", "/pulls/1")["auto_merge"] is not None


@pytest.fixture
def pull(wire) -> None:
    """A pull request that waits for a check."""
    wire.forge.protect("main", Protection(contexts=("render",)))
    wire.pull("fix")


@pytest.mark.parametrize("rule", [None, Ruleset(contexts=("render",), approvals=0)])
def test_it_merges_with_the_last_requirement(wire, rule) -> None:
    if rule:
        wire.forge.add_ruleset(rule)
    wire.forge.protect("main", Protection(contexts=("render",), approvals=1))
    sha = wire.pull("fix")["head"]["sha"]
    assert "errors" not in enable(wire, expectedHeadOid=sha, commitHeadline="Mine")
    wire.forge.report("fix", "render")
    assert waiting(wire)
    wire.as_("reviewer-token").repo("POST", "/pulls/1/reviews", {"event": "APPROVE"})
    merged = wire.repo("GET", "/pulls/1")
    assert (merged["merged"], merged["auto_merge"], merged["merged_by"]["login"]) == (True, None, "gitops-bot[bot]")
    assert wire.repo("GET", f"/git/commits/{merged['merge_commit_sha']}")["message"].startswith("Mine")


@pytest.mark.usefixtures("pull")
def test_a_strict_base_waits_for_an_up_to_date_head(wire) -> None:
    wire.forge.protect("main", Protection(contexts=("render",), strict=True))
    wire.forge.commit("main", {"elsewhere.yaml": "a: 1\n"})
    enable(wire)
    wire.forge.report("fix", "render")
    assert waiting(wire), "behind"
    wire.repo("PUT", "/pulls/1/update-branch", {}, status=202)
    wire.forge.report("fix", "render")
    assert wire.repo("GET", "/pulls/1")["merged"]


@pytest.mark.parametrize(
    ("prepare", "words"),
    [
        (lambda wire: wire.repo("PATCH", "", {"allow_auto_merge": False}), "Auto merge is not allowed for this"),
        (lambda wire: wire.forge.report("fix", "render"), "Pull request Pull request is in clean status"),
        (
            lambda wire: [wire.forge.report("fix", "render"), wire.forge.report("fix", "other", "failure")],
            "Pull request Pull request is in unstable status",
        ),
        (lambda wire: wire.forge.protect("main", None), "Protected branch rules not configured for this branch"),
        (lambda wire: wire.repo("PATCH", "/pulls/1", {"state": "closed"}), "Can't enable auto-merge"),
        (lambda wire: wire.repo("PATCH", "", {"allow_squash_merge": False}), "Squash merges are not allowed"),
    ],
)
@pytest.mark.usefixtures("pull")
def test_it_is_refused(wire, prepare, words: str) -> None:
    prepare(wire)
    (error,) = enable(wire)["errors"]
    assert (error["type"], error["path"]) == ("UNPROCESSABLE", ["enablePullRequestAutoMerge"])
    assert words in error["message"]
    assert not waiting(wire)


@pytest.mark.usefixtures("pull")
def test_another_head_than_expected_is_refused(wire) -> None:
    (error,) = enable(wire, expectedHeadOid="1" * 40)["errors"]
    assert "Head branch was modified" in error["message"]
    assert not waiting(wire)


@pytest.mark.usefixtures("pull")
def test_it_can_be_taken_back_once(wire) -> None:
    enable(wire)
    taken = wire.graphql(DISABLE, input={"pullRequestId": "PR_1"})
    assert taken["data"]["disablePullRequestAutoMerge"]["pullRequest"]["autoMergeRequest"] is None
    assert "Can't disable" in wire.graphql(DISABLE, input={"pullRequestId": "PR_1"})["errors"][0]["message"]
    wire.forge.report("fix", "render")
    assert wire.repo("GET", "/pulls/1")["state"] == "open"


@pytest.mark.usefixtures("pull")
def test_a_push_undoes_it_only_by_somebody_who_may_not_write(wire) -> None:
    enable(wire)
    wire.forge.commit("fix", {"b.yaml": "b: 1\n"}, login="grace")
    assert waiting(wire)
    wire.forge.commit("fix", {"b.yaml": "b: 2\n"}, login="stranger")
    assert not waiting(wire)
    actions = [event.action for event in wire.forge.events("pull_request")]
    assert actions[-2:] == ["synchronize", "auto_merge_disabled"]


def test_it_is_given_up_where_who_asked_may_no_longer_merge(wire) -> None:
    wire.forge.protect("main", Protection(contexts=("render",)))
    wire.pull("fix")
    enable(wire)
    wire.forge.protect("main", Protection(contexts=("render",), pushers=("grace",)))
    wire.forge.report("fix", "render")
    assert (waiting(wire), wire.repo("GET", "/pulls/1")["state"]) == (False, "open")


def test_a_switched_base_undoes_it_only_by_somebody_who_may_not_write(wire) -> None:
    wire.forge.add_account("author-token", "author", role="read")
    wire.forge.protect("main", Protection(contexts=("render",)))
    wire.branch("fix", {"a.yaml": "a: 1\n"})
    wire.branch("release", {"release.yaml": "a: 1\n"})
    wire.forge.protect("release", Protection(contexts=("render",)))
    author = wire.as_("author-token")
    wire.repo("POST", "/pulls", {"title": "Fix", "head": "fix", "base": "main"}, status=201)
    wire.forge.state.issues[1].user = wire.forge.state.account("author")
    enable(wire)
    wire.repo("PATCH", "/pulls/1", {"base": "release"})
    assert waiting(wire)
    author.repo("PATCH", "/pulls/1", {"base": "main"})
    assert not waiting(wire)
