"""suspended: a Rollout, a CronJob or another object is paused, as its manifest or a person asks."""

from __future__ import annotations

from gitops_bot.model.diagnosis import Diagnosis
from gitops_bot.model.incident import Incident
from gitops_bot.model.signal import WorkloadUnhealthy
from gitops_bot.reason.conclusion import leave_alone
from gitops_bot.reason.wording import one_line, quoted, since


def suspended(incident: Incident) -> Diagnosis | None:
    """Decide where all that is said is that the object is suspended."""
    said = [signal for signal in incident.signals if isinstance(signal, WorkloadUnhealthy)]
    if not said or any(signal.health != "Suspended" for signal in said):
        return None
    name = one_line(str(incident.resource), 200)
    words = f": {quoted(said[0].message)}" if said[0].message else ""
    reason = f"{name} is suspended{since(incident.since)} by intention: it waits for a person or for its next step"
    return leave_alone(incident, "suspended", f"{name} is suspended{words}", reason)
