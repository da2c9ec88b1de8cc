"""autoscaler-at-limit: an autoscaler asks for more replicas than it may have."""

from __future__ import annotations

import math
import re

from gitops_bot.model.diagnosis import Diagnosis, SetField
from gitops_bot.model.incident import Incident
from gitops_bot.model.signal import WorkloadUnhealthy
from gitops_bot.reason.conclusion import Conclusion, diagnosis, escalate
from gitops_bot.reason.reading.words import REPORTED
from gitops_bot.reason.wording import quoted

_RULE = "autoscaler-at-limit"
_REPORTED = re.compile(r"max(?:imum)? replicas|maxedout", re.IGNORECASE)
_MOST = re.compile(r"of at most (\d{1,5}) replicas")


def autoscaler_at_limit(incident: Incident) -> Diagnosis | None:
    """Decide where an autoscaler stands at its maximum under more load than it is set for: a fifth more is proposed."""
    said = [
        signal.message
        for signal in incident.signals
        if isinstance(signal, WorkloadUnhealthy)
        and (signal.reason == "AtMaximum" or (signal.reason == REPORTED and _REPORTED.search(signal.message[:4000])))
    ]
    if not said:
        return None
    cause = f"{incident.resource} is at its maximum: {quoted(said[0])}"
    most = _MOST.search(said[0][:4000])
    if most is None:
        return escalate(incident, _RULE, cause, "its present maximum is not told", 75)
    value = math.ceil(int(most[1]) * 1.2)
    remedy = SetField(resource=incident.resource, pointer="/spec/maxReplicas", value=value)
    return diagnosis(incident, Conclusion(rule=_RULE, cause=cause, confidence=78, remedy=remedy))
