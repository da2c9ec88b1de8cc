"""The mutations: what a bot writes through GraphQL."""

from __future__ import annotations

from collections.abc import Callable

from gitops_bot.sandbox.forge.api import ApiError, Fields
from gitops_bot.sandbox.forge.branches import close
from gitops_bot.sandbox.forge.graphql import merges, references
from gitops_bot.sandbox.forge.graphql.execute import FieldType, GraphqlError, Scope, on
from gitops_bot.sandbox.forge.graphql.payloads import Payload
from gitops_bot.sandbox.forge.graphql.pulls import find_node, pull_part
from gitops_bot.sandbox.forge.pulls import NewPull, open_pull
from gitops_bot.sandbox.forge.rest.comments import add_comment
from gitops_bot.sandbox.forge.rest.pulls import edit_pull

PULLS = "pull_requests"


def _create_pull(scope: Scope, _: None, arguments: Fields) -> Payload:
    actor, given = scope.actor(PULLS), arguments.below("input")
    scope.check_actions()
    new = NewPull(
        given.text("title"),
        given.optional_text("body"),
        given.text("headRefName").removeprefix("refs/heads/"),
        given.text("baseRefName").removeprefix("refs/heads/"),
        draft=given.flag("draft"),
    )
    return Payload(given.optional_text("clientMutationId"), issue=open_pull(scope.state, actor, new))


def _update_pull(scope: Scope, _: None, arguments: Fields) -> Payload:
    given = arguments.below("input")
    issue = find_node(scope.state, given.text("pullRequestId"))
    actor = scope.actor(PULLS, issue=issue)
    names = {"title": "title", "body": "body", "baseRefName": "base"}
    asked = {rest: given.raw(name) for name, rest in names.items() if name in given}
    if "state" in given:
        asked["state"] = given.text("state").lower()
    edit_pull(scope.state, actor, issue, pull_part(issue), Fields(asked))
    return Payload(given.optional_text("clientMutationId"), issue=issue)


def _close_pull(scope: Scope, _: None, arguments: Fields) -> Payload:
    given = arguments.below("input")
    issue = find_node(scope.state, given.text("pullRequestId"))
    pull_part(issue)
    close(scope.state, issue, scope.actor(PULLS, issue=issue))
    return Payload(given.optional_text("clientMutationId"), issue=issue)


def _reopen_pull(scope: Scope, _: None, arguments: Fields) -> Payload:
    given = arguments.below("input")
    issue = find_node(scope.state, given.text("pullRequestId"))
    edit_pull(scope.state, scope.actor(PULLS, issue=issue), issue, pull_part(issue), Fields({"state": "open"}))
    return Payload(given.optional_text("clientMutationId"), issue=issue)


def _set_draft(scope: Scope, arguments: Fields, *, draft: bool) -> Payload:
    given = arguments.below("input")
    issue = find_node(scope.state, given.text("pullRequestId"))
    actor = scope.actor(PULLS, issue=issue)
    pull_part(issue).draft = draft
    scope.state.tell("pull_request", "converted_to_draft" if draft else "ready_for_review", actor, issue)
    return Payload(given.optional_text("clientMutationId"), issue=issue)


def _add_comment(scope: Scope, _: None, arguments: Fields) -> Payload:
    given = arguments.below("input")
    issue = find_node(scope.state, given.text("subjectId"))
    actor = scope.actor(PULLS if issue.pull else "issues", talking=True)
    try:
        comment = add_comment(scope.state, actor, issue, given.text("body"))
    except ApiError as error:
        raise GraphqlError("UNPROCESSABLE", "Body can't be blank") from error
    return Payload(given.optional_text("clientMutationId"), issue=issue, comment=comment)


Mutation = Callable[[Scope, None, Fields], Payload]
MUTATIONS: dict[str, Mutation] = {
    "createCommitOnBranch": references.create_commit,
    "createRef": references.create_ref,
    "updateRef": references.update_ref,
    "updateRefs": references.update_refs,
    "deleteRef": references.delete_ref,
    "createPullRequest": _create_pull,
    "updatePullRequest": _update_pull,
    "closePullRequest": _close_pull,
    "reopenPullRequest": _reopen_pull,
    "convertPullRequestToDraft": lambda scope, _, arguments: _set_draft(scope, arguments, draft=True),
    "markPullRequestReadyForReview": lambda scope, _, arguments: _set_draft(scope, arguments, draft=False),
    "mergePullRequest": merges.merge,
    "enablePullRequestAutoMerge": merges.enable,
    "disablePullRequestAutoMerge": merges.disable,
    "enqueuePullRequest": merges.join_queue,
    "dequeuePullRequest": merges.leave_queue,
    "revertPullRequest": merges.revert,
    "addComment": _add_comment,
}
ROOT: dict[str, FieldType] = {name: on(type(None), mutate, "Payload") for name, mutate in MUTATIONS.items()}
