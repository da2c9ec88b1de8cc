"""Merging pull requests, for real, in the bare repository."""

from __future__ import annotations

from dataclasses import dataclass

from gitops_bot.sandbox.forge.api import ApiError
from gitops_bot.sandbox.forge.branches import mark_merged, move_branch
from gitops_bot.sandbox.forge.git import Commit, Signature
from gitops_bot.sandbox.forge.pulls import commits_of, merge_state, requirement_unmet
from gitops_bot.sandbox.forge.records import Account, Issue, Pull
from gitops_bot.sandbox.forge.state import State

NOT_ALLOWED = {
    "merge": "Merge commits are not allowed on this repository.",
    "squash": "Squash merges are not allowed on this repository.",
    "rebase": "Rebase merges are not allowed on this repository.",
}


@dataclass(frozen=True)
class MergeRequest:
    """How to merge: `method` merge, squash or rebase; empty texts take GitHub's defaults; `sha` the head expected."""

    method: str = "merge"
    title: str = ""
    message: str = ""
    sha: str = ""


def merge_pull(state: State, actor: Account, issue: Issue, pull: Pull, request: MergeRequest) -> str:
    """Merge a pull request and return the commit at its base's new head.

    Raises ApiError 405 where it cannot be merged and 409 where the head is not `request.sha`.
    """
    refusal = _refusal(state, issue, pull, request)
    if refusal:
        raise refusal
    base = pull.base_sha
    sha = _merged_commit(state, actor, issue, pull, request)
    if sha is None:
        raise ApiError(405, "This branch can't be rebased due to conflicts")
    # The request is closed before its base moves, so that the move is not taken for someone's push of these commits.
    mark_merged(state, issue, pull, sha, actor)
    if not move_branch(state, pull.base, sha, base):
        issue.state, issue.closed_at, issue.closed_by = "open", None, None
        pull.merged_at, pull.merged_by, pull.merge_commit = None, None, None
        raise ApiError(405, "Base branch was modified. Review and try the merge again.")
    if state.settings.delete_branch_on_merge:
        move_branch(state, pull.head, None, pull.head_sha)
    return sha


def settle_auto_merge(state: State) -> None:
    """Merge the pull requests that wait for their requirements and now meet them."""
    for issue in list(state.issues.values()):
        pull = issue.pull
        if (
            pull
            and pull.auto_merge
            and issue.state == "open"
            and merge_state(state, issue, pull) in {"clean", "unstable"}
        ):
            wish = pull.auto_merge
            merge_pull(state, wish.enabled_by, issue, pull, MergeRequest(wish.method, wish.title, wish.message))


def _refusal(state: State, issue: Issue, pull: Pull, request: MergeRequest) -> ApiError | None:
    if issue.state != "open":
        return ApiError(405, "Pull Request is not mergeable")
    if request.sha and request.sha != pull.head_sha:
        return ApiError(409, "Head branch was modified. Review and try the merge again.")
    if not getattr(
        state.settings, f"allow_{request.method}_merge" if request.method != "merge" else "allow_merge_commit"
    ):
        return ApiError(405, NOT_ALLOWED[request.method])
    standing = merge_state(state, issue, pull)
    if standing == "draft":
        return ApiError(405, "Pull Request is still a draft")
    if standing == "dirty":
        return ApiError(405, "Pull Request is not mergeable")
    if standing == "behind":
        return ApiError(405, "Head branch is out of date. Review and try the merge again.")
    unmet = requirement_unmet(state, pull)
    return ApiError(405, unmet) if unmet else None


def _merged_commit(state: State, actor: Account, issue: Issue, pull: Pull, request: MergeRequest) -> str | None:
    """The commit that the base shall stand at, None where a rebase conflicts."""
    commits = commits_of(state, pull)
    if request.method == "rebase":
        return _rebased(state, commits, pull, actor)
    tree = state.git.merged_tree(pull.base_sha, pull.head_sha)
    if tree is None:
        return None
    who = state.signature(actor)
    if request.method == "merge":
        title = request.title or f"Merge pull request #{issue.number} from {state.owner}/{pull.head}"
        message = _joined(title, request.message or issue.title)
        return state.git.write_commit(tree, (pull.base_sha, pull.head_sha), message, who, who)
    message = _joined(request.title or _squash_title(issue, commits), request.message or _squash_body(commits))
    return state.git.write_commit(tree, (pull.base_sha,), message, who, who)


def _rebased(state: State, commits: list[Commit], pull: Pull, actor: Account) -> str | None:
    tip = state.git.commit(pull.base_sha)
    who: Signature = state.signature(actor)
    for commit in commits:
        if tip is None or len(commit.parents) > 1:
            return None
        tree = state.git.replayed_tree(commit, tip, who)
        if tree is None:
            return None
        tip = state.git.commit(state.git.write_commit(tree, (tip.sha,), commit.message, commit.author, who))
    return tip.sha if tip else None


def _squash_title(issue: Issue, commits: list[Commit]) -> str:
    title = commits[0].headline if len(commits) == 1 else issue.title
    return f"{title} (#{issue.number})"


def _squash_body(commits: list[Commit]) -> str:
    if len(commits) == 1:
        return commits[0].body
    return "\n\n".join(f"* {commit.message}" for commit in commits)


def _joined(title: str, body: str) -> str:
    return f"{title}\n\n{body}" if body else title
