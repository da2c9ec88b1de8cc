"""Plain text as people paste it (describe, get, events, logs, argocd, flux, helm, alerts) → the same signals."""

from __future__ import annotations

from gitops_bot.observe.texts.assembling import read_texts

__all__ = ["read_texts"]
