"""canary-aborted: Argo Rollouts gave up a release because an analysis failed or its deadline passed."""

from __future__ import annotations

import re

from gitops_bot.model.diagnosis import Diagnosis, RevertRelease
from gitops_bot.model.incident import Incident
from gitops_bot.model.signal import WorkloadUnhealthy
from gitops_bot.reason.conclusion import Conclusion, diagnosis
from gitops_bot.reason.wording import one_line, quoted

_ABORTED = re.compile(r"rollout ?aborted|aborted update", re.IGNORECASE)
_MEASURED = re.compile(r"assessed Failed|analysis", re.IGNORECASE)


def canary_aborted(incident: Incident) -> Diagnosis | None:
    """Decide where the stable pods serve again and Git still asks for the release that was given up.

    An analysis that could not measure (assessed Error) or an abort by hand says less about the release.
    """
    if incident.resource.kind != "Rollout":
        return None
    said = [
        signal.message
        for signal in incident.signals
        if isinstance(signal, WorkloadUnhealthy) and _ABORTED.search(f"{signal.reason} {signal.message}"[:4000])
    ]
    if not said:
        return None
    name = one_line(str(incident.resource), 200)
    cause = f"{name} gave up its new release and runs the stable one, while Git asks for the new: {quoted(said[0])}"
    measured = _MEASURED.search(said[0][:4000]) and "assessed Error" not in said[0]
    remedy = RevertRelease(resource=incident.resource, fields=("/spec/template",))
    surely = 85 if measured else 70
    return diagnosis(incident, Conclusion(rule="canary-aborted", cause=cause, confidence=surely, remedy=remedy))
