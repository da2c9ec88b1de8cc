"""GitHub, as far as the bot needs it: the only client that writes."""

from gitops_bot.clients.forge.errors import BranchProtected, HeadMoved, Refused
from gitops_bot.clients.forge.forge import AGAIN_LABEL, SILENCED_LABEL, STOP_LABEL, Forge, Remembered
from gitops_bot.clients.forge.pacing import Pacing
from gitops_bot.clients.forge.values import AutoMerge, Commit, Issue, PullRequest, RepositoryFacts

__all__ = [
    "AGAIN_LABEL",
    "SILENCED_LABEL",
    "STOP_LABEL",
    "AutoMerge",
    "BranchProtected",
    "Commit",
    "Forge",
    "HeadMoved",
    "Issue",
    "Pacing",
    "PullRequest",
    "Refused",
    "Remembered",
    "RepositoryFacts",
]
