"""The environment of an application: what is not known to be something else is production."""

from __future__ import annotations

import re

from gitops_bot.guard.policy import Policy
from gitops_bot.model.diagnosis import Case
from gitops_bot.model.proposal import Proposal

_PRODUCTION = {"prod", "production", "prd", "live"}


def production(proposal: Proposal, policy: Policy) -> str:
    """Return why the proposal counts as production, or nothing where all its applications are something else."""
    for case in proposal.cases:
        if reason := _why(case, policy):
            return reason
    return "" if proposal.cases else "no application is named"


def _why(case: Case, policy: Policy) -> str:
    label = case.labels.get(policy.environment_label, "")
    if label:
        known = label.lower() in policy.non_production
        return "" if known else f"{case.application} is labelled {policy.environment_label}={label}"
    for origin, text in (("namespace", case.namespace), ("name", case.application)):
        words = set(re.split(r"[^a-z0-9]+", text.lower()))
        if words & _PRODUCTION:
            return f"the {origin} of {case.application} says so"
        if words & set(policy.non_production):
            return ""
    return f"{case.application} has no label {policy.environment_label}, and what is unknown counts as production"
