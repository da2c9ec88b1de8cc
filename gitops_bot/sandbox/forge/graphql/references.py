"""Mutations of branches: commits by compare-and-swap, and references made, moved and deleted."""

from __future__ import annotations

import base64
import binascii

from gitops_bot.sandbox.forge.api import Fields
from gitops_bot.sandbox.forge.branches import follow_branches, move_branch, tell_push
from gitops_bot.sandbox.forge.git import ABSENT, GitFailed
from gitops_bot.sandbox.forge.graphql.commits import Ref, find_ref
from gitops_bot.sandbox.forge.graphql.execute import GraphqlError, Scope
from gitops_bot.sandbox.forge.graphql.payloads import Payload
from gitops_bot.sandbox.forge.protection import Push, push_refusal
from gitops_bot.sandbox.forge.records import Account
from gitops_bot.sandbox.forge.writing import FileChanges, write_commit

BRANCHES = "refs/heads/"


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


def create_commit(scope: Scope, _: None, arguments: Fields) -> Payload:
    """Put a commit on a branch that stands at `expectedHeadOid`. Raises GraphqlError."""
    actor, given = scope.actor("contents"), arguments.below("input")
    branch, head = _branch_of(scope, given.below("branch"))
    expected = given.text("expectedHeadOid")
    stale = f'Expected branch to point to "{expected}" but it did not.  Pull and try again.'
    if head != expected:
        raise GraphqlError("STALE_DATA", stale)
    message = given.below("message")
    text = "\n\n".join(part for part in (message.text("headline"), message.text("body", "")) if part)
    changes = _file_changes(given.below("fileChanges"))
    sha = write_commit(scope.state, head, changes, text, scope.state.signature(actor))
    _check(scope, actor, Push(branch, head, sha))
    scope.state.verified.add(sha)
    if not move_branch(scope.state, branch, sha, head, actor):
        raise GraphqlError("STALE_DATA", stale)
    commit = scope.state.git.commit(sha)
    return Payload(given.optional_text("clientMutationId"), commit, Ref(f"refs/heads/{branch}", sha))


def _check(scope: Scope, actor: Account, push: Push) -> None:
    """Refuse what the branch's rules refuse. Raises GraphqlError."""
    refusal = push_refusal(scope.state, actor, push)
    if refusal:
        raise GraphqlError(*refusal.graphql)


def _move(scope: Scope, actor: Account, name: str, new: str | None, old: str | None) -> None:
    if not name.startswith(BRANCHES):
        raise GraphqlError("UNPROCESSABLE", f"{name} is not a branch: the sandbox moves branches only")
    branch = name.removeprefix(BRANCHES)
    _check(scope, actor, Push(branch, old, new))
    try:
        moved = move_branch(scope.state, branch, new, old, actor)
    except GitFailed as failure:
        raise GraphqlError("UNPROCESSABLE", f"{name} is not a valid ref name.") from failure
    if not moved:
        raise GraphqlError("STALE_DATA", f"{name} was moved meanwhile")


def _known_commit(scope: Scope, sha: str) -> str:
    if scope.state.git.commit(sha) is None:
        raise GraphqlError("UNPROCESSABLE", f"No object with the id {sha} exists in the repository.")
    return sha


def create_ref(scope: Scope, _: None, arguments: Fields) -> Payload:
    """Make a branch. Raises GraphqlError."""
    actor, given = scope.actor("contents"), arguments.below("input")
    name, sha = given.text("name"), _known_commit(scope, given.text("oid"))
    if find_ref(scope.state, name):
        raise GraphqlError("UNPROCESSABLE", f'A ref named "{name}" already exists in the repository.')
    _move(scope, actor, name, sha, None)
    return Payload(given.optional_text("clientMutationId"), ref=Ref(name, sha))


def _ref(scope: Scope, given: Fields) -> Ref:
    found = find_ref(scope.state, given.text("refId").removeprefix("REF_"))
    if found is None:
        raise GraphqlError("NOT_FOUND", f"Could not resolve to a node with the global id of '{given.text('refId')}'")
    return found


def update_ref(scope: Scope, _: None, arguments: Fields) -> Payload:
    """Move a branch. Raises GraphqlError."""
    actor, given = scope.actor("contents"), arguments.below("input")
    ref, sha = _ref(scope, given), _known_commit(scope, given.text("oid"))
    if not given.flag("force") and not scope.state.git.is_ancestor(ref.sha, sha):
        raise GraphqlError("UNPROCESSABLE", "Update is not a fast forward")
    _move(scope, actor, ref.name, sha, ref.sha)
    return Payload(given.optional_text("clientMutationId"), ref=Ref(ref.name, sha))


def delete_ref(scope: Scope, _: None, arguments: Fields) -> Payload:
    """Delete a branch. Raises GraphqlError."""
    actor, given = scope.actor("contents"), arguments.below("input")
    ref = _ref(scope, given)
    _move(scope, actor, ref.name, None, ref.sha)
    return Payload(given.optional_text("clientMutationId"))


def _planned(scope: Scope, item: object) -> Push:
    """One RefUpdate as a push. Raises GraphqlError where it cannot be done."""
    asked = Fields(item)
    name, after = asked.text("name"), asked.text("afterOid")
    if not name.startswith(BRANCHES):
        raise GraphqlError("UNPROCESSABLE", f"{name} is not a branch: the sandbox moves branches only")
    present = find_ref(scope.state, name)
    old = present.sha if present else None
    expected = asked.optional_text("beforeOid")
    if expected is not None and expected != (old or ABSENT):
        raise GraphqlError("STALE_DATA", f"Expected {name} to point to {expected} but it points to {old or ABSENT}.")
    new = None if after == ABSENT else _known_commit(scope, after)
    if new is None and old is None:
        raise GraphqlError("NOT_FOUND", f"Could not resolve to a Ref with the name '{name}'.")
    if new and old and not asked.flag("force") and not scope.state.git.is_ancestor(old, new):
        raise GraphqlError("UNPROCESSABLE", "Update is not a fast forward")
    return Push(name.removeprefix(BRANCHES), old, new)


def update_refs(scope: Scope, _: None, arguments: Fields) -> Payload:
    """Make, move and delete several branches, all or none. Raises GraphqlError."""
    actor, given = scope.actor("contents"), arguments.below("input")
    pushes = [_planned(scope, item) for item in given.items("refUpdates")]
    for push in pushes:
        _check(scope, actor, push)
    if not scope.state.git.move_references((f"{BRANCHES}{push.branch}", push.new, push.old) for push in pushes):
        raise GraphqlError("UNPROCESSABLE", "Reference update failed")
    for push in pushes:
        tell_push(scope.state, push.branch, push.old, push.new, actor)
    follow_branches(scope.state, actor)
    return Payload(given.optional_text("clientMutationId"))
