"""Merging: at once, when the requirements are met, in a queue, and back again."""

from __future__ import annotations

from gitops_bot.sandbox.forge.merging.automatic import enable_auto_merge, settle_auto_merge
from gitops_bot.sandbox.forge.merging.merge import MergeRequest, merge_pull
from gitops_bot.sandbox.forge.merging.queue import dequeue, enqueue, entries, run_queue
from gitops_bot.sandbox.forge.merging.reverting import revert_pull

__all__ = [
    "MergeRequest",
    "dequeue",
    "enable_auto_merge",
    "enqueue",
    "entries",
    "merge_pull",
    "revert_pull",
    "run_queue",
    "settle_auto_merge",
]
