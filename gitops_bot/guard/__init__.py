"""Policy: how far a proposal may go by itself, and every check that led there. Pure."""

from gitops_bot.guard.judge import judge, planned_change
from gitops_bot.guard.policy import CLASSES, Policy, parse_classes

__all__ = ["CLASSES", "Policy", "judge", "parse_classes", "planned_change"]
