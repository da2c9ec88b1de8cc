"""drift-not-synced: what differs is a newer commit that waits for a sync, and no change in the cluster."""

from __future__ import annotations

from gitops_bot.model.diagnosis import Diagnosis
from gitops_bot.model.incident import Incident
from gitops_bot.reason.conclusion import leave_alone
from gitops_bot.reason.reading.drifted import by_argo_cd, changed, deleted


def drift_not_synced(incident: Incident) -> Diagnosis | None:
    """Decide where Argo CD itself set all live values and Git has moved on since the last sync."""
    fields = changed(incident)
    application = incident.application
    if not fields or deleted(incident) or not all(by_argo_cd(signal) for signal in fields):
        return None
    deployed = application.history[-1] if application.history else None
    known = tuple(deployed.revisions or (deployed.revision,)) if deployed else ()
    if known == application.revisions:
        return None
    newer = ", ".join(revision[:7] for revision in application.revisions)
    waits = "Argo CD is about to sync it" if application.automated else "it waits for somebody to sync it"
    reason = f"commit {newer} is newer than what is deployed, and {waits}"
    return leave_alone(incident, "drift-not-synced", f"nothing was changed in the cluster: {reason}", reason, 85)
