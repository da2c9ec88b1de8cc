"""registry-unavailable: the image cannot be pulled for want of access, quota or a registry that answers."""

from __future__ import annotations

from gitops_bot.model.diagnosis import Diagnosis
from gitops_bot.model.incident import Incident
from gitops_bot.reason.conclusion import escalate, is_down, leave_alone
from gitops_bot.reason.reading.containers import Failure, failing
from gitops_bot.reason.reading.pods import subject
from gitops_bot.reason.reading.standing import standing
from gitops_bot.reason.wording import quoted

_RELEASED = (Failure.IMAGE, Failure.CONFIGURATION, Failure.MEMORY, Failure.CRASH)
_REFUSED = ("unauthorized", "denied", "forbidden", "authentication required", "no basic auth")


def registry_unavailable(incident: Incident) -> Diagnosis | None:
    """Decide where nothing says that the image is missing: a registry's trouble is no release's fault."""
    containers = failing(incident, Failure.REGISTRY)
    if not containers or failing(incident, *_RELEASED):
        return None
    said = next((item.message for item in containers if item.message), containers[0].reason)
    pods = subject(incident, standing(incident), (item.image for item in containers))
    cause = f"{pods} cannot start because the registry does not serve the image: {quoted(said)}"
    if any(word in said.lower() for word in _REFUSED):
        reason = "the registry refuses access: its pull secret or permissions must be put right, Git has no part in it"
        return escalate(incident, "registry-unavailable", cause, reason)
    if is_down(incident):
        reason = "the registry limits or does not answer, and the application is down meanwhile"
        return escalate(incident, "registry-unavailable", cause, reason)
    reason = f"the registry does not answer as it should ({quoted(said, 160)}); the kubelet tries again by itself"
    return leave_alone(incident, "registry-unavailable", cause, reason, 80)
