"""Policy: how far a proposal may go by itself, and every check that led there. Pure."""

from gitops_bot.guard.environment import production
from gitops_bot.guard.freezes import passed_over
from gitops_bot.guard.judge import judge, planned_change
from gitops_bot.guard.policy import CLASSES, Policy, parse_classes
from gitops_bot.guard.timing import MOMENT_CHECKS

__all__ = [
    "CLASSES",
    "MOMENT_CHECKS",
    "Policy",
    "judge",
    "parse_classes",
    "passed_over",
    "planned_change",
    "production",
]
