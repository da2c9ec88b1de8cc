"""The mutations: what a bot writes through GraphQL."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass

from gitops_bot.sandbox.forge.api import ApiError, Fields
from gitops_bot.sandbox.forge.branches import close, direct_push_refusal, move_branch
from gitops_bot.sandbox.forge.git import Commit, GitFailed
from gitops_bot.sandbox.forge.graphql.execute import FieldType, GraphqlError, Scope, on
from gitops_bot.sandbox.forge.graphql.schema import Ref, find_ref, pull_part
from gitops_bot.sandbox.forge.merging import MergeRequest, merge_pull
from gitops_bot.sandbox.forge.pulls import NewPull, merge_state, open_pull
from gitops_bot.sandbox.forge.records import AutoMerge, Comment, Issue
from gitops_bot.sandbox.forge.rest.comments import add_comment
from gitops_bot.sandbox.forge.rest.pulls import edit_pull
from gitops_bot.sandbox.forge.state import State
from gitops_bot.sandbox.forge.writing import FileChanges, write_commit


@dataclass(frozen=True)
class Payload:
    """What a mutation gives back: one of these, and the caller's own id."""

    client_mutation_id: str | None
    commit: Commit | None = None
    ref: Ref | None = None
    issue: Issue | None = None
    comment: Comment | None = None


def _branch_of(scope: Scope, asked: Fields) -> tuple[str, str]:
    """The branch that a CommittableBranch means, and its head."""
    if "id" in asked:
        name = asked.text("id").removeprefix("REF_")
    else:
        repository = asked.text("repositoryNameWithOwner")
        if repository.lower() != scope.state.full_name.lower():
            message = f"Could not resolve to a Repository with the name '{repository}'."
            raise GraphqlError("NOT_FOUND", message)
        name = asked.text("branchName")
    ref = find_ref(scope.state, name)
    if ref is None:
        raise GraphqlError("NOT_FOUND", f"Could not resolve to a Ref with the name '{name}'.")
    return ref.name.removeprefix("refs/heads/"), ref.sha


def _file_changes(asked: Fields) -> FileChanges:
    additions: dict[str, bytes] = {}
    for item in asked.items("additions"):
        addition = Fields(item)
        try:
            additions[addition.text("path")] = base64.b64decode(addition.text("contents"), validate=True)
        except binascii.Error as error:
            raise GraphqlError("UNPROCESSABLE", "contents is not valid Base64") from error
    deletions = [Fields(item).text("path") for item in asked.items("deletions")]
    doubled = set(deletions) & set(additions)
    if doubled:
        raise GraphqlError("UNPROCESSABLE", f"A path was requested for addition and deletion: {min(doubled)}")
    return FileChanges(additions, deletions)


def _create_commit(scope: Scope, _: None, arguments: Fields) -> Payload:
    actor, given = scope.actor(), arguments.below("input")
    branch, head = _branch_of(scope, given.below("branch"))
    expected = given.text("expectedHeadOid")
    stale = f'Expected branch to point to "{expected}" but it did not.  Pull and try again.'
    if head != expected:
        raise GraphqlError("STALE_DATA", stale)
    refusal = direct_push_refusal(scope.state, branch)
    if refusal:
        raise GraphqlError("UNPROCESSABLE", f"protected branch '{branch}' check failed:\n {refusal}")
    message = given.below("message")
    text = "\n\n".join(part for part in (message.text("headline"), message.text("body", "")) if part)
    changes = _file_changes(given.below("fileChanges"))
    sha = write_commit(scope.state, head, changes, text, scope.state.signature(actor))
    scope.state.verified.add(sha)
    if not move_branch(scope.state, branch, sha, head):
        raise GraphqlError("STALE_DATA", stale)
    commit = scope.state.git.commit(sha)
    return Payload(given.optional_text("clientMutationId"), commit, Ref(f"refs/heads/{branch}", sha))


