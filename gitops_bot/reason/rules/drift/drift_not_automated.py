"""drift-not-automated: objects were changed in the cluster, and the application is synced by hand."""

from __future__ import annotations

from gitops_bot.model.diagnosis import Diagnosis
from gitops_bot.model.incident import Incident
from gitops_bot.reason.conclusion import escalate
from gitops_bot.reason.reading.drifted import changed, deleted, what, who


def drift_not_automated(incident: Incident) -> Diagnosis | None:
    """Decide where a commit would start no sync, so that Git alone cannot undo the drift."""
    if incident.application.automated or not (changed(incident) or deleted(incident)):
        return None
    by = who(incident)
    cause = f"changed in the cluster{f' by {by}' if by else ''}: {what(incident)}"
    reason = "it is synced by hand: no commit makes Argo CD sync it, so a person must sync it or keep the change"
    return escalate(incident, "drift-not-automated", cause, reason, 85)
