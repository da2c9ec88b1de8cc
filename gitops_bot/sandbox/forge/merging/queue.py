"""Merge queues: pull requests wait in line, are merged in order, and fall out when they no longer can be."""

from __future__ import annotations

from collections.abc import Collection

from gitops_bot.sandbox.forge.api import ApiError
from gitops_bot.sandbox.forge.branches import leave_queue
from gitops_bot.sandbox.forge.merging.merge import MergeRequest, merge_now
from gitops_bot.sandbox.forge.protection import merge_queue, merge_state, unmet
from gitops_bot.sandbox.forge.pulls import is_mergeable
from gitops_bot.sandbox.forge.records import Account, Issue, Pull, QueueEntry
from gitops_bot.sandbox.forge.state import State

QUEUE_BOT = Account("github-merge-queue[bot]", "Bot")


def entries(state: State, base: str = "") -> list[QueueEntry]:
    """The queue of a base branch (empty: of every one), who came first stands first."""
    pulls = [issue.pull for issue in state.issues.values() if issue.pull]
    queued = [pull.queued for pull in pulls if pull.queued and (not base or pull.base == base)]
    return sorted(queued, key=lambda entry: entry.id)


def position(state: State, entry: QueueEntry) -> int:
    """An entry's place in its queue, from 1."""
    pull = state.issues[entry.issue].pull
    return entries(state, pull.base).index(entry) + 1 if pull and pull.queued else 0


def enqueue(state: State, actor: Account, issue: Issue, pull: Pull, expected: str | None = None) -> QueueEntry:
    """Put a pull request at the end of its base's queue. Raises ApiError 422 where it cannot stand there."""
    if not merge_queue(state, pull.base):
        raise ApiError(422, "Pull request Merge queue is not enabled for this branch")
    if expected and expected != pull.head_sha:
        raise ApiError(422, "Head branch was modified. Review and try the merge again.")
    if pull.queued:
        raise ApiError(422, "Pull request Pull request is already in the queue")
    standing = merge_state(state, issue, pull, actor)
    if standing not in {"clean", "unstable", "behind"}:
        raise ApiError(422, f"Pull request {unmet(state, pull, actor) or f'Pull request is in {standing} status'}")
    pull.queued = QueueEntry(state.new_id(), issue.number, actor, state.clock(), pull.base_sha, pull.head_sha)
    state.tell("pull_request", "enqueued", actor, issue)
    return pull.queued


def dequeue(state: State, actor: Account, issue: Issue, pull: Pull) -> QueueEntry:
    """Take a pull request out of the queue. Raises ApiError 422 where it is in none."""
    entry = pull.queued
    if entry is None:
        raise ApiError(422, "Pull request Pull request is not in the queue")
    leave_queue(state, issue, pull, actor)
    return entry


def run_queue(state: State, failing: Collection[int] = ()) -> list[int]:
    """Build and merge every queue to its end, as if each group's checks passed; returns the numbers merged.

    The numbers in `failing`, and what conflicts with what went before, fall out of the queue and stay open.
    """
    merged: list[int] = []
    for entry in entries(state):
        issue = state.issues[entry.issue]
        pull = issue.pull
        if pull is None or pull.queued is not entry:
            continue
        if issue.number in failing or not is_mergeable(state, pull):
            leave_queue(state, issue, pull, QUEUE_BOT)
            continue
        method = merge_queue(state, pull.base).lower() or "merge"
        merge_now(state, QUEUE_BOT, issue, pull, MergeRequest(method))
        merged.append(issue.number)
    return merged