def _move(scope: Scope, name: str, new: str | None, old: str | None) -> None:
    if not name.startswith("refs/heads/"):
        raise GraphqlError("UNPROCESSABLE", f"{name} is not a branch: the sandbox moves branches only")
    try:
        moved = move_branch(scope.state, name.removeprefix("refs/heads/"), new, old)
    except GitFailed as failure:
        raise GraphqlError("UNPROCESSABLE", f"{name} is not a valid ref name.") from failure
    if not moved:
        raise GraphqlError("STALE_DATA", f"{name} was moved meanwhile")


def _known_commit(scope: Scope, sha: str) -> str:
    if scope.state.git.commit(sha) is None:
        raise GraphqlError("UNPROCESSABLE", f"No object with the id {sha} exists in the repository.")
    return sha


def _create_ref(scope: Scope, _: None, arguments: Fields) -> Payload:
    scope.actor()
    given = arguments.below("input")
    name, sha = given.text("name"), _known_commit(scope, given.text("oid"))
    if find_ref(scope.state, name):
        raise GraphqlError("UNPROCESSABLE", f'A ref named "{name}" already exists in the repository.')
    _move(scope, name, sha, None)
    return Payload(given.optional_text("clientMutationId"), ref=Ref(name, sha))


def _ref(scope: Scope, given: Fields) -> Ref:
    found = find_ref(scope.state, given.text("refId").removeprefix("REF_"))
    if found is None:
        raise GraphqlError("NOT_FOUND", f"Could not resolve to a node with the global id of '{given.text('refId')}'")
    return found


def _update_ref(scope: Scope, _: None, arguments: Fields) -> Payload:
    scope.actor()
    given = arguments.below("input")
    ref, sha = _ref(scope, given), _known_commit(scope, given.text("oid"))
    refusal = direct_push_refusal(scope.state, ref.name.removeprefix("refs/heads/"))
    if refusal:
        raise GraphqlError("UNPROCESSABLE", refusal)
    if not given.flag("force") and not scope.state.git.is_ancestor(ref.sha, sha):
        raise GraphqlError("UNPROCESSABLE", "Update is not a fast forward")
    _move(scope, ref.name, sha, ref.sha)
    return Payload(given.optional_text("clientMutationId"), ref=Ref(ref.name, sha))


def _delete_ref(scope: Scope, _: None, arguments: Fields) -> Payload:
    scope.actor()
    given = arguments.below("input")
    ref = _ref(scope, given)
    _move(scope, ref.name, None, ref.sha)
    return Payload(given.optional_text("clientMutationId"))


def _create_pull(scope: Scope, _: None, arguments: Fields) -> Payload:
    actor, given = scope.actor(), arguments.below("input")
    new = NewPull(
        given.text("title"),
        given.optional_text("body"),
        given.text("headRefName").removeprefix("refs/heads/"),
        given.text("baseRefName").removeprefix("refs/heads/"),
        draft=given.flag("draft"),
    )
    return Payload(given.optional_text("clientMutationId"), issue=open_pull(scope.state, actor, new))


def find_node(state: State, node_id: str) -> Issue:
    """The issue or pull request with a node id. Raises GraphqlError NOT_FOUND."""
    number = node_id.partition("_")[2]
    found = state.issues.get(int(number)) if number.isdecimal() else None
    if found is None or found.node_id != node_id:
        raise GraphqlError("NOT_FOUND", f"Could not resolve to a node with the global id of '{node_id}'")
    return found


def _update_pull(scope: Scope, _: None, arguments: Fields) -> Payload:
    actor, given = scope.actor(), arguments.below("input")
    issue = find_node(scope.state, given.text("pullRequestId"))
    names = {"title": "title", "body": "body", "baseRefName": "base"}
    asked = {rest: given.raw(name) for name, rest in names.items() if name in given}
    if "state" in given:
        asked["state"] = given.text("state").lower()
    edit_pull(scope.state, actor, issue, pull_part(issue), Fields(asked))
    return Payload(given.optional_text("clientMutationId"), issue=issue)


def _close_pull(scope: Scope, _: None, arguments: Fields) -> Payload:
    actor, given = scope.actor(), arguments.below("input")
    issue = find_node(scope.state, given.text("pullRequestId"))
    pull_part(issue)
    close(scope.state, issue, actor)
    return Payload(given.optional_text("clientMutationId"), issue=issue)


