"""drift-by-hand: fields were changed or objects deleted in the cluster, past Git."""

from __future__ import annotations

from gitops_bot.model.diagnosis import Diagnosis, Resync
from gitops_bot.model.incident import Incident
from gitops_bot.model.signal import WorkloadUnhealthy
from gitops_bot.reason.conclusion import Conclusion, diagnosis
from gitops_bot.reason.reading.drifted import changed, deleted, what, who
from gitops_bot.reason.reading.standing import pod_signals
from gitops_bot.reason.wording import quoted

_HARMED = frozenset({"Degraded", "Missing"})


def drift_by_hand(incident: Incident) -> Diagnosis | None:
    """Decide what is left of drift: Git says what should run, so Argo CD applies it once more.

    Surer where the change does harm (an object is gone, or its controller or pods suffer) than where all is well: a
    harmless change may be meant.
    """
    fields, gone = changed(incident), deleted(incident)
    application = incident.application
    if application.self_heals or not application.automated or not (fields or gone):
        return None
    by = who(incident)
    harm = _harm(incident)
    cause = f"changed in the cluster, past Git{f', by {by}' if by else ''}: {what(incident)}{harm}"
    harmful = bool(harm or gone) or application.status.health.status in _HARMED
    resources = tuple(sorted({signal.resource for signal in (*fields, *gone)}))
    surely = 92 if harmful else 80
    if fields and not gone and not by:
        surely -= 10  # who changed it is not known, and nothing is gone
    remedy = Resync(resources=resources)
    return diagnosis(incident, Conclusion(rule="drift-by-hand", cause=cause, confidence=surely, remedy=remedy))


def _harm(incident: Incident) -> str:
    for signal in incident.signals:
        if isinstance(signal, WorkloadUnhealthy) and signal.health != "Missing":
            return f"; since then {signal.resource} is {signal.health}: {quoted(signal.message)}"
    return "; its pods fail since then" if pod_signals(incident) else ""
