"""disruption-blocked: a disruption budget keeps pods from being moved."""

from __future__ import annotations

from gitops_bot.model.diagnosis import Diagnosis
from gitops_bot.model.incident import Incident
from gitops_bot.model.signal import WorkloadUnhealthy
from gitops_bot.reason.conclusion import escalate
from gitops_bot.reason.wording import quoted


def disruption_blocked(incident: Incident) -> Diagnosis | None:
    """Decide where an eviction is refused: whether the budget or the drain gives way is for a person."""
    said = [
        signal.message
        for signal in incident.signals
        if isinstance(signal, WorkloadUnhealthy) and "disruption budget" in signal.message[:4000]
    ]
    if not said:
        return None
    cause = f"pods of {incident.resource} may not be evicted: {quoted(said[0])}"
    reason = "a disruption budget protects the pods: whether it or the drain gives way is for a person"
    return escalate(incident, "disruption-blocked", cause, reason, 80)
