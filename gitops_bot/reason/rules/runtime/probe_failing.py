"""probe-failing: containers run, and their readiness, liveness or startup probe fails."""

from __future__ import annotations

import re

from gitops_bot.model.diagnosis import Diagnosis
from gitops_bot.model.incident import Incident
from gitops_bot.model.signal import ProbeFailing
from gitops_bot.reason.conclusion import Conclusion, diagnosis, escalate_if_down
from gitops_bot.reason.reading.pods import of_a_release, others, revert, subject
from gitops_bot.reason.reading.standing import Blame, Standing, standing
from gitops_bot.reason.wording import count, listed, one_line, quoted

# The program answers, and not what the probe asks: the two do not fit.
_MISFITS = re.compile(
    r"statuscode: 40[0-9]|connection refused.*; the log says: .*(?:listen|serving|started"
    r"|ready)",
    re.DOTALL,
)
_ENOUGH = 3  # a probe's default failureThreshold: fewer failures are a slow start


def probe_failing(incident: Incident) -> Diagnosis | None:
    """Decide where a probe has failed often enough to be no slow start."""
    probes = [signal for signal in incident.signals if isinstance(signal, ProbeFailing)]
    if not of_a_release(incident) or not probes or max(probe.count for probe in probes) < _ENOUGH:
        return None
    compared = standing(incident)
    worst = max(probes, key=lambda probe: (probe.count, probe.resource))
    names = listed(sorted({one_line(probe.probe, 20) for probe in probes}))
    cause = (
        f"{subject(incident, compared, (probe.image for probe in probes))} run and fail their {names} probe: "
        f"{quoted(worst.message)} ({count(worst.count, 'time')}){others(incident, compared)}"
    )
    if compared.blame not in {Blame.NEW_RELEASE, Blame.ONLY_RELEASE}:
        reason = "other pods of the same release are healthy, so the release as such is not at fault"
        return escalate_if_down(incident, "probe-failing", cause, reason, 60)
    return diagnosis(
        incident,
        Conclusion(
            rule="probe-failing",
            cause=cause,
            confidence=compared.certainty - _doubt(worst, compared),
            remedy=revert(incident),
            standing=compared,
        ),
    )


def _doubt(probe: ProbeFailing, compared: Standing) -> int:
    """Return how much less sure a probe makes: what it asks may be missing elsewhere."""
    if _MISFITS.search(probe.message[:4000]):
        return 0
    return 5 if compared.blame is Blame.ONLY_RELEASE and probe.probe in {"liveness", "startup"} else 10
