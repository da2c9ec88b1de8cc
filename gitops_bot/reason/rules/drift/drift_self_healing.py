"""drift-self-healing: Argo CD undoes the drift of this application by itself."""

from __future__ import annotations

from gitops_bot.model.diagnosis import Diagnosis
from gitops_bot.model.incident import Incident
from gitops_bot.reason.conclusion import leave_alone
from gitops_bot.reason.reading.drifted import changed, deleted, what


def drift_self_healing(incident: Incident) -> Diagnosis | None:
    """Decide where `selfHeal` is on: a commit would do nothing that Argo CD does not do anyway."""
    if not incident.application.self_heals or not (changed(incident) or deleted(incident)):
        return None
    reason = "Argo CD heals drift of this application by itself (selfHeal is on)"
    return leave_alone(incident, "drift-self-healing", f"{what(incident)}: {reason}", reason)
