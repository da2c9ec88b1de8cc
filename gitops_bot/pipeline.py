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

from msgspec.structs import replace

from gitops_bot.act import Context
from gitops_bot.advising import Sources, advised
from gitops_bot.clients.fleet import Fleet
from gitops_bot.judging import judged
from gitops_bot.model.diagnosis import Diagnosis, LeaveAlone
from gitops_bot.model.incident import Estate, in_order
from gitops_bot.model.plan import Plan
from gitops_bot.proposing import propose
from gitops_bot.prove import prove_together
from gitops_bot.reason import diagnose, left_alone
from gitops_bot.tracing import SILENT, Recorder, record_decisions, record_estate
from gitops_bot.triage import triage


def observe(sources: Sources, recorder: Recorder = SILENT) -> Estate:
    """Return what the sources show now."""
    with recorder.span("observe") as span:
        estate = sources.observe()
        record_estate(span, estate)
    return estate


def make_plan(sources: Sources, estate: Estate, place: Context, now: datetime, recorder: Recorder = SILENT) -> Plan:
    """Return what should be done about the estate as it was seen (`now` in UTC). Writes nothing."""
    with recorder.span("triage"):
        incidents, quiet = triage(estate)
    with recorder.span("reason", {"gitops_bot.incidents": len(incidents)}):
        diagnoses, reasoned = advised([diagnose(incident) for incident in incidents], estate, sources, recorder)
    unread = (replace(one, problem=True) for one in estate.unread)
    skipped = in_order(*unread, *quiet, *left_alone(diagnoses))
    troubled = {*(one.application.name for one in incidents), *(one.application for one in skipped)}
    healthy = tuple(sorted({one.name for one in estate.applications} - troubled))
    plan = Plan(created_at=now, repository=place.repository, branch="", commit=None, skipped=skipped, healthy=healthy)
    plan = replace(plan, reasoned=reasoned, trace=recorder.traceparent)
    wanted = [diagnosis for diagnosis in diagnoses if not isinstance(diagnosis.remedy, LeaveAlone)]
    if wanted:
        plan = _treated(plan, wanted, sources, sources.fleet(estate), place, recorder)
    record_decisions(recorder, plan)
    return plan


def _treated(
    plan: Plan, wanted: list[Diagnosis], sources: Sources, fleet: Fleet, place: Context, recorder: Recorder
) -> Plan:
    proposals, settled = propose(fleet, wanted, recorder)
    compared = {case.application: case.compared for one in proposals for case in one.cases}
    policy, changes = sources.policy(fleet.commit), sources.changes(fleet.commit, compared)
    place = replace(place, branch=fleet.branch, commit=fleet.commit, trace=plan.trace_id)
    with recorder.span("guard", {"gitops_bot.proposals": len(proposals)}):
        together = partial(prove_together, fleet)
        remediations, held, waiting = judged(proposals, policy, changes, place, plan.created_at, together)
    plan = replace(plan, branch=fleet.branch, commit=fleet.commit, remediations=remediations, held=held)
    return replace(plan, skipped=in_order(*plan.skipped, *settled, *waiting))
