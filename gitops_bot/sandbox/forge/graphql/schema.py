"""The GraphQL types and their fields, as plain tables of resolvers; here the repository and what ties all together."""

from __future__ import annotations

from gitops_bot.sandbox.forge.api import Fields
from gitops_bot.sandbox.forge.git import Commit
from gitops_bot.sandbox.forge.graphql import commits, pulls
from gitops_bot.sandbox.forge.graphql.commits import Ref, find_ref
from gitops_bot.sandbox.forge.graphql.connections import PAGE_INFO, connection_types, listed
from gitops_bot.sandbox.forge.graphql.execute import FieldType, GraphqlError, Scope, on
from gitops_bot.sandbox.forge.graphql.pulls import state_name
from gitops_bot.sandbox.forge.merging import entries
from gitops_bot.sandbox.forge.protection import merge_queue
from gitops_bot.sandbox.forge.records import Account, CheckRun, Issue
from gitops_bot.sandbox.forge.state import State

LISTED = (
    "Commit",
    "Issue",
    "IssueComment",
    "Label",
    "MergeQueueEntry",
    "PullRequest",
    "PullRequestChangedFile",
    "PullRequestCommit",
    "PullRequestReview",
    "Ref",
    "SearchResultItem",
    "StatusCheckRollupContext",
)


def _numbered(scope: Scope, _: State, arguments: Fields, *, pull: bool) -> Issue:
    number = arguments.number("number")
    found = scope.state.issues.get(number or 0)
    if found is None or (found.pull is not None) != pull:
        kind = "PullRequest" if pull else "Issue"
        raise GraphqlError("NOT_FOUND", f"Could not resolve to a {kind} with the number of {number}.")
    return found


def _filtered(scope: Scope, _: State, arguments: Fields, *, pull: bool) -> list[Issue]:
    states, labels = arguments.texts("states"), set(arguments.texts("labels"))
    head, base = arguments.optional_text("headRefName"), arguments.optional_text("baseRefName")
    found = [
        issue
        for issue in scope.state.issues.values()
        if (issue.pull is not None) == pull
        and (not states or state_name(issue) in states)
        and (not labels or labels & set(issue.labels))
        and (head is None or (issue.pull is not None and issue.pull.head == head))
        and (base is None or (issue.pull is not None and issue.pull.base == base))
    ]
    order = arguments.below("orderBy")
    if order.text("field", "CREATED_AT") == "UPDATED_AT":
        found.sort(key=lambda issue: issue.updated_at)
    return found[::-1] if order.text("direction", "ASC") == "DESC" else found


def _refs(scope: Scope, _: State, arguments: Fields) -> list[Ref]:
    return [Ref(name, sha) for name, sha, _ in scope.state.git.refs(arguments.text("refPrefix"))]


def _object(scope: Scope, _: State, arguments: Fields) -> Commit | None:
    sha = scope.state.git.resolve(arguments.optional_text("oid") or arguments.text("expression"))
    return scope.state.git.commit(sha) if sha else None


def _queue(scope: Scope, state: State, arguments: Fields) -> Ref | None:
    """A merge queue, held as the branch that it belongs to."""
    branch = arguments.text("branch", state.default_branch)
    return find_ref(scope.state, branch) if merge_queue(state, branch) else None


REPOSITORY: dict[str, FieldType] = {
    "id": on(State, lambda _, __, ___: "R_1"),
    "name": on(State, lambda _, state, __: state.name),
    "nameWithOwner": on(State, lambda _, state, __: state.full_name),
    "url": on(State, lambda _, state, __: state.html),
    "owner": on(State, lambda _, state, __: state.owner_account(), "Actor"),
    "isPrivate": on(State, lambda _, state, __: state.settings.private),
    "viewerPermission": on(State, lambda scope, _, __: scope.viewer.standing.upper()),
    "autoMergeAllowed": on(State, lambda _, state, __: state.settings.allow_auto_merge),
    "mergeCommitAllowed": on(State, lambda _, state, __: state.settings.allow_merge_commit),
    "squashMergeAllowed": on(State, lambda _, state, __: state.settings.allow_squash_merge),
    "rebaseMergeAllowed": on(State, lambda _, state, __: state.settings.allow_rebase_merge),
    "deleteBranchOnMerge": on(State, lambda _, state, __: state.settings.delete_branch_on_merge),
    "defaultBranchRef": on(State, lambda _, state, __: find_ref(state, state.default_branch), "Ref"),
    "ref": on(State, lambda _, state, arguments: find_ref(state, arguments.text("qualifiedName")), "Ref"),
    "refs": listed(State, "Ref", _refs),
    "object": on(State, _object, "GitObject"),
    "mergeQueue": on(State, _queue, "MergeQueue"),
    "pullRequest": on(State, lambda *given: _numbered(*given, pull=True), "PullRequest"),
    "pullRequests": listed(State, "PullRequest", lambda *given: _filtered(*given, pull=True)),
    "issue": on(State, lambda *given: _numbered(*given, pull=False), "Issue"),
    "issues": listed(State, "Issue", lambda *given: _filtered(*given, pull=False)),
}
ACTOR: dict[str, FieldType] = {
    "login": on(Account, lambda _, account, __: account.login.removesuffix("[bot]")),
    "url": on(Account, lambda scope, account, _: f"{scope.state.base_url}/{account.login}"),
}
TYPES: dict[str, dict[str, FieldType]] = {
    **commits.TYPES,
    **pulls.TYPES,
    "Repository": REPOSITORY,
    **dict.fromkeys(("Actor", "Bot", "User", "Organization"), ACTOR),
    "MergeQueue": {
        "id": on(Ref, lambda _, ref, __: f"MQ_{ref.name}"),
        "entries": listed(
            Ref, "MergeQueueEntry", lambda scope, ref, _: entries(scope.state, ref.name.removeprefix("refs/heads/"))
        ),
    },
    "SearchResultItem": {},
    "PageInfo": PAGE_INFO,
    "Node": {"id": on(Issue, lambda _, issue, __: issue.node_id)},
    **{name: fields for kind in LISTED for name, fields in connection_types(kind).items()},
}


def type_of(value: object, declared: str) -> str:
    """The concrete type of an object where the schema names an interface."""
    if declared == "GitObject":
        return "Commit"
    if declared == "Actor" and isinstance(value, Account):
        return value.kind
    if declared == "StatusCheckRollupContext":
        return "CheckRun" if isinstance(value, CheckRun) else "StatusContext"
    if declared in {"Node", "SearchResultItem"} and isinstance(value, Issue):
        return "PullRequest" if value.pull else "Issue"
    return declared
