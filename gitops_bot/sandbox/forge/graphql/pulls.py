"""Issues, pull requests and what hangs on them, as GraphQL shows them."""

from __future__ import annotations

from dataclasses import dataclass

from gitops_bot.sandbox.forge.api import Fields
from gitops_bot.sandbox.forge.git import Commit, FileChange
from gitops_bot.sandbox.forge.graphql.commits import find_ref, when
from gitops_bot.sandbox.forge.graphql.connections import listed
from gitops_bot.sandbox.forge.graphql.execute import FieldType, GraphqlError, Scope, on
from gitops_bot.sandbox.forge.merging.queue import position
from gitops_bot.sandbox.forge.protection import merge_queue, merge_state, review_decision
from gitops_bot.sandbox.forge.pulls import changes_of, commits_of, is_mergeable
from gitops_bot.sandbox.forge.records import AutoMerge, Comment, Issue, Label, Pull, QueueEntry, Review
from gitops_bot.sandbox.forge.rest.shapes.issues import association
from gitops_bot.sandbox.forge.state import State


@dataclass(frozen=True)
class PullCommit:
    """A commit as part of a pull request."""

    commit: Commit


def pull_part(issue: Issue) -> Pull:
    """The pull request that an issue is. Raises GraphqlError NOT_FOUND where it is none."""
    if issue.pull is None:
        raise GraphqlError("NOT_FOUND", f"Could not resolve to a PullRequest with the number of {issue.number}.")
    return issue.pull


def find_node(state: State, node_id: str) -> Issue:
    """The issue or pull request with a node id. Raises GraphqlError NOT_FOUND."""
    number = node_id.partition("_")[2]
    found = state.issues.get(int(number)) if number.isdecimal() else None
    if found is None or found.node_id != node_id:
        raise GraphqlError("NOT_FOUND", f"Could not resolve to a node with the global id of '{node_id}'")
    return found


def state_name(issue: Issue) -> str:
    """OPEN, CLOSED or MERGED."""
    return "MERGED" if issue.pull and issue.pull.merged_at else issue.state.upper()


def _mergeable(scope: Scope, issue: Issue, _: Fields) -> str:
    if issue.state != "open":
        return "UNKNOWN"
    return "MERGEABLE" if is_mergeable(scope.state, pull_part(issue)) else "CONFLICTING"


def _merge_commit(scope: Scope, issue: Issue, _: Fields) -> Commit | None:
    sha = pull_part(issue).merge_commit
    return scope.state.git.commit(sha) if sha else None


def _latest_reviews(_: Scope, issue: Issue, __: Fields) -> list[Review]:
    return list({review.user.login: review for review in pull_part(issue).reviews}.values())


def _page(scope: Scope, issue: Issue, _: Fields) -> str:
    return f"{scope.state.html}/{'pull' if issue.pull else 'issues'}/{issue.number}"


def _comment_url(scope: Scope, comment: Comment, _: Fields) -> str:
    return f"{_page(scope, scope.state.issues[comment.issue], _)}#issuecomment-{comment.id}"


def _edited(_: Scope, comment: Comment, __: Fields) -> str | None:
    return when(comment.updated_at) if comment.updated_at > comment.created_at else None


