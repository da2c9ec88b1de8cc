"""Mutations that merge: at once, when it can be, in a queue, and back again."""

from __future__ import annotations

from gitops_bot.sandbox.forge.api import Fields
from gitops_bot.sandbox.forge.branches import drop_auto_merge
from gitops_bot.sandbox.forge.graphql.execute import GraphqlError, Scope
from gitops_bot.sandbox.forge.graphql.payloads import Payload
from gitops_bot.sandbox.forge.graphql.pulls import find_node, pull_part
from gitops_bot.sandbox.forge.merging import MergeRequest, dequeue, enable_auto_merge, enqueue, merge_pull, revert_pull
from gitops_bot.sandbox.forge.merging.queue import entries
from gitops_bot.sandbox.forge.merging.reverting import Revert
from gitops_bot.sandbox.forge.records import AutoMerge, Issue

RIGHTS = ("contents", "pull_requests")


def _asked(scope: Scope, arguments: Fields) -> tuple[Fields, Issue]:
    given = arguments.below("input")
    return given, find_node(scope.state, given.text("pullRequestId"))


def merge(scope: Scope, _: None, arguments: Fields) -> Payload:
    """Merge a pull request. Raises GraphqlError and ApiError."""
    actor = scope.actor(*RIGHTS)
    given, issue = _asked(scope, arguments)
    request = MergeRequest(
        given.text("mergeMethod", "MERGE").lower(),
        given.text("commitHeadline", ""),
        given.text("commitBody", ""),
        given.text("expectedHeadOid", ""),
    )
    merge_pull(scope.state, actor, issue, pull_part(issue), request)
    return Payload(given.optional_text("clientMutationId"), issue=issue)


def enable(scope: Scope, _: None, arguments: Fields) -> Payload:
    """Let a pull request merge when its requirements are met. Raises GraphqlError and ApiError."""
    actor = scope.actor(*RIGHTS)
    given, issue = _asked(scope, arguments)
    method = given.text("mergeMethod", "MERGE").lower()
    wish = AutoMerge(actor, method, given.text("commitHeadline", ""), given.text("commitBody", ""))
    enable_auto_merge(scope.state, issue, pull_part(issue), wish, given.optional_text("expectedHeadOid"))
    return Payload(given.optional_text("clientMutationId"), issue=issue)


def disable(scope: Scope, _: None, arguments: Fields) -> Payload:
    """Take that wish back. Raises GraphqlError."""
    actor = scope.actor(*RIGHTS)
    given, issue = _asked(scope, arguments)
    pull = pull_part(issue)
    if pull.auto_merge is None:
        raise GraphqlError("UNPROCESSABLE", "Can't disable auto-merge for this pull request.")
    drop_auto_merge(scope.state, issue, pull, actor)
    return Payload(given.optional_text("clientMutationId"), issue=issue)


def join_queue(scope: Scope, _: None, arguments: Fields) -> Payload:
    """Put a pull request into its base's merge queue. Raises GraphqlError and ApiError."""
    actor = scope.actor(*RIGHTS)
    given, issue = _asked(scope, arguments)
    entry = enqueue(scope.state, actor, issue, pull_part(issue), given.optional_text("expectedHeadOid"))
    return Payload(given.optional_text("clientMutationId"), entry=entry)


def leave_queue(scope: Scope, _: None, arguments: Fields) -> Payload:
    """Take a pull request (by its own or its entry's id) out of its queue. Raises GraphqlError and ApiError."""
    actor, given = scope.actor(*RIGHTS), arguments.below("input")
    wanted = given.text("id")
    numbers = {f"MQE_{entry.id}": entry.issue for entry in entries(scope.state)}
    issue = scope.state.issues[numbers[wanted]] if wanted in numbers else find_node(scope.state, wanted)
    entry = dequeue(scope.state, actor, issue, pull_part(issue))
    return Payload(given.optional_text("clientMutationId"), entry=entry)


def revert(scope: Scope, _: None, arguments: Fields) -> Payload:
    """Open a pull request that undoes a merged one. Raises GraphqlError and ApiError."""
    actor = scope.actor(*RIGHTS)
    scope.check_actions()
    given, issue = _asked(scope, arguments)
    asked = Revert(given.text("title", ""), given.text("body", ""), given.flag("draft"))
    made = revert_pull(scope.state, actor, issue, pull_part(issue), asked)
    return Payload(given.optional_text("clientMutationId"), issue=issue, revert=made)
