"""drift-not-pruned: the cluster keeps objects that Git no longer declares."""

from __future__ import annotations

from gitops_bot.model.diagnosis import Diagnosis
from gitops_bot.model.incident import Incident
from gitops_bot.model.signal import ObjectSuperfluous
from gitops_bot.reason.conclusion import leave_alone
from gitops_bot.reason.wording import listed, one_line


def drift_not_pruned(incident: Incident) -> Diagnosis | None:
    """Decide where nothing but leftovers differ: the bot deletes nothing."""
    leftovers = [signal for signal in incident.signals if isinstance(signal, ObjectSuperfluous)]
    if not leftovers or len(leftovers) < len(incident.signals):
        return None
    objects = listed(one_line(str(signal.resource), 200) for signal in leftovers)
    policy = incident.application.spec.sync_policy
    prunes = bool(incident.application.automated and policy and policy.automated and policy.automated.prune)
    why = "Argo CD prunes it with its next sync" if prunes else "pruning is off, and deleting is left to a person"
    reason = f"Git no longer declares {objects}; {why}"
    return leave_alone(incident, "drift-not-pruned", reason, reason, 85)
