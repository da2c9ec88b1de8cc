"""Merge queues: the only way into a branch that has one."""

from __future__ import annotations

import pytest

from gitops_bot.sandbox.forge import Protection, Ruleset

ENQUEUE = """mutation($input: EnqueuePullRequestInput!) { enqueuePullRequest(input: $input) {
  mergeQueueEntry { id position state enqueuer { login } pullRequest { number isInMergeQueue } } } }"""
DEQUEUE = """mutation($input: DequeuePullRequestInput!) { dequeuePullRequest(input: $input) {
  mergeQueueEntry { id } } }"""
ENABLE = """mutation($input: EnablePullRequestAutoMergeInput!) { enablePullRequestAutoMerge(input: $input) {
  pullRequest { isInMergeQueue autoMergeRequest { mergeMethod } } } }"""
READ = """{ repository(owner: "acme", name: "fleet") { mergeQueue(branch: "main") { entries(first: 9) {
  nodes { position pullRequest { number } } } } pullRequest(number: 1) { isMergeQueueEnabled } } }"""


def enqueue(wire, number: int = 1, **more: object):
    return wire.graphql(ENQUEUE, input={"pullRequestId": f"PR_{number}", **more})


def positions(wire) -> list[tuple[int, int]]:
    entries = wire.graphql(READ)["data"]["repository"]["mergeQueue"]["entries"]["nodes"]
    return [(entry["position"], entry["pullRequest"]["number"]) for entry in entries]


@pytest.fixture(autouse=True)
def queue(wire) -> None:
    wire.forge.add_ruleset(Ruleset(merge_queue="SQUASH", contexts=("render",)))


def ready(wire, name: str, files: dict[str, str] | None = None) -> str:
    sha = wire.pull(name, files or {f"{name}.yaml": "a: 1\n"})["head"]["sha"]
    wire.forge.report(name, "render")
    return sha


def test_a_merge_past_the_queue_is_refused(wire) -> None:
    sha = ready(wire, "fix")
    refused = wire.repo("PUT", "/pulls/1/merge", {"sha": sha}, status=405)
    assert "Changes must be made through the merge queue" in refused["message"]
    merge = "mutation($input: MergePullRequestInput!) { mergePullRequest(input: $input) { clientMutationId } }"
    (error,) = wire.graphql(merge, input={"pullRequestId": "PR_1"})["errors"]
    assert "Changes must be made through the merge queue" in error["message"]


def test_the_queue_merges_in_order_and_by_its_own_method(wire) -> None:
    sha = ready(wire, "one")
    ready(wire, "two")
    entry = enqueue(wire, expectedHeadOid=sha)["data"]["enqueuePullRequest"]["mergeQueueEntry"]
    assert (entry["position"], entry["pullRequest"], entry["enqueuer"]) == (
        1,
        {"number": 1, "isInMergeQueue": True},
        {"login": "gitops-bot"},
    )
    enqueue(wire, 2)
    assert positions(wire) == [(1, 1), (2, 2)]
    assert wire.forge.run_merge_queue() == [1, 2]
    merged = wire.repo("GET", "/pulls/2")
    assert (merged["merged"], merged["merged_by"]["login"]) == (True, "github-merge-queue[bot]")
    assert len(wire.repo("GET", f"/git/commits/{merged['merge_commit_sha']}")["parents"]) == 1
    assert positions(wire) == []


def test_what_conflicts_or_fails_falls_out(wire) -> None:
    for number, name in enumerate(("one", "two", "three"), start=1):
        ready(wire, name, {"same.yaml" if name != "three" else "other.yaml": f"{name}: 1\n"})
        enqueue(wire, number)
    assert wire.forge.run_merge_queue(failing={3}) == [1]
    assert [wire.repo("GET", f"/pulls/{number}")["state"] for number in (2, 3)] == ["open", "open"]
    assert [event.action for event in wire.forge.events("pull_request")].count("dequeued") == 2


@pytest.mark.parametrize(
    ("prepare", "more", "words"),
    [
        (enqueue, {}, "already in the queue"),
        (str, {"expectedHeadOid": "1" * 40}, "Head branch was modified"),
        (lambda wire: wire.forge.report("fix", "render", "failure"), {}, 'Required status check "render" is failing.'),
        (lambda wire: wire.forge.clear_rulesets(), {}, "queue is not enabled"),
    ],
)
def test_it_is_refused(wire, prepare, more: dict[str, str], words: str) -> None:
    ready(wire, "fix")
    prepare(wire)
    (error,) = enqueue(wire, **more)["errors"]
    assert error["type"] == "UNPROCESSABLE"
    assert words in error["message"]


def test_a_push_or_a_wish_takes_it_out(wire) -> None:
    ready(wire, "fix")
    enqueue(wire)
    wire.forge.commit("fix", {"b.yaml": "b: 1\n"}, login="grace")
    assert positions(wire) == []
    wire.forge.report("fix", "render")
    entry = enqueue(wire)["data"]["enqueuePullRequest"]["mergeQueueEntry"]["id"]
    assert wire.graphql(DEQUEUE, input={"id": entry})["data"]["dequeuePullRequest"]["mergeQueueEntry"]["id"] == entry
    assert "not in the queue" in wire.graphql(DEQUEUE, input={"id": "PR_1"})["errors"][0]["message"]


def test_auto_merge_joins_the_queue_when_it_can(wire) -> None:
    wire.pull("fix")
    wire.forge.protect("main", Protection(approvals=1))
    wire.graphql(ENABLE, input={"pullRequestId": "PR_1"})
    wire.as_("reviewer-token").repo("POST", "/pulls/1/reviews", {"event": "APPROVE"})
    assert positions(wire) == []
    wire.forge.report("fix", "render")
    assert positions(wire) == [(1, 1)]
    ready(wire, "next")
    wire.forge.protect("main", None)
    joined = wire.graphql(ENABLE, input={"pullRequestId": "PR_2"})["data"]["enablePullRequestAutoMerge"]
    assert joined["pullRequest"] == {"isInMergeQueue": True, "autoMergeRequest": None}, "a clean one joins at once"
