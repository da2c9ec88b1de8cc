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

from datetime import datetime
from functools import partial
from typing import Protocol

from msgspec.structs import replace

from gitops_bot.act import Context
from gitops_bot.advising import Advisers, advised
from gitops_bot.guard import Policy
from gitops_bot.judging import judged
from gitops_bot.model.diagnosis import LeaveAlone
from gitops_bot.model.incident import Estate, in_order
from gitops_bot.model.plan import Plan
from gitops_bot.proposing import propose
from gitops_bot.prove import prove_together
from gitops_bot.reason import diagnose, left_alone
from gitops_bot.triage import triage


class Sources(Advisers, Protocol):
    """What planning reads, each opened only when it is first asked for."""

    def observe(self) -> Estate:
        """Return what Argo CD shows now."""

    def policy(self, commit: str) -> Policy:
        """Return the policy at a commit of the default branch."""


def make_plan(sources: Sources, repository: str, server_url: str, now: datetime) -> Plan:
    """Return what should be done about the estate as it is now (`now` in UTC). Writes nothing."""
    estate = sources.observe()
    incidents, quiet = triage(estate)
    diagnoses, reasoned = advised([diagnose(incident) for incident in incidents], estate, sources)
    unread = (replace(one, problem=True) for one in estate.unread)
    skipped = in_order(*unread, *quiet, *left_alone(diagnoses))
    troubled = {*(one.application.name for one in incidents), *(one.application for one in skipped)}
    healthy = tuple(sorted({one.name for one in estate.applications} - troubled))
    plan = Plan(created_at=now, repository=repository, branch="", commit=None, skipped=skipped, healthy=healthy)
    plan = replace(plan, reasoned=reasoned)
    wanted = [diagnosis for diagnosis in diagnoses if not isinstance(diagnosis.remedy, LeaveAlone)]
    if not wanted:
        return plan
    fleet = sources.fleet(estate)
    proposals, settled = propose(fleet, wanted)
    compared = {case.application: case.compared for one in proposals for case in one.cases}
    policy, changes = sources.policy(fleet.commit), sources.changes(fleet.commit, compared)
    context = Context(server_url=server_url, repository=repository, branch=fleet.branch, commit=fleet.commit)
    together = partial(prove_together, fleet)
    remediations, held, waiting = judged(proposals, policy, changes, context, now, together)
    skipped = in_order(*skipped, *settled, *waiting)
    plan = replace(plan, branch=fleet.branch, commit=fleet.commit, skipped=skipped)
    return replace(plan, remediations=remediations, held=held)
