"""job-failing: the pods of a Job fail, or the Job has used up its tries."""

from __future__ import annotations

import re

from gitops_bot.model.diagnosis import Diagnosis
from gitops_bot.model.incident import Incident
from gitops_bot.model.signal import ContainerFailing, WorkloadUnhealthy
from gitops_bot.reason.conclusion import escalate, leave_alone
from gitops_bot.reason.reading.containers import Failure, failing
from gitops_bot.reason.wording import one_line, quoted

_RULE = "job-failing"
_OF_CRONJOB = re.compile(r"-\d{8,12}$")  # a CronJob names its Jobs by the minute that they were due


def job_failing(incident: Incident) -> Diagnosis | None:
    """Decide about Jobs: one run of a CronJob is history, and what another Job did cannot be taken back by Git."""
    if incident.resource.kind not in {"Job", "CronJob"}:
        return None
    if incident.resource.kind == "CronJob" and failing(incident, Failure.IMAGE, Failure.CONFIGURATION):
        return None  # nothing has run, and a corrected CronJob starts its next run anew
    cause = f"{incident.resource} fails{_said(incident)}"
    if incident.resource.kind == "CronJob" or _OF_CRONJOB.search(incident.resource.name):
        reason = f"a run of a CronJob failed ({incident.resource}); the next run is due by itself"
        return leave_alone(incident, _RULE, cause, reason, 80)
    reason = "what a Job has done, to data too, is not taken back by a change in Git"
    return escalate(incident, _RULE, cause, reason, 80)


def _said(incident: Incident) -> str:
    for signal in incident.signals:
        if isinstance(signal, ContainerFailing):
            said = signal.last_message or signal.message
            ended = f"exit code {signal.exit_code}" if signal.exit_code is not None else one_line(signal.reason, 60)
            return f": {quoted(said)} ({ended})" if said else f" ({ended})"
        if isinstance(signal, WorkloadUnhealthy) and signal.message:
            return f": {quoted(signal.message)}"
    return ""
