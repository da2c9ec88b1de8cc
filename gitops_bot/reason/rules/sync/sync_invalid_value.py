"""sync-invalid-value: Git holds a value that the API server does not accept."""

from __future__ import annotations

from gitops_bot.model.diagnosis import Diagnosis, RevertRelease
from gitops_bot.model.incident import Incident
from gitops_bot.reason.conclusion import Conclusion, diagnosis
from gitops_bot.reason.reading.refusal import Kind, faults, refused, suspects
from gitops_bot.reason.wording import listed, one_line, quoted


def sync_invalid_value(incident: Incident) -> Diagnosis | None:
    """Decide where the API server calls a value or a field invalid; the field that it names is at fault."""
    refusals = refused(incident, Kind.INVALID)
    if not refusals:
        return None
    first = refusals[0]
    named = faults(first.message)
    labels = listed(quoted(fault.path, 100) for fault in named) or "a field"
    objects = listed(one_line(str(signal.resource), 200) for signal in refusals)
    cause = f"the cluster refuses {objects} because Git gives {labels} a value it cannot have: {quoted(first.message)}"
    remedy = RevertRelease(resource=first.resource, fields=suspects(first.message))
    return diagnosis(
        incident,
        Conclusion(rule="sync-invalid-value", cause=cause, confidence=92 if named else 80, remedy=remedy),
    )
