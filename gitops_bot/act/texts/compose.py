"""From a judged proposal to a remediation: every word that will be written is decided here. Pure."""

from __future__ import annotations

from msgspec.structs import replace

from gitops_bot.act.texts.body import body
from gitops_bot.act.texts.commit_message import commit_message
from gitops_bot.act.texts.context import Context
from gitops_bot.act.texts.rendered import diffs_without_secrets, rendered_text, without_secrets
from gitops_bot.act.texts.title import branch_name, title
from gitops_bot.marker import Marker, digest, write_marker
from gitops_bot.model.diagnosis import ACTIONS, Action, Case, Escalate, Evidence
from gitops_bot.model.plan import Remediation, Tier
from gitops_bot.model.proposal import TIMELY, Proposal, Verdict
from gitops_bot.model.resource import ResourceKey
from gitops_bot.redaction import redact
from gitops_bot.untrusted import one_line


def compose(proposal: Proposal, verdict: Verdict, context: Context) -> Remediation:
    """Return the remediation with title, body, branch and commit message.

    All untrusted text in it is neutralised and no value of a Secret is left in it. The body is below 60,000 bytes.
    """
    action = _action(proposal, verdict)
    confidence = min((one.confidence for one in proposal.cases), default=0)
    shown = disclosable(proposal)
    headline = title(shown, verdict.tier)
    leading = proposal.cases[0] if proposal.cases else None
    return Remediation(
        fingerprint=proposal.fingerprint,
        applications=proposal.applications,
        action=action,
        remedy=leading.remedy if leading else Escalate(reason=proposal.refusal),
        rule=leading.rule if leading else "",
        cause_class=leading.cause_class if leading else "",
        cause=leading.cause if leading else proposal.refusal,
        confidence=confidence,
        evidence=evidence(proposal),
        resources=_resources(proposal),
        tier=verdict.tier,
        checks=verdict.checks,
        edits=shown.edits,
        rendered=shown.rendered,
        rendered_diff=rendered_text(shown.rendered),
        branch=branch_name(proposal),
        title=headline,
        body=body(shown, verdict, context, _marker(shown, verdict)),
        commit_message=commit_message(shown, headline, action, confidence, context.trace),
        cases=proposal.cases,
        proof=proposal.proof,
        readers=proposal.readers,
        how=proposal.how,
        refusal=proposal.refusal,
        waiting=verdict.waiting,
        since=min((one.since for one in proposal.cases if one.since), default=None),
        origin=proposal.origin,
    )


def disclosable(proposal: Proposal) -> Proposal:
    """Return the proposal without any secret: what a plan may hold, and what is judged.

    This is where text that came from Git, renderers and models is redacted; that of clusters was when it was read.
    """
    origin = proposal.origin
    return replace(
        proposal,
        rendered=without_secrets(proposal.rendered),
        edits=diffs_without_secrets(proposal.edits, proposal.rendered),
        cases=tuple(_redacted_case(case) for case in proposal.cases),
        origin=origin and replace(origin, subject=redact(origin.subject), author=redact(origin.author)),
        proof=tuple(replace(check, detail=redact(check.detail)) for check in proposal.proof),
        how=redact(proposal.how),
        refusal=redact(proposal.refusal),
    )


def _redacted_case(case: Case) -> Case:
    rows = tuple(
        replace(row, signal=redact(row.signal), value=redact(row.value), where=redact(row.where))
        for row in case.evidence
    )
    return replace(case, cause=redact(case.cause), evidence=rows)


def _action(proposal: Proposal, verdict: Verdict) -> Action:
    if verdict.tier is Tier.ESCALATE or not proposal.cases:
        return Action.ESCALATE
    return ACTIONS.get(type(proposal.cases[0].remedy), Action.ESCALATE)


def evidence(proposal: Proposal) -> tuple[Evidence, ...]:
    """Return the rows of all diagnoses, each once."""
    return tuple(dict.fromkeys(row for one in proposal.cases for row in one.evidence))


def _resources(proposal: Proposal) -> tuple[ResourceKey, ...]:
    return tuple(dict.fromkeys(one.resource for one in proposal.cases))


def _marker(proposal: Proposal, verdict: Verdict) -> str:
    edits = [(edit.path, edit.base or "", edit.result or "") for edit in proposal.edits]
    asked = any(case.asked for case in proposal.cases)
    said = (
        [(case.application, case.cause_class, str(case.resource)) for case in proposal.cases],
        [(check.name, check.passed) for check in verdict.checks if check.name not in TIMELY],
        (verdict.tier, proposal.origin.commit if proposal.origin else "", proposal.refusal, proposal.readers),
        asked,
    )
    return write_marker(
        Marker(
            fingerprint=proposal.fingerprint,
            plan=digest(edits),
            words=digest((edits, said)),
            applications=tuple(one_line(name, 63) for name in proposal.applications[:20]),
            causes=tuple(dict.fromkeys(case.named for case in proposal.cases if case.named))[:20],
            paths=tuple(digest(edit.path) for edit in proposal.edits[:20]),
            failed=verdict.failed,
            asked=asked,
        )
    )
