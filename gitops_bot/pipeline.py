"""The run, stage by stage. Read this file first; each stage is a folder of its name.

    observe   settings → Estate              what the sources show
    triage    Estate → Incidents             one cause each; the rest is left alone, with a reason
    reason    Incident → Diagnosis           what is wrong, how sure, and one remedy of the closed list
    locate    Diagnosis → Candidates         which bytes in Git make the remedy true
    prove     Candidate → Proof              rendered before and after: nothing else moves
    guard     Proposal → Verdict             policy decides how far it may go
    act       Remediation → Receipt          a commit, a pull request or an issue

The first six make the plan and write nothing; `gitops_bot.act` carries a plan out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Protocol

import msgspec

from gitops_bot.act import Context, compose, disclosable
from gitops_bot.clients.fleet import Fleet
from gitops_bot.guard import Policy, judge, planned_change
from gitops_bot.model.change import Change
from gitops_bot.model.diagnosis import LeaveAlone
from gitops_bot.model.incident import Estate, Skipped
from gitops_bot.model.plan import Plan, Remediation
from gitops_bot.model.proposal import Proposal
from gitops_bot.proposing import propose
from gitops_bot.reason import diagnose, left_alone
from gitops_bot.triage import triage


class Sources(Protocol):
    """What planning reads, each opened only when it is first asked for."""

    def observe(self) -> Estate:
        """Return what Argo CD shows now."""

    def fleet(self, estate: Estate) -> Fleet:
        """Return the config repository with the estate's applications."""

    def policy(self, commit: str) -> Policy:
        """Return the policy at a commit of the default branch."""

    def changes(self, commit: str, compared: Mapping[str, str]) -> tuple[Change, ...]:
        """Return what the bot has written before; `compared` says where Argo CD stands with each Application."""


def make_plan(sources: Sources, repository: str, server_url: str, now: datetime) -> Plan:
    """Return what should be done about the estate as it is now (`now` in UTC). Writes nothing."""
    estate = sources.observe()
    incidents, quiet = triage(estate)
    diagnoses = [diagnose(incident) for incident in incidents]
    unread = (msgspec.structs.replace(one, problem=True) for one in estate.unread)
    skipped = [*unread, *quiet, *left_alone(diagnoses)]
    wanted = [diagnosis for diagnosis in diagnoses if not isinstance(diagnosis.remedy, LeaveAlone)]
    troubled = {*(one.application.name for one in incidents), *(one.application for one in skipped)}
    empty = Plan(
        created_at=now,
        repository=repository,
        branch="",
        commit=None,
        remediations=(),
        skipped=_sorted(skipped),
        healthy=tuple(sorted({one.name for one in estate.applications} - troubled)),
    )
    if not wanted:
        return empty
    fleet = sources.fleet(estate)
    proposals, settled = propose(fleet, wanted)
    context = Context(server_url=server_url, repository=repository, branch=fleet.branch)
    changes = sources.changes(
        fleet.commit, {case.application: case.compared for one in proposals for case in one.cases}
    )
    remediations, held = _judged(proposals, sources.policy(fleet.commit), changes, context, now)
    waiting = [Skipped(application=name, reason=one.waiting) for one in held for name in one.applications]
    return msgspec.structs.replace(
        empty,
        branch=fleet.branch,
        commit=fleet.commit,
        remediations=remediations,
        held=held,
        skipped=_sorted([*skipped, *settled, *waiting]),
    )


def _judged(
    proposals: Iterable[Proposal], policy: Policy, changes: tuple[Change, ...], context: Context, now: datetime
) -> tuple[tuple[Remediation, ...], tuple[Remediation, ...]]:
    remediations: list[Remediation] = []
    held: list[Remediation] = []
    for proposal in map(disclosable, proposals):
        verdict = judge(proposal, policy, changes, now)
        (held if verdict.waiting else remediations).append(compose(proposal, verdict, context))
        if not verdict.waiting:
            changes = (*changes, planned_change(proposal, verdict, now))
    return tuple(remediations), tuple(held)


def _sorted(skipped: Iterable[Skipped]) -> tuple[Skipped, ...]:
    return tuple(sorted(dict.fromkeys(skipped), key=lambda one: (one.application, one.reason)))
