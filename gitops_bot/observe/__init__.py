"""Reads what the clusters say and turns it into signals: one observed fact each, nothing concluded yet."""

from __future__ import annotations

from gitops_bot.observe.fleet import observe

__all__ = ["observe"]
