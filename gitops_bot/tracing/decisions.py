"""What was decided and done about each cause, as attributes of spans."""

from __future__ import annotations

from gitops_bot.model.change import Receipt
from gitops_bot.model.diagnosis import Diagnosis
from gitops_bot.model.incident import Estate
from gitops_bot.model.json import Json
from gitops_bot.model.plan import Plan, Remediation
from gitops_bot.model.proposal import Candidate, NotLocated, Proof
from gitops_bot.tracing.recorder import Recorder, Span
from gitops_bot.tracing.spans import Attributes


def record_estate(span: Span, estate: Estate) -> None:
    """Say how much was seen."""
    span.set(
        {
            "gitops_bot.applications": len(estate.applications),
            "gitops_bot.signals": len(estate.signals),
            "gitops_bot.unread": len(estate.unread),
        }
    )


def about(diagnosis: Diagnosis) -> Attributes:
    """Return what a piece of work is about."""
    return {
        "gitops_bot.application": diagnosis.incident.application.name,
        "gitops_bot.resource": str(diagnosis.incident.resource),
        "gitops_bot.rule": diagnosis.rule,
        "gitops_bot.cause_class": diagnosis.cause_class,
    }


def record_way(span: Span, way: Candidate | NotLocated | None) -> None:
    """Say which edit was found, or why none was."""
    if isinstance(way, Candidate):
        span.set({"gitops_bot.paths": [edit.path for edit in way.edits], "gitops_bot.how": way.how or None})
    else:
        span.set({"gitops_bot.refusal": way.reason if way else "no change in Git expresses the remedy"})


def record_proof(span: Span, proof: Proof) -> None:
    """Say what rendering showed."""
    span.set({"gitops_bot.refusal": proof.refusal or None, "gitops_bot.moved": list(proof.moved) or None})


def record_decisions(recorder: Recorder, plan: Plan) -> None:
    """Record a span for each remediation of a plan, and what was left alone, with the reasons."""
    for remediation in (*plan.remediations, *plan.held):
        with recorder.span("remediation", _decided(remediation)):
            pass
    with recorder.span("left alone", {"gitops_bot.applications": len(plan.skipped)}) as span:
        for skipped in plan.skipped:
            attributes: Attributes = {
                "gitops_bot.application": skipped.application,
                "gitops_bot.reason": skipped.reason,
                "gitops_bot.problem": skipped.problem,
            }
            span.event("left alone", attributes)


def record_receipt(span: Span, receipt: Receipt) -> None:
    """Say what came of one remediation when it was carried out."""
    change = receipt.change
    attributes: Attributes = {
        "gitops_bot.fingerprint": receipt.fingerprint,
        "gitops_bot.written": receipt.written,
        "gitops_bot.summary": receipt.summary,
        "gitops_bot.state": change.state.value if change else None,
        "gitops_bot.reference": change.reference if change else None,
        "gitops_bot.url": change.url if change else None,
        "gitops_bot.failed": receipt.failed,
    }
    span.event("receipt", attributes)
    if receipt.failed:
        span.fail("NotWritten", receipt.summary)


def _decided(remediation: Remediation) -> Attributes:
    evidence: list[Json] = [f"{row.signal}: {row.value}" for row in remediation.evidence]
    failed: list[Json] = [f"{check.name}: {check.detail}" for check in remediation.checks if not check.passed]
    verdict = "waits" if remediation.waiting else remediation.tier.value
    because = (remediation.waiting, remediation.refusal, *map(str, failed))
    return {
        # What collectors for language models show first of a span.
        "input.value": "\n".join([remediation.cause, *map(str, evidence)]),
        "output.value": "\n".join([f"{remediation.action.value}: {verdict}", *(one for one in because if one)]),
        "gitops_bot.fingerprint": remediation.fingerprint,
        "gitops_bot.applications": list(remediation.applications),
        "gitops_bot.rule": remediation.rule,
        "gitops_bot.cause_class": remediation.cause_class,
        "gitops_bot.cause": remediation.cause,
        "gitops_bot.action": remediation.action.value,
        "gitops_bot.tier": remediation.tier.value,
        "gitops_bot.verdict": verdict,
        "gitops_bot.waiting": remediation.waiting or None,
        "gitops_bot.refusal": remediation.refusal or None,
        "gitops_bot.confidence": remediation.confidence,
        "gitops_bot.evidence": evidence,
        "gitops_bot.checks.failed": failed or None,
        "gitops_bot.paths": [edit.path for edit in remediation.edits] or None,
        "gitops_bot.origin": remediation.origin.commit if remediation.origin else None,
    }
