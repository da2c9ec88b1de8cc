"""canary-failing: a canary's or blue-green release's new pods fail while the stable ones are healthy."""

from __future__ import annotations

from msgspec.structs import replace

from gitops_bot.model.diagnosis import Diagnosis, RevertRelease
from gitops_bot.model.incident import Incident
from gitops_bot.model.signal import Strategy
from gitops_bot.reason.reading.standing import Blame, standing
from gitops_bot.reason.rules.runtime.image_not_found import image_not_found
from gitops_bot.reason.rules.runtime.missing_configuration import missing_configuration
from gitops_bot.reason.rules.runtime.out_of_memory import out_of_memory
from gitops_bot.reason.rules.runtime.probe_failing import probe_failing
from gitops_bot.reason.rules.runtime.release_crash import release_crash
from gitops_bot.reason.rules.runtime.unschedulable import unschedulable

# What a container's own state proves; a probe or a scheduler may fail for reasons outside the release.
_CLEAR = (image_not_found, missing_configuration, out_of_memory, release_crash)
_UNCLEAR = (probe_failing, unschedulable)
_SURE = 75


def canary_failing(incident: Incident) -> Diagnosis | None:
    """Decide where one of the rules about pods blames the release and the stable pods prove it.

    A container error is a clear signal; failing probes and missing nodes are none.
    """
    workload = incident.workload
    if workload is None or workload.strategy is Strategy.ROLLING:
        return None
    if standing(incident).blame is not Blame.NEW_RELEASE:
        return None
    for rule in (*_CLEAR, *_UNCLEAR):
        found = rule(incident)
        if found and isinstance(found.remedy, RevertRelease):
            clear = rule in _CLEAR and found.confidence >= _SURE
            return replace(found, rule="canary-failing", cause_class="canary-failing", clear_signal=clear)
    return None
