"""Moving branches, and what a move means for the pull requests that look at them."""

from __future__ import annotations

from gitops_bot.sandbox.forge.git import ABSENT
from gitops_bot.sandbox.forge.protection import rules_on
from gitops_bot.sandbox.forge.records import Account, Issue, Pull
from gitops_bot.sandbox.forge.state import State

UPDATE_HOOK = r"""#!/bin/sh
# Refuses what the forge says: each line of FORGE_REFUSALS is a reference, a condition and the words.
tab=$(printf '\t')
none=0000000000000000000000000000000000000000
printf '%s\n' "$FORGE_REFUSALS" | while IFS="$tab" read -r reference condition words; do
  [ "$reference" = "$1" ] || continue
  if [ "$condition" != always ]; then
    [ "$2" = "$none" ] || [ "$3" = "$none" ] && continue
    [ "$condition" = force ] && git merge-base --is-ancestor "$2" "$3" && continue
    [ "$condition" = merges ] && [ -z "$(git rev-list --merges --max-count=1 "$2..$3")" ] && continue
  fi
  printf '%b\n' "$words" >&2
  exit 1
done
"""


def move_branch(state: State, branch: str, new: str | None, old: str | None, actor: Account | None = None) -> bool:
    """Move, make (`old` None) or delete (`new` None) a branch as `actor` (None: the bot); pull requests follow.

    Returns False where the branch does not stand at `old`. Raises GitFailed for a name that Git refuses.
    """
    if not state.git.move_reference(f"refs/heads/{branch}", new, old):
        return False
    tell_push(state, branch, old, new, actor or state.bot)
    follow_branches(state, actor)
    return True


def tell_push(state: State, branch: str, old: str | None, new: str | None, actor: Account) -> None:
    """Note a branch's move for webhooks."""
    if old != new:
        state.tell("push", "", actor, ref=f"refs/heads/{branch}", before=old or ABSENT, after=new or ABSENT)


def follow_branches(state: State, actor: Account | None = None) -> None:
    """Bring the open pull requests in line with the branches, as GitHub does after each push by `actor`."""
    state.pushed_at = state.clock()
    for issue in list(state.issues.values()):
        if issue.pull and issue.state == "open":
            _follow(state, issue, issue.pull, actor or state.bot)


def _follow(state: State, issue: Issue, pull: Pull, actor: Account) -> None:
    head = state.git.branch(pull.head)
    base = state.git.branch(pull.base)
    if head is None or base is None:
        close(state, issue, actor)
        return
    if (head, base) == (pull.head_sha, pull.base_sha):
        return
    known = pull.head_sha
    pull.base_sha = base
    if state.git.is_ancestor(known, base):
        mark_merged(state, issue, pull, _merging_commit(state, known, base), actor)
        return
    pull.head_sha = head
    if head != known:
        _head_moved(state, issue, pull, known, actor)
    if head != known and state.git.is_ancestor(head, base):
        close(state, issue, actor)


def _head_moved(state: State, issue: Issue, pull: Pull, before: str, actor: Account) -> None:
    """New commits take a pull request out of the queue, and undo what was granted to the old ones."""
    issue.updated_at = state.clock()
    state.tell("pull_request", "synchronize", actor, issue, before=before, after=pull.head_sha)
    if pull.auto_merge and not actor.may_push:
        drop_auto_merge(state, issue, pull, actor)
    leave_queue(state, issue, pull, actor)
    if any(rule.dismiss_stale for rule in rules_on(state, pull.base)):
        for review in pull.reviews:
            if review.state == "APPROVED":
                review.state = "DISMISSED"
                state.tell("pull_request_review", "dismissed", actor, issue, review=review.id)


def drop_auto_merge(state: State, issue: Issue, pull: Pull, actor: Account) -> None:
    """Take back the wish to merge; nothing happens where there is none."""
    if pull.auto_merge:
        pull.auto_merge = None
        state.tell("pull_request", "auto_merge_disabled", actor, issue)


def leave_queue(state: State, issue: Issue, pull: Pull, actor: Account) -> None:
    """Take a pull request out of its merge queue; nothing happens where it is in none."""
    if pull.queued:
        pull.queued = None
        state.tell("pull_request", "dequeued", actor, issue)


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
        issue.pull.auto_merge = issue.pull.queued = None
    state.tell("pull_request" if issue.pull else "issues", "closed", actor, issue)


def mark_merged(state: State, issue: Issue, pull: Pull, commit: str, actor: Account) -> None:
    """Close a pull request as merged by `commit`."""
    close(state, issue, actor)
    pull.merged_at = issue.closed_at
    pull.merged_by = actor
    pull.merge_commit = commit
