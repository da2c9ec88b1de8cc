"""volume-unavailable: a volume cannot be attached or mounted, for reasons outside Git."""

from __future__ import annotations

from gitops_bot.model.diagnosis import Diagnosis
from gitops_bot.model.incident import Incident
from gitops_bot.model.signal import PodBlocked
from gitops_bot.reason.conclusion import escalate
from gitops_bot.reason.containers import missing
from gitops_bot.reason.pods import subject
from gitops_bot.reason.standing import standing
from gitops_bot.reason.wording import quoted

_REASONS = frozenset({"FailedMount", "FailedAttachVolume", "FailedMapVolume", "VolumeResizeFailed"})


def volume_unavailable(incident: Incident) -> Diagnosis | None:
    """Decide where a volume does not come and no ConfigMap or Secret is missing: people alone touch data."""
    blocked = [
        signal
        for signal in incident.signals
        if isinstance(signal, PodBlocked) and signal.reason in _REASONS and not missing(signal.message)
    ]
    if not blocked:
        return None
    cause = f"{subject(incident, standing(incident))} wait for a volume: {quoted(blocked[0].message)}"
    reason = "the volume's storage or node does not give it; nothing in Git does that, and data may be at stake"
    return escalate(incident, "volume-unavailable", cause, reason, 75)
