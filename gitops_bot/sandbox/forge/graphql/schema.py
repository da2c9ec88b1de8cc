"""The GraphQL types and their fields, as plain tables of resolvers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from gitops_bot.sandbox.forge.api import Fields, parse_moment
from gitops_bot.sandbox.forge.git import Commit, Signature
from gitops_bot.sandbox.forge.graphql.connections import PAGE_INFO, connection_types, listed
from gitops_bot.sandbox.forge.graphql.execute import FieldType, GraphqlError, Scope, on
from gitops_bot.sandbox.forge.pulls import check_verdicts, commits_of, is_mergeable, merge_state, requirement_unmet
from gitops_bot.sandbox.forge.records import Account, AutoMerge, Comment, Issue, Label, Pull
from gitops_bot.sandbox.forge.state import State, timestamp


@dataclass(frozen=True)
class Ref:
    """A branch or a tag."""

    name: str
    sha: str


@dataclass(frozen=True)
class PullCommit:
    """A commit as part of a pull request."""

    commit: Commit


@dataclass(frozen=True)
class Tree:
    """A tree by its id."""

    oid: str


@dataclass(frozen=True)
class Rollup:
    """What all statuses and check runs of a commit come to."""

    state: str


def _when(moment: datetime | None) -> str | None:
    return timestamp(moment.astimezone(UTC)) if moment else None


def find_ref(state: State, name: str) -> Ref | None:
    """A reference by its full name, or a branch by its short one."""
    full = name if name.startswith("refs/") else f"refs/heads/{name}"
    found = state.git.object(f"{full}^{{commit}}")
    return Ref(full, found.sha) if found else None


def pull_part(issue: Issue) -> Pull:
    """The pull request that an issue is."""
    if issue.pull is None:
        raise GraphqlError("NOT_FOUND", f"Could not resolve to a PullRequest with the number of {issue.number}.")
    return issue.pull


def state_name(issue: Issue) -> str:
    """OPEN, CLOSED or MERGED."""
    return "MERGED" if issue.pull and issue.pull.merged_at else issue.state.upper()


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


def _history(scope: Scope, commit: Commit, arguments: Fields) -> list[Commit]:
    path, since = arguments.optional_text("path"), arguments.optional_text("since")
    limits = [f"--since={parse_moment(since).isoformat()}"] if since else []
    return scope.state.git.commits(scope.state.git.revisions(commit.sha, *limits, *(["--", path] if path else [])))


def _rollup(scope: Scope, commit: Commit, _: Fields) -> Rollup | None:
    verdicts = set(check_verdicts(scope.state, commit.sha).values())
    if not verdicts:
        return None
    return Rollup("FAILURE" if "failure" in verdicts else "PENDING" if "pending" in verdicts else "SUCCESS")


def _merge_state(scope: Scope, issue: Issue, _: Fields) -> str:
    return merge_state(scope.state, issue, pull_part(issue)).upper()


def _mergeable(scope: Scope, issue: Issue, _: Fields) -> str:
    if issue.state != "open":
        return "UNKNOWN"
    return "MERGEABLE" if is_mergeable(scope.state, pull_part(issue)) else "CONFLICTING"


def _decision(scope: Scope, issue: Issue, _: Fields) -> str | None:
    pull = pull_part(issue)
    if pull.base not in scope.state.protections:
        return None
    return "REVIEW_REQUIRED" if "review" in requirement_unmet(scope.state, pull) else "APPROVED"


def _labels(scope: Scope, issue: Issue, _: Fields) -> list[Label]:
    return [scope.state.ensure_label(name) for name in issue.labels]


def _merge_commit(scope: Scope, issue: Issue, _: Fields) -> Commit | None:
    sha = pull_part(issue).merge_commit
    return scope.state.git.commit(sha) if sha else None


def _page(scope: Scope, issue: Issue, _: Fields) -> str:
    return f"{scope.state.html}/{'pull' if issue.pull else 'issues'}/{issue.number}"


def _comment_url(scope: Scope, comment: Comment, _: Fields) -> str:
    return f"{_page(scope, scope.state.issues[comment.issue], _)}#issuecomment-{comment.id}"


ISSUE: dict[str, FieldType] = {
    "id": on(Issue, lambda _, issue, __: issue.node_id),
    "databaseId": on(Issue, lambda _, issue, __: issue.id),
    "number": on(Issue, lambda _, issue, __: issue.number),
    "title": on(Issue, lambda _, issue, __: issue.title),
    "body": on(Issue, lambda _, issue, __: issue.body or ""),
    "state": on(Issue, lambda _, issue, __: state_name(issue)),
    "closed": on(Issue, lambda _, issue, __: issue.state == "closed"),
    "url": on(Issue, _page),
    "author": on(Issue, lambda _, issue, __: issue.user, "Actor"),
    "createdAt": on(Issue, lambda _, issue, __: _when(issue.created_at)),
    "updatedAt": on(Issue, lambda _, issue, __: _when(issue.updated_at)),
    "closedAt": on(Issue, lambda _, issue, __: _when(issue.closed_at)),
    "labels": listed(Issue, "Label", _labels),
    "comments": listed(Issue, "IssueComment", lambda scope, issue, _: scope.state.comments_of(issue.number)),
    "repository": on(Issue, lambda scope, _, __: scope.state, "Repository"),
}
PULL: dict[str, FieldType] = {
    **ISSUE,
    "isDraft": on(Issue, lambda _, issue, __: pull_part(issue).draft),
    "merged": on(Issue, lambda _, issue, __: pull_part(issue).merged_at is not None),
    "mergedAt": on(Issue, lambda _, issue, __: _when(pull_part(issue).merged_at)),
    "mergedBy": on(Issue, lambda _, issue, __: pull_part(issue).merged_by, "Actor"),
    "mergeCommit": on(Issue, _merge_commit, "Commit"),
    "mergeable": on(Issue, _mergeable),
    "mergeStateStatus": on(Issue, _merge_state),
    "reviewDecision": on(Issue, _decision),
    "headRefName": on(Issue, lambda _, issue, __: pull_part(issue).head),
    "headRefOid": on(Issue, lambda _, issue, __: pull_part(issue).head_sha),
    "headRef": on(Issue, lambda scope, issue, _: find_ref(scope.state, pull_part(issue).head), "Ref"),
    "baseRefName": on(Issue, lambda _, issue, __: pull_part(issue).base),
    "baseRefOid": on(Issue, lambda _, issue, __: pull_part(issue).base_sha),
    "baseRef": on(Issue, lambda scope, issue, _: find_ref(scope.state, pull_part(issue).base), "Ref"),
    "autoMergeRequest": on(Issue, lambda _, issue, __: pull_part(issue).auto_merge, "AutoMergeRequest"),
    "commits": listed(
        Issue,
        "PullRequestCommit",
        lambda scope, issue, _: [PullCommit(commit) for commit in commits_of(scope.state, pull_part(issue))],
    ),
}
REPOSITORY: dict[str, FieldType] = {
    "id": on(State, lambda _, __, ___: "R_1"),
    "name": on(State, lambda _, state, __: state.name),
    "nameWithOwner": on(State, lambda _, state, __: state.full_name),
    "url": on(State, lambda _, state, __: state.html),
    "owner": on(State, lambda _, state, __: state.owner_account(), "Actor"),
    "isPrivate": on(State, lambda _, state, __: state.settings.private),
    "autoMergeAllowed": on(State, lambda _, state, __: state.settings.allow_auto_merge),
    "mergeCommitAllowed": on(State, lambda _, state, __: state.settings.allow_merge_commit),
    "squashMergeAllowed": on(State, lambda _, state, __: state.settings.allow_squash_merge),
    "rebaseMergeAllowed": on(State, lambda _, state, __: state.settings.allow_rebase_merge),
    "deleteBranchOnMerge": on(State, lambda _, state, __: state.settings.delete_branch_on_merge),
    "defaultBranchRef": on(State, lambda _, state, __: find_ref(state, state.default_branch), "Ref"),
    "ref": on(State, lambda _, state, arguments: find_ref(state, arguments.text("qualifiedName")), "Ref"),
    "refs": listed(State, "Ref", _refs),
    "object": on(State, _object, "GitObject"),
    "pullRequest": on(State, lambda *given: _numbered(*given, pull=True), "PullRequest"),
    "pullRequests": listed(State, "PullRequest", lambda *given: _filtered(*given, pull=True)),
    "issue": on(State, lambda *given: _numbered(*given, pull=False), "Issue"),
    "issues": listed(State, "Issue", lambda *given: _filtered(*given, pull=False)),
}
COMMIT: dict[str, FieldType] = {
    "id": on(Commit, lambda _, commit, __: f"C_{commit.sha}"),
    "oid": on(Commit, lambda _, commit, __: commit.sha),
    "abbreviatedOid": on(Commit, lambda _, commit, __: commit.sha[:7]),
    "url": on(Commit, lambda scope, commit, _: f"{scope.state.html}/commit/{commit.sha}"),
    "message": on(Commit, lambda _, commit, __: commit.message),
    "messageHeadline": on(Commit, lambda _, commit, __: commit.headline),
    "messageBody": on(Commit, lambda _, commit, __: commit.body),
    "authoredDate": on(Commit, lambda _, commit, __: _when(commit.author.when)),
    "committedDate": on(Commit, lambda _, commit, __: _when(commit.committer.when)),
    "author": on(Commit, lambda _, commit, __: commit.author, "GitActor"),
    "committer": on(Commit, lambda _, commit, __: commit.committer, "GitActor"),
    "tree": on(Commit, lambda _, commit, __: Tree(commit.tree), "Tree"),
    "parents": listed(Commit, "Commit", lambda scope, commit, _: scope.state.git.commits(commit.parents)),
    "history": listed(Commit, "Commit", _history),
    "statusCheckRollup": on(Commit, _rollup, "StatusCheckRollup"),
}
ACTOR: dict[str, FieldType] = {
    "login": on(Account, lambda _, account, __: account.login.removesuffix("[bot]")),
    "url": on(Account, lambda scope, account, _: f"{scope.state.base_url}/{account.login}"),
}
TYPES: dict[str, dict[str, FieldType]] = {
    "Repository": REPOSITORY,
    "Issue": ISSUE,
    "PullRequest": PULL,
    "Commit": COMMIT,
    "GitObject": COMMIT,
    "Tree": {"oid": on(Tree, lambda _, tree, __: tree.oid)},
    "GitActor": {
        "name": on(Signature, lambda _, who, __: who.name),
        "email": on(Signature, lambda _, who, __: who.email),
        "date": on(Signature, lambda _, who, __: _when(who.when)),
    },
    "StatusCheckRollup": {"state": on(Rollup, lambda _, rollup, __: rollup.state)},
    "PullRequestCommit": {"commit": on(PullCommit, lambda _, part, __: part.commit, "Commit")},
    "Ref": {
        "id": on(Ref, lambda _, ref, __: f"REF_{ref.name}"),
        "name": on(Ref, lambda _, ref, __: ref.name.split("/", 2)[-1]),
        "prefix": on(Ref, lambda _, ref, __: "/".join(ref.name.split("/", 2)[:2]) + "/"),
        "target": on(Ref, lambda scope, ref, _: scope.state.git.commit(ref.sha), "GitObject"),
    },
    **dict.fromkeys(("Actor", "Bot", "User", "Organization"), ACTOR),
    "Label": {
        "id": on(Label, lambda _, label, __: f"LA_{label.id}"),
        "name": on(Label, lambda _, label, __: label.name),
        "color": on(Label, lambda _, label, __: label.color),
    },
    "IssueComment": {
        "id": on(Comment, lambda _, comment, __: f"IC_{comment.id}"),
        "databaseId": on(Comment, lambda _, comment, __: comment.id),
        "body": on(Comment, lambda _, comment, __: comment.body),
        "author": on(Comment, lambda _, comment, __: comment.user, "Actor"),
        "url": on(Comment, _comment_url),
        "createdAt": on(Comment, lambda _, comment, __: _when(comment.created_at)),
        "updatedAt": on(Comment, lambda _, comment, __: _when(comment.updated_at)),
    },
    "AutoMergeRequest": {
        "mergeMethod": on(AutoMerge, lambda _, wish, __: wish.method.upper()),
        "enabledBy": on(AutoMerge, lambda _, wish, __: wish.enabled_by, "Actor"),
        "commitHeadline": on(AutoMerge, lambda _, wish, __: wish.title),
        "commitBody": on(AutoMerge, lambda _, wish, __: wish.message),
    },
    "PageInfo": PAGE_INFO,
    "Node": {"id": on(Issue, lambda _, issue, __: issue.node_id)},
    **{
        name: fields
        for kind in ("Issue", "PullRequest", "PullRequestCommit", "Commit", "Ref", "Label", "IssueComment")
        for name, fields in connection_types(kind).items()
    },
}


def type_of(value: object, declared: str) -> str:
    """The concrete type of an object where the schema names an interface."""
    if declared == "GitObject":
        return "Commit"
    if declared == "Actor" and isinstance(value, Account):
        return value.kind
    if declared == "Node" and isinstance(value, Issue):
        return "PullRequest" if value.pull else "Issue"
    return declared
