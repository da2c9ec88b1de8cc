"""Language models behind one port: Claude, any OpenAI-compatible endpoint, and several of them in order."""

from __future__ import annotations

from gitops_bot.clients.models.building import Access, Tiers, tiers
from gitops_bot.clients.models.claude import Claude
from gitops_bot.clients.models.claude.federation import Federation
from gitops_bot.clients.models.failures import LastingFailure
from gitops_bot.clients.models.fallback import Failed, Fallback
from gitops_bot.clients.models.openai import OpenAICompatible
from gitops_bot.clients.models.prices import FREE, price_of

__all__ = [
    "FREE",
    "Access",
    "Claude",
    "Failed",
    "Fallback",
    "Federation",
    "LastingFailure",
    "OpenAICompatible",
    "Tiers",
    "price_of",
    "tiers",
]
