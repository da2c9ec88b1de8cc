"""access-denied: a program is refused what it asks for: permissions, passwords, tokens."""

from __future__ import annotations

from gitops_bot.model.diagnosis import Diagnosis
from gitops_bot.model.incident import Incident
from gitops_bot.reason.conclusion import escalate
from gitops_bot.reason.reading.words import Meaning, blames_release, named
from gitops_bot.reason.wording import quoted


def access_denied(incident: Incident) -> Diagnosis | None:
    """Decide where a program is refused access; what permissions it should have is for a person."""
    said = named(incident, Meaning.ACCESS)
    if not said or blames_release(incident):
        return None
    cause = f"{incident.resource} is refused access: {quoted(said)}"
    reason = "permissions and credentials touch security: a person decides what it may do"
    return escalate(incident, "access-denied", cause, reason, 85)
