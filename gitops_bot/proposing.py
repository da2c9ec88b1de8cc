"""Locate and prove, in turn, for each diagnosis; and one proposal where several incidents have one cause in Git."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator

import msgspec
from msgspec import Struct

from gitops_bot.clients.editing import edited_fields
from gitops_bot.clients.fleet import Fleet
from gitops_bot.errors import GitopsBotError
from gitops_bot.locate import locate
from gitops_bot.model.diagnosis import (
    Case,
    Diagnosis,
    Escalate,
    IgnoreDifference,
    SetField,
    case_of,
    cause_name,
)
from gitops_bot.model.incident import Skipped
from gitops_bot.model.proposal import Candidate, NotLocated, Proof, Proposal
from gitops_bot.prove import Expectation, prove
from gitops_bot.redaction import redact
from gitops_bot.tracing import SILENT, Recorder, about, record_proof, record_way


class Attempt(Struct, frozen=True):
    """A diagnosis, its first candidate, and the ways that are left."""

    diagnosis: Diagnosis
    first: Candidate | NotLocated
    rest: Iterator[Candidate | NotLocated]


def propose(
    fleet: Fleet, diagnoses: Iterable[Diagnosis], recorder: Recorder = SILENT
) -> tuple[tuple[Proposal, ...], tuple[Skipped, ...]]:
    """Return a proposal for each cause, and what needs none because Git already says so."""
    attempts = [_attempt(fleet, diagnosis, recorder) for diagnosis in diagnoses]
    proposals: list[Proposal] = []
    settled: list[Skipped] = []
    for attempt in attempts:
        outcome = attempt if isinstance(attempt, Skipped) else _settle(fleet, attempt, attempts, recorder)
        if isinstance(outcome, Skipped):
            settled.append(outcome)
        else:
            proposals.append(outcome)
    return _merged(proposals), tuple(settled)


def _attempt(fleet: Fleet, diagnosis: Diagnosis, recorder: Recorder) -> Attempt | Skipped:
    if isinstance(diagnosis.remedy, Escalate):
        return Attempt(diagnosis, NotLocated(reason=diagnosis.remedy.reason), iter(()))
    ways = locate(fleet, diagnosis, named(fleet, diagnosis))
    try:
        with recorder.span("locate", about(diagnosis)) as span:
            first = next(ways, None)
            record_way(span, first)
    except GitopsBotError as error:
        return _not_judged(diagnosis, error)
    return Attempt(diagnosis, first or NotLocated(reason="no change in Git expresses the remedy"), ways)


def _not_judged(diagnosis: Diagnosis, error: GitopsBotError) -> Skipped:
    # Without the program, or the clone's objects, nothing can be proven: that is this machine's fault and no reason to
    # call a person; nor is it one to leave the other applications alone.
    application = diagnosis.incident.application.name
    return Skipped(application=application, reason=redact(f"{diagnosis.cause}. Not treated: {error}"), problem=True)


def _settle(
    fleet: Fleet, attempt: Attempt, attempts: list[Attempt | Skipped], recorder: Recorder
) -> Proposal | Skipped:
    try:
        return _first_proven(fleet, attempt, attempts, recorder)
    except GitopsBotError as error:
        return _not_judged(attempt.diagnosis, error)


def _first_proven(
    fleet: Fleet, attempt: Attempt, attempts: list[Attempt | Skipped], recorder: Recorder
) -> Proposal | Skipped:
    diagnosis = attempt.diagnosis
    refusals: list[str] = []
    way: Candidate | NotLocated | None = attempt.first
    while way is not None:
        if isinstance(way, NotLocated):
            if way.settled:
                return Skipped(application=diagnosis.incident.application.name, reason=redact(way.reason))
            refusals.append(way.reason)
        else:
            with recorder.span("prove", about(diagnosis)) as span:
                proof = prove(fleet, way, _companions(attempt, way, attempts))
                record_proof(span, proof)
            if not proof.refusal:
                return _proposal(fleet, diagnosis, way, proof)
            refusals.append(proof.refusal)
        way = next(attempt.rest, None)
    return Proposal(
        fingerprint=named(fleet, diagnosis),
        cases=(_case(fleet, diagnosis),),
        refusal="; ".join(dict.fromkeys(refusals)),
    )


def _companions(attempt: Attempt, way: Candidate, attempts: list[Attempt | Skipped]) -> dict[str, Expectation]:
    """Return the other applications whose trouble began with the same commit, each with what must come of it."""
    if way.origin is None:
        return {}
    return {
        other.first.subject: Expectation(other.first.intent)
        for other in attempts
        if isinstance(other, Attempt) and other is not attempt
        if isinstance(other.first, Candidate) and other.first.origin is not None
        if other.first.origin.commit == way.origin.commit and other.first.subject != way.subject
    }


def _proposal(fleet: Fleet, diagnosis: Diagnosis, candidate: Candidate, proof: Proof) -> Proposal:
    return Proposal(
        fingerprint=_fingerprint(fleet, diagnosis, candidate),
        cases=(
            msgspec.structs.replace(_case(fleet, diagnosis), confidence=max(0, diagnosis.confidence - proof.doubt)),
        ),
        edits=candidate.edits,
        rendered=proof.rendered,
        proof=proof.checks,
        readers=proof.readers,
        origin=candidate.origin,
        how=candidate.how,
    )


def _case(fleet: Fleet, diagnosis: Diagnosis) -> Case:
    compared = fleet.compared_revision(diagnosis.incident.application)
    return case_of(diagnosis, compared, named(fleet, diagnosis))


def fingerprint(sources: Iterable[str], kind: str, fields: Iterable[str], cause_class: str) -> str:
    """Return the first 12 hexadecimal digits of a SHA-256 over the cause.

    `sources` are the files (or the source folder) that own the fault, `kind` the kind of the object at fault, `fields`
    the labels of the fields. One file shared by several applications gives one name for all of them, so their names and
    namespaces are no part of it.
    """
    cause = [sorted(set(sources)), kind, sorted(set(fields)), cause_class]
    return hashlib.sha256(json.dumps(cause, separators=(",", ":")).encode()).hexdigest()[:12]


def _fingerprint(fleet: Fleet, diagnosis: Diagnosis, candidate: Candidate) -> str:
    """Return the name of the cause: of the files and their fields that are edited, whoever reads them.

    Two applications that one line breaks have one name, and keep it when one of them heals.
    """
    if not candidate.edits:
        return named(fleet, diagnosis)
    paths = [edit.path for edit in candidate.edits]
    remedy = diagnosis.remedy
    if isinstance(remedy, SetField | IgnoreDifference):
        pointers = remedy.pointers if isinstance(remedy, IgnoreDifference) else (remedy.pointer,)
        return fingerprint(paths, str(remedy.resource), pointers, cause_name(diagnosis))
    fields = [
        f"{path}: {label}"
        for path, after in candidate.contents.items()
        for label in edited_fields(fleet.repository.read(fleet.commit, path), after)
    ]
    return fingerprint(paths, "", fields, cause_name(diagnosis))


def named(fleet: Fleet, diagnosis: Diagnosis) -> str:
    """Return the fingerprint of what was diagnosed, whatever is edited for it."""
    application = diagnosis.incident.application
    index = fleet.own_index(application) or 0
    source = application.sources[index] if index < len(application.sources) else None
    owner = f"{source.path or source.chart} of {application.name}" if source else application.name
    resource = diagnosis.incident.resource
    known_as = diagnosis.advice.known_as if diagnosis.advice else cause_name(diagnosis)
    return fingerprint((owner,), resource.kind, (resource.name,), known_as)


def _merged(proposals: list[Proposal]) -> tuple[Proposal, ...]:
    """Join proposals with the same edits; an empty commit or an escalation is each its own."""
    joined: dict[object, Proposal] = {}
    for proposal in proposals:
        key: object = tuple((edit.path, edit.result) for edit in proposal.edits) or proposal.fingerprint
        known = joined.get(key)
        if known is None:
            joined[key] = proposal
            continue
        names = {change.application for change in known.rendered}
        joined[key] = msgspec.structs.replace(
            known,
            fingerprint=min(known.fingerprint, proposal.fingerprint),
            cases=(*known.cases, *proposal.cases),
            rendered=(*known.rendered, *(one for one in proposal.rendered if one.application not in names)),
        )
    return tuple(joined.values())
