"""The run, stage by stage. Read this file first; each stage is a folder of its name.

    observe   settings → Estate                what the sources show
    triage    Estate → Incidents               one cause each; the rest is left alone, with a reason
    reason    Incident → Diagnosis             what is wrong, how sure, and one remedy of the closed list
    locate    Diagnosis → Candidates           which bytes in Git make the remedy true
    prove     Candidate → Proof                rendered before and after: nothing else moves
    guard     Proposal → Verdict               policy decides how far it may go
    act       Remediation → Receipt            a commit, a pull request or an issue

The first six make the plan and write nothing; `apply` carries a plan out.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from gitops_bot.act import compose
from gitops_bot.clients.fleet import Fleet
from gitops_bot.guard import Policy, judge
from gitops_bot.model.change import Change, Receipt
from gitops_bot.model.diagnosis import Diagnosis, LeaveAlone
from gitops_bot.model.incident import Estate, Skipped
from gitops_bot.model.plan import Plan, Remediation
from gitops_bot.proposing import propose
from gitops_bot.reason import diagnose
from gitops_bot.triage import triage


class Sources(Protocol):
    """What planning reads, each opened only when it is first asked for."""

    def observe(self) -> Estate:
        """Return what Argo CD shows now."""

    def fleet(self, estate: Estate) -> Fleet:
        """Return the config repository with the estate's applications."""

    def policy(self, fleet: Fleet) -> Policy:
        """Return the policy of the default branch."""

    def changes(self, fleet: Fleet) -> tuple[Change, ...]:
        """Return what the bot has written before."""


def make_plan(sources: Sources, repository: str, branch: str, now: datetime) -> Plan:
    """Return what should be done about the estate as it is now (`now` in UTC). Writes nothing."""
    estate = sources.observe()
    incidents, quiet = triage(estate)
    diagnoses = [diagnose(incident) for incident in incidents]
    skipped = [*estate.unread, *quiet, *(_left_alone(diagnosis) for diagnosis in diagnoses if _is_left(diagnosis))]
    wanted = [diagnosis for diagnosis in diagnoses if not _is_left(diagnosis)]
    if not wanted:
        return Plan(created_at=now, repository=repository, branch=branch, commit=None, remediations=(), skipped=_ordered(skipped))
    fleet = sources.fleet(estate)
    proposals, settled = propose(fleet, wanted)
    policy, changes = sources.policy(fleet), sources.changes(fleet)
    remediations = []
    for proposal in proposals:
        verdict = judge(proposal, policy, changes, now)
        if verdict.waiting:
            skipped.extend(Skipped(application=name, reason=verdict.waiting) for name in proposal.applications)
        else:
            remediations.append(compose(proposal, verdict))
    return Plan(...)