def _merge_pull(scope: Scope, _: None, arguments: Fields) -> Payload:
    actor, given = scope.actor(), arguments.below("input")
    issue = find_node(scope.state, given.text("pullRequestId"))
    request = MergeRequest(
        given.text("mergeMethod", "MERGE").lower(),
        given.text("commitHeadline", ""),
        given.text("commitBody", ""),
        given.text("expectedHeadOid", ""),
    )
    merge_pull(scope.state, actor, issue, pull_part(issue), request)
    return Payload(given.optional_text("clientMutationId"), issue=issue)


def _auto_merge_refusal(state: State, issue: Issue) -> str:
    pull = pull_part(issue)
    if not state.settings.allow_auto_merge:
        return "Auto merge is not allowed for this repository"
    if issue.state != "open":
        return "Can't enable auto-merge for this pull request."
    if pull.base not in state.protections:
        return "Pull request Protected branch rules not configured for this branch"
    standing = merge_state(state, issue, pull)
    return f"Pull request Pull request is in {standing} status" if standing in {"clean", "unstable"} else ""


def _enable_auto_merge(scope: Scope, _: None, arguments: Fields) -> Payload:
    actor, given = scope.actor(), arguments.below("input")
    issue = find_node(scope.state, given.text("pullRequestId"))
    refusal = _auto_merge_refusal(scope.state, issue)
    if refusal:
        raise GraphqlError("UNPROCESSABLE", refusal)
    expected = given.optional_text("expectedHeadOid")
    pull = pull_part(issue)
    if expected and expected != pull.head_sha:
        raise GraphqlError("UNPROCESSABLE", "The head of the pull request is not the expected commit")
    method = given.text("mergeMethod", "MERGE").lower()
    pull.auto_merge = AutoMerge(actor, method, given.text("commitHeadline", ""), given.text("commitBody", ""))
    return Payload(given.optional_text("clientMutationId"), issue=issue)


def _disable_auto_merge(scope: Scope, _: None, arguments: Fields) -> Payload:
    scope.actor()
    given = arguments.below("input")
    issue = find_node(scope.state, given.text("pullRequestId"))
    pull_part(issue).auto_merge = None
    return Payload(given.optional_text("clientMutationId"), issue=issue)


def _add_comment(scope: Scope, _: None, arguments: Fields) -> Payload:
    actor, given = scope.actor(), arguments.below("input")
    issue = find_node(scope.state, given.text("subjectId"))
    try:
        comment = add_comment(scope.state, actor, issue, given.text("body"))
    except ApiError as error:
        raise GraphqlError("UNPROCESSABLE", "Body can't be blank") from error
    return Payload(given.optional_text("clientMutationId"), issue=issue, comment=comment)


Mutation = Callable[[Scope, None, Fields], Payload]
MUTATIONS: dict[str, Mutation] = {
    "createCommitOnBranch": _create_commit,
    "createRef": _create_ref,
    "updateRef": _update_ref,
    "deleteRef": _delete_ref,
    "createPullRequest": _create_pull,
    "updatePullRequest": _update_pull,
    "closePullRequest": _close_pull,
    "mergePullRequest": _merge_pull,
    "enablePullRequestAutoMerge": _enable_auto_merge,
    "disablePullRequestAutoMerge": _disable_auto_merge,
    "addComment": _add_comment,
}
ROOT: dict[str, FieldType] = {name: on(type(None), mutate, "Payload") for name, mutate in MUTATIONS.items()}
PAYLOAD: dict[str, FieldType] = {
    "clientMutationId": on(Payload, lambda _, payload, __: payload.client_mutation_id),
    "commit": on(Payload, lambda _, payload, __: payload.commit, "Commit"),
    "ref": on(Payload, lambda _, payload, __: payload.ref, "Ref"),
    "pullRequest": on(Payload, lambda _, payload, __: payload.issue, "PullRequest"),
    "subject": on(Payload, lambda _, payload, __: payload.issue, "Node"),
    "commentEdge": on(Payload, lambda _, payload, __: payload.comment, "CommentEdge"),
}
COMMENT_EDGE = {"node": on(Comment, lambda _, comment, __: comment, "IssueComment")}
