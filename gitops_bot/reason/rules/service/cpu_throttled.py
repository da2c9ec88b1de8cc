"""cpu-throttled: a container is held back by its CPU limit."""

from __future__ import annotations

import re

from gitops_bot.model.diagnosis import Diagnosis, SetField
from gitops_bot.model.incident import Incident
from gitops_bot.model.signal import WorkloadUnhealthy
from gitops_bot.reason.conclusion import Conclusion, diagnosis, escalate
from gitops_bot.reason.reading.quantities import raised
from gitops_bot.reason.reading.words import REPORTED
from gitops_bot.reason.wording import quoted

_RULE = "cpu-throttled"
_LIMIT = re.compile(r"has the limit cpu: (\S{1,20})")


def cpu_throttled(incident: Incident) -> Diagnosis | None:
    """Decide where throttling is reported: the limit goes up by a fifth where it is told, else a person looks."""
    said = [
        signal.message
        for signal in incident.signals
        if isinstance(signal, WorkloadUnhealthy) and signal.reason == REPORTED and "throttl" in signal.message.lower()
    ]
    if not said:
        return None
    cause = f"{incident.resource} is held back by its CPU limit: {quoted(said[0])}"
    limit = _LIMIT.search(said[0][-400:])
    more = raised(limit[1]) if limit else ""
    if not more:
        return escalate(incident, _RULE, cause, "its present limit is not told", 70)
    pointer = "/spec/template/spec/containers/0/resources/limits/cpu"
    remedy = SetField(resource=incident.resource, pointer=pointer, value=more)
    return diagnosis(incident, Conclusion(rule=_RULE, cause=cause, confidence=80, remedy=remedy))
