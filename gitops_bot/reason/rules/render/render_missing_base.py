"""render-missing-base: Git names a base, path, values file, chart version or revision that is not there."""

from __future__ import annotations

from gitops_bot.model.diagnosis import Diagnosis, RevertRelease
from gitops_bot.model.incident import Incident
from gitops_bot.reason.conclusion import Conclusion, diagnosis
from gitops_bot.reason.reading.rendering import Kind, essence, failures, kind, not_there
from gitops_bot.reason.wording import one_line, quoted, since


def render_missing_base(incident: Incident) -> Diagnosis | None:
    """Decide where the render tool does not find what Git names; the change that named or removed it is at fault."""
    missing = [signal for signal in failures(incident) if kind(signal.message) is Kind.MISSING]
    if not missing:
        return None
    message = missing[0].message
    named = not_there(message)
    what = f"names {quoted(named, 200)}, which is not there" if named else "names something that is not there"
    cause = (
        f"Argo CD cannot render {one_line(incident.application.name, 100)}{since(incident.since)} because Git {what}: "
        f"{quoted(essence(message))}"
    )
    return diagnosis(
        incident,
        Conclusion(
            rule="render-missing-base", cause=cause, confidence=93 if named else 85, remedy=RevertRelease(resource=None)
        ),
    )
