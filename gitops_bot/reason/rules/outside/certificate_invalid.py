"""certificate-invalid: a certificate has expired or is not trusted."""

from __future__ import annotations

from gitops_bot.model.diagnosis import Diagnosis
from gitops_bot.model.incident import Incident
from gitops_bot.model.signal import WorkloadUnhealthy
from gitops_bot.reason.conclusion import escalate
from gitops_bot.reason.reading.words import Meaning, blames_release, named
from gitops_bot.reason.wording import quoted


def certificate_invalid(incident: Incident) -> Diagnosis | None:
    """Decide where a program names a certificate"
    "; the release is at fault only where older pods do well with the same one."""
    said = named(incident, Meaning.CERTIFICATE) or _of_a_certificate(incident)
    if not said or blames_release(incident):
        return None
    cause = f"{incident.resource} fails because of a certificate: {quoted(said)}"
    reason = "certificates are renewed or trusted by people and their issuers, and touch security"
    return escalate(incident, "certificate-invalid", cause, reason, 85)


def _of_a_certificate(incident: Incident) -> str:
    """Return what cert-manager says of a certificate that it has given up."""
    said = (
        signal.message
        for signal in incident.signals
        if isinstance(signal, WorkloadUnhealthy)
        and signal.resource.kind == "Certificate"
        and signal.health == "Degraded"
    )
    return next((words for words in said if "expired" in words.lower()), "")
