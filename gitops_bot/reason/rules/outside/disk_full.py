"""disk-full: a program has no space left to write to."""

from __future__ import annotations

from gitops_bot.model.diagnosis import Diagnosis
from gitops_bot.model.incident import Incident
from gitops_bot.reason.conclusion import escalate
from gitops_bot.reason.reading.words import Meaning, blames_release, named
from gitops_bot.reason.wording import quoted


def disk_full(incident: Incident) -> Diagnosis | None:
    """Decide where a disk or volume is full"
    "; new pods that fail beside healthy older ones are their release's matter."""
    said = named(incident, Meaning.DISK)
    if not said or blames_release(incident):
        return None
    cause = f"{incident.resource} has no space left on a disk: {quoted(said)}"
    reason = "a disk is full: what may be deleted or grown there is for a person"
    return escalate(incident, "disk-full", cause, reason, 85)
