"""pending-infrastructure: a claim, load balancer, Ingress or certificate waits for what the platform provides."""

from __future__ import annotations

from gitops_bot.model.diagnosis import Diagnosis
from gitops_bot.model.incident import Incident
from gitops_bot.model.signal import WorkloadUnhealthy
from gitops_bot.reason.conclusion import escalate, leave_alone
from gitops_bot.reason.wording import one_line, quoted, since

_WAITS_FOR = {
    "PersistentVolumeClaim": "a volume from its storage class",
    "Service": "an address from the load balancer",
    "Ingress": "an address from the ingress controller",
    "Gateway": "an address from the gateway controller",
    "Certificate": "its issuer",
    "CertificateRequest": "its issuer",
    "Order": "its issuer",
    "Challenge": "its issuer",
}

_REFUSED = frozenset({"ProvisioningFailed", "VolumeResizeFailed", "FailedBinding"})


def pending_infrastructure(incident: Incident) -> Diagnosis | None:
    """Decide where an object only waits for the platform: what Git asks for is asked for already."""
    waits_for = _WAITS_FOR.get(incident.resource.kind)
    refused = [item for item in incident.signals if isinstance(item, WorkloadUnhealthy) and item.reason in _REFUSED]
    if waits_for and refused:
        cause = f"{one_line(str(incident.resource), 200)} does not get {waits_for}: {quoted(refused[0].message)}"
        return escalate(
            incident, "pending-infrastructure", cause, "the platform refuses it, and data may be at stake", 80
        )
    pending = [
        signal
        for signal in incident.signals
        if isinstance(signal, WorkloadUnhealthy) and signal.health in {"Progressing", "Pending", "Unknown"}
    ]
    if waits_for is None or not pending:
        return None
    name = one_line(str(incident.resource), 200)
    said = f": {quoted(pending[0].message)}" if pending[0].message else ""
    reason = f"{name} waits for {waits_for}{since(incident.since)}: nothing in Git can hasten that"
    return leave_alone(incident, "pending-infrastructure", f"{name} waits for {waits_for}{said}", reason, 80)
