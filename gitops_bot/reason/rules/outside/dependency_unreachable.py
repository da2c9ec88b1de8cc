"""dependency-unreachable: a program does not reach what it depends on: a database, a queue, a name server."""

from __future__ import annotations

from gitops_bot.model.diagnosis import Diagnosis
from gitops_bot.model.incident import Incident
from gitops_bot.reason.conclusion import escalate
from gitops_bot.reason.reading.words import Meaning, blames_release, named
from gitops_bot.reason.wording import quoted


def dependency_unreachable(incident: Incident) -> Diagnosis | None:
    """Decide where a program names something else that does not answer, and no older pods reach it."""
    said = named(incident, Meaning.DEPENDENCY)
    if not said or blames_release(incident):
        return None
    cause = f"{incident.resource} does not reach what it depends on: {quoted(said)}"
    reason = "what it depends on does not answer: no change of this application helps while that lasts"
    return escalate(incident, "dependency-unreachable", cause, reason, 85)
