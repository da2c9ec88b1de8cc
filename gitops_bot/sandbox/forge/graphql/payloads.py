"""What a mutation gives back."""

from __future__ import annotations

from dataclasses import dataclass

from gitops_bot.sandbox.forge.git import Commit
from gitops_bot.sandbox.forge.graphql.commits import Ref
from gitops_bot.sandbox.forge.graphql.execute import FieldType, on
from gitops_bot.sandbox.forge.records import Comment, Issue, QueueEntry


@dataclass(frozen=True)
class Payload:
    """One of these, and the caller's own id."""

    client_mutation_id: str | None
    commit: Commit | None = None
    ref: Ref | None = None
    issue: Issue | None = None
    comment: Comment | None = None
    entry: QueueEntry | None = None
    revert: Issue | None = None


PAYLOAD: dict[str, FieldType] = {
    "clientMutationId": on(Payload, lambda _, payload, __: payload.client_mutation_id),
    "commit": on(Payload, lambda _, payload, __: payload.commit, "Commit"),
    "ref": on(Payload, lambda _, payload, __: payload.ref, "Ref"),
    "pullRequest": on(Payload, lambda _, payload, __: payload.issue, "PullRequest"),
    "subject": on(Payload, lambda _, payload, __: payload.issue, "Node"),
    "commentEdge": on(Payload, lambda _, payload, __: payload.comment, "CommentEdge"),
    "mergeQueueEntry": on(Payload, lambda _, payload, __: payload.entry, "MergeQueueEntry"),
    "revertPullRequest": on(Payload, lambda _, payload, __: payload.revert, "PullRequest"),
}
COMMENT_EDGE = {"node": on(Comment, lambda _, comment, __: comment, "IssueComment")}
