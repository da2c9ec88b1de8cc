"""GitHub, as far as the bot needs it: the only client that writes."""

from gitops_bot.clients.forge.conversations import LABEL
from gitops_bot.clients.forge.errors import BranchProtected, HeadMoved, Refused
from gitops_bot.clients.forge.exchange import Pacing
from gitops_bot.clients.forge.forge import AGAIN_LABEL, PREFIX, SILENCED_LABEL, STOP_LABEL, Forge, Remembered
from gitops_bot.clients.forge.values import (
    WORKFLOW,
    AutoMerge,
    Comment,
    Commit,
    Conversation,
    Issue,
    Permission,
    PullRequest,
    Reaction,
    RepositoryFacts,
)

__all__ = [
    "AGAIN_LABEL",
    "LABEL",
    "PREFIX",
    "SILENCED_LABEL",
    "STOP_LABEL",
    "WORKFLOW",
    "AutoMerge",
    "BranchProtected",
    "Comment",
    "Commit",
    "Conversation",
    "Forge",
    "HeadMoved",
    "Issue",
    "Pacing",
    "Permission",
    "PullRequest",
    "Reaction",
    "Refused",
    "Remembered",
    "RepositoryFacts",
]
