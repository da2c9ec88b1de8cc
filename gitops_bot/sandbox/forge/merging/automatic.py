"""Auto-merge: a pull request is merged when the last of its requirements is met."""

from __future__ import annotations

from gitops_bot.sandbox.forge.api import ApiError
from gitops_bot.sandbox.forge.branches import drop_auto_merge
from gitops_bot.sandbox.forge.merging.merge import NOT_ALLOWED, MergeRequest, is_allowed, merge_pull
from gitops_bot.sandbox.forge.merging.queue import enqueue
from gitops_bot.sandbox.forge.protection import merge_queue, merge_state, rules_on
from gitops_bot.sandbox.forge.records import Account, AutoMerge, Issue, Pull
from gitops_bot.sandbox.forge.state import State

READY = {"clean", "unstable"}


def enable_auto_merge(state: State, issue: Issue, pull: Pull, wish: AutoMerge, expected: str | None) -> None:
    """Let a pull request merge, or join its queue, as soon as it can. Raises ApiError 422 as GitHub refuses it."""
    if not state.settings.allow_auto_merge:
        raise ApiError(422, "Auto merge is not allowed for this repository")
    if issue.state != "open":
        raise ApiError(422, "Can't enable auto-merge for this pull request.")
    if expected and expected != pull.head_sha:
        raise ApiError(422, "Head branch was modified. Review and try the merge again.")
    if not rules_on(state, pull.base):
        raise ApiError(422, "Pull request Protected branch rules not configured for this branch")
    if not merge_queue(state, pull.base) and not is_allowed(state, pull, wish.method):
        raise ApiError(422, NOT_ALLOWED[wish.method])
    standing = merge_state(state, issue, pull)
    if standing in READY and not merge_queue(state, pull.base):
        raise ApiError(422, f"Pull request Pull request is in {standing} status")
    pull.auto_merge = wish
    state.tell("pull_request", "auto_merge_enabled", wish.enabled_by, issue)
    settle_auto_merge(state)


def settle_auto_merge(state: State) -> None:
    """Merge the pull requests that wait for their requirements and now meet them."""
    for issue in list(state.issues.values()):
        pull = issue.pull
        if not pull or not pull.auto_merge or issue.state != "open" or merge_state(state, issue, pull) not in READY:
            continue
        wish = pull.auto_merge
        if merge_queue(state, pull.base):
            pull.auto_merge = None
            enqueue(state, wish.enabled_by, issue, pull)
            continue
        try:
            merge_pull(state, wish.enabled_by, issue, pull, MergeRequest(wish.method, wish.title, wish.message))
        except ApiError:
            # Who asked for it may no longer do it, or not in this way: the wish is given up.
            drop_auto_merge(state, issue, pull, wish.enabled_by)


def base_changed(state: State, issue: Issue, pull: Pull, actor: Account) -> None:
    """Somebody has switched the base: who may not push loses auto-merge by it, and the queue is another one."""
    if not actor.may_push:
        drop_auto_merge(state, issue, pull, actor)
