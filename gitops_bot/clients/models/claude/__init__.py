"""Claude, and access to it with or without a key."""

from __future__ import annotations

from gitops_bot.clients.models.claude.client import ANTHROPIC, Claude
from gitops_bot.clients.models.claude.federation import Federation

__all__ = ["ANTHROPIC", "Claude", "Federation"]
