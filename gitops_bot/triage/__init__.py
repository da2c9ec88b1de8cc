"""Triage: from signals to incidents. Pure: the same estate always gives the same answer."""

from gitops_bot.triage.correlation import triage

__all__ = ["triage"]
