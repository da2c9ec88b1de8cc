"""render-unreachable: Argo CD cannot get at Git: credentials, name resolution, time-outs, its repository server."""

from __future__ import annotations

from gitops_bot.model.diagnosis import Diagnosis
from gitops_bot.model.incident import Incident
from gitops_bot.reason.conclusion import escalate, leave_alone
from gitops_bot.reason.reading.rendering import Kind, essence, failures, kind
from gitops_bot.reason.wording import one_line, quoted

_RULE = "render-unreachable"


def render_unreachable(incident: Incident) -> Diagnosis | None:
    """Decide where the way to Git is broken: what Git holds is not at fault, and no change of it helps."""
    broken = [signal for signal in failures(incident) if kind(signal.message) in {Kind.ACCESS, Kind.OUTAGE}]
    if not broken or len(broken) < len(failures(incident)):
        return None
    said = quoted(essence(broken[0].message))
    cause = f"Argo CD cannot read the Git repository of {one_line(incident.application.name, 100)}: {said}"
    if any(kind(signal.message) is Kind.ACCESS for signal in broken):
        reason = "Argo CD's credentials for the repository, or the repository itself, must be put right by a person"
        return escalate(incident, _RULE, cause, reason, 85)
    reason = (
        f"the way to Git or the cluster is broken ({said}); nothing that Git holds is at fault, and Argo CD tries again"
    )
    return leave_alone(incident, _RULE, cause, reason, 85)
