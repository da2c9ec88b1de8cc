"""render-bad-values: Git holds YAML, values or patches that Helm or Kustomize cannot read or use."""

from __future__ import annotations

from gitops_bot.model.diagnosis import Diagnosis, RevertRelease
from gitops_bot.model.incident import Incident
from gitops_bot.reason.conclusion import Conclusion, diagnosis
from gitops_bot.reason.reading.rendering import Kind, essence, failures, kind
from gitops_bot.reason.wording import one_line, quoted, since


def render_bad_values(incident: Incident) -> Diagnosis | None:
    """Decide where the render tool read Git and rejects what it says."""
    bad = [signal for signal in failures(incident) if kind(signal.message) is Kind.VALUES]
    if not bad or any(signal.condition == "InvalidSpecError" for signal in bad):
        return None
    cause = (
        f"Argo CD cannot render {one_line(incident.application.name, 100)}{since(incident.since)} because Git holds "
        f"what its tool rejects: {quoted(essence(bad[0].message))}"
    )
    remedy = RevertRelease(resource=None)
    return diagnosis(incident, Conclusion(rule="render-bad-values", cause=cause, confidence=88, remedy=remedy))
