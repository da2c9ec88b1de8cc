"""Reason: from an incident to its diagnosis and remedy, by deterministic rules. Pure."""

from gitops_bot.reason.diagnosing import UNDECIDED, diagnose, left_alone

__all__ = ["UNDECIDED", "diagnose", "left_alone"]
