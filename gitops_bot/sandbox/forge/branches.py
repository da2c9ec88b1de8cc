"""Moving branches: what a protected branch refuses, and what a move means for the pull requests that look at it."""

from __future__ import annotations

from gitops_bot.sandbox.forge.git import GitFailed
from gitops_bot.sandbox.forge.records import Account, Issue, Pull
from gitops_bot.sandbox.forge.state import State

PROTECTED_LIST = "sandbox-protected"
UPDATE_HOOK = f"""#!/bin/sh
# Refuses a push to a branch whose changes must come through a pull request.
grep -qxF -- "$1" "$GIT_DIR/{PROTECTED_LIST}" 2>/dev/null || exit 0
echo "error: GH006: Protected branch update failed for $1." >&2
echo "error: Changes must be made through a pull request." >&2
exit 1
"""


def write_protected_list(state: State) -> None:
    """Tell the push hook which branches take no direct push."""
    names = [f"refs/heads/{branch}\n" for branch in state.protections if direct_push_refusal(state, branch)]
    (state.git.folder / PROTECTED_LIST).write_text("".join(names), encoding="utf-8")


def direct_push_refusal(state: State, branch: str) -> str:
    """Why a branch takes no commit but by a pull request; empty where it does."""
    protection = state.protections.get(branch)
    if protection is None:
        return ""
    if protection.approvals is not None:
        return "Changes must be made through a pull request."
    if protection.contexts:
        return f'Required status check "{protection.contexts[0]}" is expected.'
    return ""


def move_branch(state: State, branch: str, new: str | None, old: str | None) -> bool:
    """Move, make (`old` None) or delete (`new` None) a branch, and let pull requests follow.

    Returns False where the branch does not stand at `old`. Raises GitFailed for a name that Git refuses.
    """
    if not state.git.move_reference(f"refs/heads/{branch}", new, old):
        return False
    follow_branches(state)
    return True


def follow_branches(state: State) -> None:
    """Bring the open pull requests in line with the branches, as GitHub does after each push."""
    state.pushed_at = state.clock()
    for issue in state.issues.values():
        if issue.pull and issue.state == "open":
            _follow(state, issue, issue.pull)


def _follow(state: State, issue: Issue, pull: Pull) -> None:
    head = state.git.branch(pull.head)
    base = state.git.branch(pull.base)
    if head is None or base is None:
        close(state, issue, state.bot)
        return
    if (head, base) == (pull.head_sha, pull.base_sha):
        return
    known = pull.head_sha
    moved = head != known
    if moved:
        issue.updated_at = state.clock()
        pull.auto_merge = pull.auto_merge if state.git.is_ancestor(known, head) else None
    pull.base_sha = base
    if state.git.is_ancestor(known, base):
        mark_merged(state, issue, pull, _merging_commit(state, known, base), state.bot)
        return
    pull.head_sha = head
    if moved and state.git.is_ancestor(head, base):
        close(state, issue, state.bot)


def _merging_commit(state: State, head: str, base: str) -> str:
    """The merge commit that brought `head` into `base`, or `head` itself where it was pushed as it is."""
    following = state.git.revisions("--reverse", "--ancestry-path", f"{head}..{base}") if head != base else []
    first = state.git.commit(following[0]) if following else None
    return first.sha if first and len(first.parents) > 1 else head


def close(state: State, issue: Issue, actor: Account, reason: str | None = None) -> None:
    """Close an issue or a pull request; closing a closed one does nothing."""
    if issue.state == "closed":
        return
    issue.state = "closed"
    issue.state_reason = None if issue.pull else reason or "completed"
    issue.closed_at = issue.updated_at = state.clock()
    issue.closed_by = actor
    if issue.pull:
        issue.pull.auto_merge = None


def mark_merged(state: State, issue: Issue, pull: Pull, commit: str, actor: Account) -> None:
    """Close a pull request as merged by `commit`."""
    close(state, issue, actor)
    pull.merged_at = state.clock()
    pull.merged_by = actor
    pull.merge_commit = commit


def branch_name_error(state: State, branch: str) -> bool:
    """Whether Git refuses `branch` as a branch's name."""
    try:
        state.git.git("check-ref-format", f"refs/heads/{branch}")
    except GitFailed:
        return True
    return False
