"""Taking a merged pull request back with another one, as the button on its page does."""

from __future__ import annotations

from dataclasses import dataclass

from gitops_bot.sandbox.forge.api import ApiError
from gitops_bot.sandbox.forge.branches import move_branch
from gitops_bot.sandbox.forge.git import Commit
from gitops_bot.sandbox.forge.pulls import NewPull, open_pull
from gitops_bot.sandbox.forge.records import Account, Issue, Pull
from gitops_bot.sandbox.forge.state import State

NOT_REVERTABLE = "This pull request could not be reverted."


@dataclass(frozen=True)
class Revert:
    """What the new pull request says; empty texts take GitHub's defaults."""

    title: str = ""
    body: str = ""
    draft: bool = False


def revert_pull(state: State, actor: Account, issue: Issue, pull: Pull, asked: Revert) -> Issue:
    """Open a pull request that undoes a merged one. Raises ApiError 422 where it is not merged or would conflict."""
    if pull.merged_at is None or pull.merge_commit is None:
        raise ApiError(422, "Pull request must be merged to be reverted.")
    merged, base = state.git.commit(pull.merge_commit), state.git.branch(pull.base)
    head = state.git.commit(base) if base else None
    parent = state.git.commit(_before(state, pull, merged)) if merged and merged.parents else None
    if merged is None or head is None or parent is None:
        raise ApiError(422, NOT_REVERTABLE)
    sha = _reverting_commit(state, actor, issue, (head, merged, parent))
    branch = _free_name(state, f"revert-{issue.number}-{pull.head}")
    move_branch(state, branch, sha, None, actor)
    state.verified.add(sha)
    title = asked.title or f'Revert "{issue.title}"'
    body = asked.body or f"Reverts {state.full_name}#{issue.number}"
    return open_pull(state, actor, NewPull(title, body, branch, pull.base, draft=asked.draft))


def _before(state: State, pull: Pull, merged: Commit) -> str:
    """Where the base stood before the merge: a rebase has put several commits on it."""
    known = pull.base_sha
    return known if known != merged.sha and state.git.is_ancestor(known, merged.sha) else merged.parents[0]


def _reverting_commit(state: State, actor: Account, issue: Issue, commits: tuple[Commit, Commit, Commit]) -> str:
    head, merged, parent = commits
    who = state.signature(actor)
    # The way back, seen from the merge: what the parent has and the merge has not.
    back = state.git.write_commit(parent.tree, (merged.sha,), "back", who, who)
    found = state.git.commit(back)
    tree = state.git.replayed_tree(found, head, who) if found else None
    if tree is None or tree == head.tree:
        raise ApiError(422, NOT_REVERTABLE)
    return state.git.write_commit(tree, (head.sha,), f'Revert "{issue.title}"', who, who)


def _free_name(state: State, wanted: str) -> str:
    name, number = wanted, 1
    while state.git.branch(name):
        name, number = f"{wanted}-{number}", number + 1
    return name
