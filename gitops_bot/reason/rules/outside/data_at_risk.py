"""data-at-risk: a program speaks of damaged data, or of a schema that does not fit or could not be migrated."""

from __future__ import annotations

from gitops_bot.model.diagnosis import Diagnosis
from gitops_bot.model.incident import Incident
from gitops_bot.reason.conclusion import escalate
from gitops_bot.reason.reading.words import Meaning, named
from gitops_bot.reason.wording import quoted


def data_at_risk(incident: Incident) -> Diagnosis | None:
    """Decide before all other rules: no change in Git takes back what was done to data."""
    said = named(incident, Meaning.DATA)
    if not said:
        return None
    cause = f"{incident.resource} speaks of damaged data or of a migration that failed: {quoted(said)}"
    reason = "data may be damaged or half migrated: a release taken back may make it worse"
    return escalate(incident, "data-at-risk", cause, reason, 85)
