"""drift-autoscaler: Git sets replicas that an autoscaler sets too."""

from __future__ import annotations

from gitops_bot.model.diagnosis import Diagnosis, IgnoreDifference
from gitops_bot.model.incident import Incident
from gitops_bot.reason.conclusion import Conclusion, diagnosis
from gitops_bot.reason.reading.drifted import changed, what, who


def drift_autoscaler(incident: Incident) -> Diagnosis | None:
    """Decide where all that differs is an autoscaler's: a resync would fight it, so Git must let go of the field."""
    fields = changed(incident)
    owners = {signal.autoscaler for signal in fields if signal.autoscaler}
    if not fields or len(owners) != 1 or any(signal.autoscaler is None for signal in fields):
        return None
    autoscaler = next(iter(owners))
    by = who(incident)
    cause = (
        f"{what(incident)} differs{f', last set by {by}' if by else ''}: {autoscaler} sets it too, so "
        "a resync would fight the autoscaler"
    )
    pointers = tuple(dict.fromkeys(signal.pointer for signal in fields))
    remedy = IgnoreDifference(resource=incident.resource, pointers=pointers)
    return diagnosis(incident, Conclusion(rule="drift-autoscaler", cause=cause, confidence=92, remedy=remedy))
