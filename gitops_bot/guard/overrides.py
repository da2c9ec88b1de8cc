"""The rules for one proposal: the team's, with the overrides that fit its applications."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from gitops_bot.configuration import Match, Override
from gitops_bot.guard.environment import environment_of
from gitops_bot.guard.patterns import fit_labels, fits
from gitops_bot.guard.policy import DEFAULT_TIERS, PATCH, Policy
from gitops_bot.model.diagnosis import Case
from gitops_bot.model.plan import TIERS, Tier
from gitops_bot.model.proposal import Proposal

SWITCH = "gitops-bot/enabled"


class Rules(Struct, frozen=True, kw_only=True):
    """What holds for a proposal. `production` says why it counts as that, `disabled` why nothing may be done."""

    tier: Tier
    overridden: bool
    production: str
    disabled: str
    minimum_confidence: int
    dwell_minutes: int
    cool_down_minutes: int


def rules_for(proposal: Proposal, class_name: str, policy: Policy) -> Rules:
    """Return the rules for a proposal of a class: of several applications, the most careful rule counts."""
    found = [_rules(case, proposal, class_name, policy) for case in proposal.cases]
    careful = max(found, key=lambda one: TIERS.index(one.tier))
    return Rules(
        tier=careful.tier,
        overridden=careful.overridden,
        production=next((one.production for one in found if one.production), ""),
        disabled=next((one.disabled for one in found if one.disabled), ""),
        minimum_confidence=max(one.minimum_confidence for one in found),
        dwell_minutes=max(one.dwell_minutes for one in found),
        cool_down_minutes=max(one.cool_down_minutes for one in found),
    )


def _rules(case: Case, proposal: Proposal, class_name: str, policy: Policy) -> Rules:
    given = policy.configuration
    why = environment_of(case, proposal, given.environments).production
    default = policy.tiers.get(class_name) or DEFAULT_TIERS[PATCH]
    rules = Rules(
        tier=default.production if why else default.elsewhere,
        overridden=False,
        production=why,
        disabled=f"{case.application} has the label {SWITCH}=false" if case.labels.get(SWITCH) == "false" else "",
        minimum_confidence=given.minimum_confidence,
        dwell_minutes=given.dwell_minutes,
        cool_down_minutes=given.cool_down_minutes,
    )
    for override in given.overrides:
        if matches(override.match, case, proposal, class_name, policy):
            rules = _overridden(rules, override, case.application)
    return rules


def _overridden(rules: Rules, override: Override, application: str) -> Rules:
    given = {
        "tier": Tier(override.tier.replace("-", "_")) if override.tier else None,
        "overridden": True if override.tier else None,
        "disabled": f"an override in .gitops-bot.yaml switches {application} off"
        if override.enabled is False
        else None,
        "minimum_confidence": override.minimum_confidence,
        "dwell_minutes": override.dwell_minutes,
        "cool_down_minutes": override.cool_down_minutes,
    }
    return replace(rules, **{name: value for name, value in given.items() if value is not None})


def matches(match: Match, case: Case, proposal: Proposal, class_name: str, policy: Policy) -> bool:
    """Return whether a case of the proposal is what an override or a freeze is for."""
    placed = environment_of(case, proposal, policy.configuration.environments)
    names = (placed.name, "production") if placed.production else (placed.name,)
    asked = (
        (match.applications, (case.application,)),
        (match.projects, (case.project,)),
        (match.namespaces, (case.namespace,)),
        (match.clusters, (case.cluster,)),
        (match.paths, tuple(edit.path for edit in proposal.edits)),
        (match.classes, (class_name,)),
        (match.environments, names),
    )
    return fit_labels(match.labels, case.labels) and all(
        any(fits(patterns, text) for text in texts) for patterns, texts in asked if patterns
    )
