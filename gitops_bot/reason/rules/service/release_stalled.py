"""release-stalled: a release does not get on, and nothing tells why."""

from __future__ import annotations

from gitops_bot.model.diagnosis import Diagnosis, RevertRelease
from gitops_bot.model.incident import Incident
from gitops_bot.model.signal import WorkloadUnhealthy
from gitops_bot.reason.conclusion import Conclusion, diagnosis
from gitops_bot.reason.wording import quoted

_DEADLINE = "ProgressDeadlineExceeded"


def release_stalled(incident: Incident) -> Diagnosis | None:
    """Decide where the deadline has passed, no new pod is healthy and older ones are: the release is taken back."""
    said = [
        signal
        for signal in incident.signals
        if isinstance(signal, WorkloadUnhealthy) and _DEADLINE in f"{signal.reason} {signal.message[:400]}"
    ]
    generations = incident.workload.generations if incident.workload else ()
    if not said or incident.resource.kind != "Deployment" or len(generations) < 2 or generations[0].healthy_pods:
        return None
    healthy = sum(generation.healthy_pods for generation in generations[1:])
    if not healthy:
        return None
    cause = (
        f"the new pods of {incident.resource} did not get ready in time ({quoted(said[0].reason or _DEADLINE, 60)}), "
        f"while {healthy} older pods are healthy"
    )
    remedy = RevertRelease(resource=incident.resource, fields=("/spec/template",))
    return diagnosis(incident, Conclusion(rule="release-stalled", cause=cause, confidence=78, remedy=remedy))
