"""release-regression: errors or latency rose, and a release came just before."""

from __future__ import annotations

import re
from datetime import timedelta

from gitops_bot.model.diagnosis import Diagnosis, RevertRelease
from gitops_bot.model.incident import Incident
from gitops_bot.model.signal import WorkloadUnhealthy
from gitops_bot.reason.conclusion import Conclusion, diagnosis, escalate
from gitops_bot.reason.reading.words import LOG_ERRORS, REPORTED, Meaning, meaning
from gitops_bot.reason.wording import quoted

_RULE = "release-regression"
_SYMPTOM = re.compile(
    r"\b5\d\d\b|\b5xx\b|(?:error|failure) ?(?:rate|ratio|budget)|errorrate|latency|\bp9[059]\b|slo\b|burn rate"
    r"|regress|slow",
    re.IGNORECASE,
)
_SHORTLY = timedelta(hours=1)


def release_regression(incident: Incident) -> Diagnosis | None:
    """Decide where alerts or people report errors or slowness; without a release before it nobody knows the cause."""
    said = [signal.message for signal in incident.signals if isinstance(signal, WorkloadUnhealthy) and _worse(signal)]
    if not said:
        return None
    cause = f"{incident.resource} answers worse than before: {quoted(said[0])}"
    if not _released(incident):
        reason = "no release explains it, and what else changed is not told"
        return escalate(incident, _RULE, cause, reason, 75)
    remedy = RevertRelease(resource=incident.resource, fields=("/spec/template",))
    said_more = f"{cause}; a release came just before"
    return diagnosis(incident, Conclusion(rule=_RULE, cause=said_more, confidence=80, remedy=remedy))


def _worse(signal: WorkloadUnhealthy) -> bool:
    """Return whether errors or slowness are reported, or a running program logs errors that are its own."""
    if signal.reason == LOG_ERRORS:
        return meaning(signal.message[-8000:].splitlines())[0] in {None, Meaning.OWN}
    return signal.reason == REPORTED and _SYMPTOM.search(signal.message[:4000]) is not None


def _released(incident: Incident) -> bool:
    times = [entry.deployed_at for entry in incident.application.history if entry.deployed_at]
    return incident.since is not None and any(timedelta() <= incident.since - time <= _SHORTLY for time in times)
