"""service-without-endpoints: a Service selects no pod, or an Ingress names a Service that is not there."""

from __future__ import annotations

from gitops_bot.model.diagnosis import Diagnosis, RevertRelease
from gitops_bot.model.incident import Incident
from gitops_bot.model.signal import WorkloadUnhealthy
from gitops_bot.reason.conclusion import Conclusion, diagnosis, escalate
from gitops_bot.reason.wording import quoted

_RULE = "service-without-endpoints"
_FIELDS = {"NoEndpoints": ("/spec/selector",), "MissingBackend": ("/spec/rules", "/spec/defaultBackend")}


def service_without_endpoints(incident: Incident) -> Diagnosis | None:
    """Decide where healthy pods have other labels than a Service asks for, or an Ingress's Service does not exist."""
    said = [item for item in incident.signals if isinstance(item, WorkloadUnhealthy) and item.reason in _FIELDS]
    if not said:
        return None
    first = said[0]
    cause = f"{first.resource} leads to no pod: {quoted(first.message)}"
    if first.reason == "NoEndpoints" and "; pods have " not in first.message:
        return escalate(incident, _RULE, cause, "which pods it is meant for is not told", 70)
    remedy = RevertRelease(resource=first.resource, fields=_FIELDS[first.reason])
    return diagnosis(incident, Conclusion(rule=_RULE, cause=cause, confidence=80, remedy=remedy))
