"""pod-refused: a quota, an admission controller or a missing service account keeps pods from being created."""

from __future__ import annotations

import re

from gitops_bot.model.diagnosis import Diagnosis
from gitops_bot.model.incident import Incident
from gitops_bot.model.signal import PodBlocked, WorkloadUnhealthy
from gitops_bot.reason.conclusion import escalate
from gitops_bot.reason.reading.pods import subject
from gitops_bot.reason.reading.standing import standing
from gitops_bot.reason.wording import quoted

_REFUSED = re.compile(
    r"exceeded quota|failed quota|violates podsecurity|admission webhook|is forbidden|denied the request"
    r"|error looking up service account|serviceaccount \"[^\"]{1,300}\" not found|limitrange",
    re.IGNORECASE,
)


def pod_refused(incident: Incident) -> Diagnosis | None:
    """Decide where the API server refuses to create the pods: quotas and admission are other people's decisions."""
    said = [
        signal.message
        for signal in incident.signals
        if isinstance(signal, PodBlocked | WorkloadUnhealthy) and _REFUSED.search(signal.message[:4000])
    ]
    if not said:
        return None
    cause = f"{subject(incident, standing(incident))} are refused by the cluster: {quoted(said[0])}"
    reason = "a quota or an admission rule stands against it, and whether the rule or the pods give way is for a person"
    return escalate(incident, "pod-refused", cause, reason, 85)
