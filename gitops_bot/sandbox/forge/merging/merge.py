"""Merging pull requests, for real, in the bare repository."""

from __future__ import annotations

from dataclasses import dataclass

from gitops_bot.sandbox.forge.api import ApiError
from gitops_bot.sandbox.forge.branches import mark_merged, move_branch
from gitops_bot.sandbox.forge.git import Commit, Signature
from gitops_bot.sandbox.forge.protection import merge_queue, merge_state, rules_on, unmet
from gitops_bot.sandbox.forge.protection.rules import QUEUE_ONLY, binds, violations_text
from gitops_bot.sandbox.forge.pulls import commits_of
from gitops_bot.sandbox.forge.records import Account, Issue, Pull, Ruleset
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
    refusal = _refusal(state, actor, issue, pull, request)
    if refusal:
        raise refusal
    return merge_now(state, actor, issue, pull, request)


def merge_now(state: State, actor: Account, issue: Issue, pull: Pull, request: MergeRequest) -> str:
    """Merge whatever the rules say, as a merge queue does. Raises ApiError 405 for a conflict."""
    base = pull.base_sha
    sha = _merged_commit(state, actor, issue, pull, request)
    if sha is None:
        raise ApiError(405, "This branch can't be rebased due to conflicts")
    # The request is closed before its base moves, so that the move is not taken for someone's push of these commits.
    mark_merged(state, issue, pull, sha, actor)
    if not move_branch(state, pull.base, sha, base, actor):
        issue.state, issue.closed_at, issue.closed_by = "open", None, None
        pull.merged_at, pull.merged_by, pull.merge_commit = None, None, None
        raise ApiError(405, "Base branch was modified. Review and try the merge again.")
    if request.method != "rebase":
        state.verified.add(sha)
    if state.settings.delete_branch_on_merge:
        move_branch(state, pull.head, None, pull.head_sha, actor)
    return sha


def is_allowed(state: State, pull: Pull, method: str) -> bool:
    """Whether the repository and its rules take this way of merging."""
    switches = {
        "merge": state.settings.allow_merge_commit,
        "squash": state.settings.allow_squash_merge,
        "rebase": state.settings.allow_rebase_merge,
    }
    rules = rules_on(state, pull.base)
    taken = all(method in rule.merge_methods for rule in rules if isinstance(rule, Ruleset))
    linear = method == "merge" and any(rule.linear_history for rule in rules)
    return switches[method] and taken and not linear


def _refusal(state: State, actor: Account, issue: Issue, pull: Pull, request: MergeRequest) -> ApiError | None:
    if issue.state != "open":
        return ApiError(405, "Pull Request is not mergeable")
    if request.sha and request.sha != pull.head_sha:
        return ApiError(409, "Head branch was modified. Review and try the merge again.")
    if not is_allowed(state, pull, request.method):
        return ApiError(405, NOT_ALLOWED[request.method])
    standing = merge_state(state, issue, pull, actor)
    if standing == "draft":
        return ApiError(405, "Pull Request is still a draft")
    if standing == "dirty":
        return ApiError(405, "Pull Request is not mergeable")
    bypassed = all(not binds(rule, actor) for rule in rules_on(state, pull.base) if isinstance(rule, Ruleset))
    if merge_queue(state, pull.base) and not bypassed:
        return ApiError(405, violations_text([QUEUE_ONLY], ruleset=True))
    if standing == "behind":
        return ApiError(405, "Head branch is out of date. Review and try the merge again.")
    missing = unmet(state, pull, actor)
    return ApiError(405, missing) if missing else None


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
