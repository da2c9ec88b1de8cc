"""rollout-invalid-spec: the Argo Rollouts controller refuses a Rollout that the API server accepted."""

from __future__ import annotations

from gitops_bot.model.diagnosis import Diagnosis, RevertRelease
from gitops_bot.model.incident import Incident
from gitops_bot.model.signal import WorkloadUnhealthy
from gitops_bot.reason.conclusion import Conclusion, diagnosis
from gitops_bot.reason.reading.refusal import suspects
from gitops_bot.reason.wording import one_line, quoted


def rollout_invalid_spec(incident: Incident) -> Diagnosis | None:
    """Decide where the controller says InvalidSpec and nobody changed the object in the cluster."""
    said = [
        signal
        for signal in incident.signals
        if isinstance(signal, WorkloadUnhealthy) and "InvalidSpec" in f"{signal.reason} {signal.message[:200]}"
    ]
    if not said or incident.resource.kind != "Rollout":
        return None
    fields = suspects(said[0].message)
    cause = f"{one_line(str(incident.resource), 200)} is refused by its controller: {quoted(said[0].message)}"
    remedy = RevertRelease(resource=incident.resource, fields=fields)
    surely = 88 if fields else 78
    return diagnosis(incident, Conclusion(rule="rollout-invalid-spec", cause=cause, confidence=surely, remedy=remedy))
