"""Git against the cluster."""

from __future__ import annotations

from gitops_bot.observe.drift.comparison import drift_signals

__all__ = ["drift_signals"]
