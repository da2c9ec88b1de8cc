"""What branches ask for: protections and rulesets, what they refuse of a push, what they want before a merge."""

from __future__ import annotations

from gitops_bot.sandbox.forge.protection.pushing import Push, Refusal, hook_refusals, push_refusal
from gitops_bot.sandbox.forge.protection.requirements import (
    approvals,
    check_verdicts,
    merge_state,
    review_decision,
    unmet,
)
from gitops_bot.sandbox.forge.protection.rules import Rule, is_protected, merge_queue, rules_on

__all__ = [
    "Push",
    "Refusal",
    "Rule",
    "approvals",
    "check_verdicts",
    "hook_refusals",
    "is_protected",
    "merge_queue",
    "merge_state",
    "push_refusal",
    "review_decision",
    "rules_on",
    "unmet",
]
