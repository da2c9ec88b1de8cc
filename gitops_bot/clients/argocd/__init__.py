"""Argo CD's API, read-only: the calls that the bot makes, and the shapes of their answers."""

from __future__ import annotations

from gitops_bot.clients.argocd.api import ArgoCD, Listing, decode_application
from gitops_bot.clients.argocd.wire import Event, LogEntry, ManagedResource, Node, ResourceTree

__all__ = [
    "ArgoCD",
    "Event",
    "Listing",
    "LogEntry",
    "ManagedResource",
    "Node",
    "ResourceTree",
    "decode_application",
]