ISSUE: dict[str, FieldType] = {
    "id": on(Issue, lambda _, issue, __: issue.node_id),
    "databaseId": on(Issue, lambda _, issue, __: issue.id),
    "number": on(Issue, lambda _, issue, __: issue.number),
    "title": on(Issue, lambda _, issue, __: issue.title),
    "body": on(Issue, lambda _, issue, __: issue.body or ""),
    "state": on(Issue, lambda _, issue, __: state_name(issue)),
    "closed": on(Issue, lambda _, issue, __: issue.state == "closed"),
    "locked": on(Issue, lambda _, issue, __: issue.locked),
    "url": on(Issue, _page),
    "author": on(Issue, lambda _, issue, __: issue.user, "Actor"),
    "authorAssociation": on(Issue, lambda scope, issue, _: association(scope.state, issue.user)),
    "createdAt": on(Issue, lambda _, issue, __: when(issue.created_at)),
    "updatedAt": on(Issue, lambda _, issue, __: when(issue.updated_at)),
    "closedAt": on(Issue, lambda _, issue, __: when(issue.closed_at)),
    "labels": listed(Issue, "Label", lambda scope, issue, _: [scope.state.ensure_label(name) for name in issue.labels]),
    "comments": listed(Issue, "IssueComment", lambda scope, issue, _: scope.state.comments_of(issue.number)),
    "repository": on(Issue, lambda scope, _, __: scope.state, "Repository"),
}
PULL: dict[str, FieldType] = {
    **ISSUE,
    "isDraft": on(Issue, lambda _, issue, __: pull_part(issue).draft),
    "merged": on(Issue, lambda _, issue, __: pull_part(issue).merged_at is not None),
    "mergedAt": on(Issue, lambda _, issue, __: when(pull_part(issue).merged_at)),
    "mergedBy": on(Issue, lambda _, issue, __: pull_part(issue).merged_by, "Actor"),
    "mergeCommit": on(Issue, _merge_commit, "Commit"),
    "mergeable": on(Issue, _mergeable),
    "mergeStateStatus": on(Issue, lambda scope, issue, _: merge_state(scope.state, issue, pull_part(issue)).upper()),
    "reviewDecision": on(Issue, lambda scope, issue, _: review_decision(scope.state, pull_part(issue))),
    "reviews": listed(Issue, "PullRequestReview", lambda _, issue, __: pull_part(issue).reviews),
    "latestReviews": listed(Issue, "PullRequestReview", _latest_reviews),
    "headRefName": on(Issue, lambda _, issue, __: pull_part(issue).head),
    "headRefOid": on(Issue, lambda _, issue, __: pull_part(issue).head_sha),
    "headRef": on(Issue, lambda scope, issue, _: find_ref(scope.state, pull_part(issue).head), "Ref"),
    "headRepository": on(Issue, lambda scope, _, __: scope.state, "Repository"),
    "isCrossRepository": on(Issue, lambda _, __, ___: False),
    "baseRefName": on(Issue, lambda _, issue, __: pull_part(issue).base),
    "baseRefOid": on(Issue, lambda _, issue, __: pull_part(issue).base_sha),
    "baseRef": on(Issue, lambda scope, issue, _: find_ref(scope.state, pull_part(issue).base), "Ref"),
    "autoMergeRequest": on(Issue, lambda _, issue, __: pull_part(issue).auto_merge, "AutoMergeRequest"),
    "mergeQueueEntry": on(Issue, lambda _, issue, __: pull_part(issue).queued, "MergeQueueEntry"),
    "isInMergeQueue": on(Issue, lambda _, issue, __: pull_part(issue).queued is not None),
    "isMergeQueueEnabled": on(Issue, lambda scope, issue, _: bool(merge_queue(scope.state, pull_part(issue).base))),
    "changedFiles": on(Issue, lambda scope, issue, _: len(changes_of(scope.state, pull_part(issue)))),
    "files": listed(Issue, "PullRequestChangedFile", lambda scope, issue, _: changes_of(scope.state, pull_part(issue))),
    "commits": listed(
        Issue,
        "PullRequestCommit",
        lambda scope, issue, _: [PullCommit(commit) for commit in commits_of(scope.state, pull_part(issue))],
    ),
}
TYPES: dict[str, dict[str, FieldType]] = {
    "Issue": {**ISSUE, "stateReason": on(Issue, lambda _, issue, __: (issue.state_reason or "").upper() or None)},
    "PullRequest": PULL,
    "PullRequestCommit": {"commit": on(PullCommit, lambda _, part, __: part.commit, "Commit")},
    "PullRequestChangedFile": {
        "path": on(FileChange, lambda _, change, __: change.path),
        "additions": on(FileChange, lambda _, change, __: change.additions),
        "deletions": on(FileChange, lambda _, change, __: change.deletions),
    },
    "PullRequestReview": {
        "author": on(Review, lambda _, review, __: review.user, "Actor"),
        "state": on(Review, lambda _, review, __: review.state),
        "body": on(Review, lambda _, review, __: review.body),
        "submittedAt": on(Review, lambda _, review, __: when(review.submitted_at)),
    },
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
        "authorAssociation": on(Comment, lambda scope, comment, _: association(scope.state, comment.user)),
        "url": on(Comment, _comment_url),
        "createdAt": on(Comment, lambda _, comment, __: when(comment.created_at)),
        "updatedAt": on(Comment, lambda _, comment, __: when(comment.updated_at)),
        "lastEditedAt": on(Comment, _edited),
    },
    "AutoMergeRequest": {
        "mergeMethod": on(AutoMerge, lambda _, wish, __: wish.method.upper()),
        "enabledBy": on(AutoMerge, lambda _, wish, __: wish.enabled_by, "Actor"),
        "commitHeadline": on(AutoMerge, lambda _, wish, __: wish.title),
        "commitBody": on(AutoMerge, lambda _, wish, __: wish.message),
    },
    "MergeQueueEntry": {
        "id": on(QueueEntry, lambda _, entry, __: f"MQE_{entry.id}"),
        "position": on(QueueEntry, lambda scope, entry, _: position(scope.state, entry)),
        "state": on(QueueEntry, lambda _, entry, __: entry.state),
        "enqueuedAt": on(QueueEntry, lambda _, entry, __: when(entry.enqueued_at)),
        "enqueuer": on(QueueEntry, lambda _, entry, __: entry.enqueuer, "Actor"),
        "pullRequest": on(QueueEntry, lambda scope, entry, _: scope.state.issues[entry.issue], "PullRequest"),
    },
}
