"""The environment of an application: what is not known to be something else is production."""

from __future__ import annotations

import re

from msgspec import Struct

from gitops_bot.configuration import Environment, Environments
from gitops_bot.guard.patterns import fit_labels, fits
from gitops_bot.guard.policy import Policy
from gitops_bot.model.diagnosis import Case
from gitops_bot.model.proposal import Proposal

PRODUCTION = "production"
_PRODUCTION = {"prod", PRODUCTION, "prd", "live"}


class Placed(Struct, frozen=True):
    """An environment's name, and why it counts as production: empty where it is something else."""

    name: str
    production: str = ""


def production(proposal: Proposal, policy: Policy) -> str:
    """Return why the proposal counts as production, or nothing where all its applications are something else."""
    for case in proposal.cases:
        if reason := environment_of(case, proposal, policy.configuration.environments).production:
            return reason
    return "" if proposal.cases else "no application is named"


def environment_of(case: Case, proposal: Proposal, rules: Environments) -> Placed:
    """Return the environment of one application, as the team's rules tell it."""
    name, known = case.application, {one.lower() for one in rules.non_production}
    label = case.labels.get(rules.label, "")
    if label:
        return Placed(label.lower(), "" if label.lower() in known else f"{name} is labelled {rules.label}={label}")
    paths = [edit.path for edit in proposal.edits]
    for one in rules.named:
        if _belongs(case, paths, one):
            said = one.name.lower()
            return Placed(said, "" if said in known else f"{name} belongs to the environment {one.name}")
    for origin, text in (("namespace", case.namespace), ("name", name)):
        words = set(re.split(r"[^a-z0-9]+", text.lower()))
        if words & _PRODUCTION:
            return Placed(PRODUCTION, f"the {origin} of {name} says so")
        if found := sorted(words & known):
            return Placed(found[0])
    return Placed(PRODUCTION, f"{name} has no label {rules.label}, and what is unknown counts as production")


def _belongs(case: Case, paths: list[str], environment: Environment) -> bool:
    return (
        (bool(environment.labels) and fit_labels(environment.labels, case.labels))
        or fits(environment.namespaces, case.namespace)
        or fits(environment.clusters, case.cluster)
        or fits(environment.applications, case.application)
        or (bool(paths) and all(fits(environment.paths, path) for path in paths))
    )
