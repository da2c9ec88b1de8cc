"""render-failure: Argo CD cannot render the application for a reason that the other rules do not know."""

from __future__ import annotations

from gitops_bot.model.diagnosis import Diagnosis, RevertRelease
from gitops_bot.model.incident import Incident
from gitops_bot.reason.conclusion import Conclusion, diagnosis, escalate
from gitops_bot.reason.reading.rendering import Kind, essence, failures, kind
from gitops_bot.reason.wording import one_line, quoted, since

_RULE = "render-failure"
_NOT_OURS = {
    "InvalidSpecError": "the Application, its project or its destination is not valid, which touches permissions",
    "UnknownError": "Argo CD itself does not know why",
}


def render_failure(incident: Incident) -> Diagnosis | None:
    """Decide the rest: a change in Git is the likeliest cause, and not surely enough to act without a person."""
    failing = [item for item in failures(incident) if kind(item.message) is Kind.OTHER or item.condition in _NOT_OURS]
    if not failing:
        return None
    first = failing[0]
    application = one_line(incident.application.name, 100)
    cause = f"Argo CD cannot render {application}{since(incident.since)}: {quoted(essence(first.message))}"
    if first.condition in _NOT_OURS:
        return escalate(incident, _RULE, cause, _NOT_OURS[first.condition], 75)
    remedy = RevertRelease(resource=None)
    return diagnosis(incident, Conclusion(rule=_RULE, cause=cause, confidence=65, remedy=remedy))
