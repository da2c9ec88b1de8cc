"""The fleet's Applications seen from one config repository: what declares them, what they render, who reads what."""

from __future__ import annotations

from gitops_bot.clients.fleet.deployments import deployed_sources, own_urls
from gitops_bot.clients.fleet.fleet import Fleet
from gitops_bot.clients.fleet.parents import TRACKING

__all__ = ["TRACKING", "Fleet", "deployed_sources", "own_urls"]
