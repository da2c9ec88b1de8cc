"""Reason: from an incident to its diagnosis and remedy, by deterministic rules. Pure."""

from gitops_bot.reason.classes import UNDECIDED
from gitops_bot.reason.diagnosing import diagnose, left_alone

__all__ = ["UNDECIDED", "diagnose", "left_alone"]
