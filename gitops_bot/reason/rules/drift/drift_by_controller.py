"""drift-by-controller: a controller of the cluster writes fields that Git sets too."""

from __future__ import annotations

from gitops_bot.model.diagnosis import Diagnosis
from gitops_bot.model.incident import Incident
from gitops_bot.reason.conclusion import leave_alone
from gitops_bot.reason.reading.drifted import by_controller, changed, deleted, what, who
from gitops_bot.reason.wording import listed, quoted


def drift_by_controller(incident: Incident) -> Diagnosis | None:
    """Decide where controllers own all that differs: they would write it again after every resync."""
    fields = changed(incident)
    if not fields or deleted(incident) or not all(by_controller(signal) for signal in fields):
        return None
    by = who(incident) or "a controller of the cluster"
    pointers = listed(quoted(signal.pointer, 120) for signal in fields)
    cause = f"{what(incident)} is written by {by}, not by hand"
    reason = f"{by} writes {pointers} again after every sync; an entry in `ignoreDifferences` would quieten it"
    return leave_alone(incident, "drift-by-controller", cause, reason, 80)
