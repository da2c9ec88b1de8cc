"""out-of-memory: containers are killed for using more memory than their limit."""

from __future__ import annotations

from gitops_bot.model.diagnosis import Diagnosis, SetField
from gitops_bot.model.incident import Incident
from gitops_bot.model.signal import ContainerFailing, WorkloadUnhealthy
from gitops_bot.reason.conclusion import Conclusion, diagnosis, escalate
from gitops_bot.reason.reading.containers import Failure, failing
from gitops_bot.reason.reading.pods import of_a_release, others, revert, subject, template
from gitops_bot.reason.reading.quantities import raised
from gitops_bot.reason.reading.standing import Blame, Standing, standing
from gitops_bot.reason.wording import count, one_line

_RULE = "out-of-memory"


def out_of_memory(incident: Incident) -> Diagnosis | None:
    """Decide where containers end OOMKilled, or (less surely) by SIGKILL without a probe that asked for it."""
    containers = failing(incident, Failure.MEMORY)
    if not containers or not of_a_release(incident):
        return None
    compared = standing(incident)
    proven = any("OOMKilled" in {item.reason, item.last_reason} for item in containers)
    how = "are killed for want of memory (OOMKilled" if proven else "are killed from outside, mostly a sign of memory ("
    restarts = count(max(item.restarts for item in containers), "restart")
    cause = (
        f"{subject(incident, compared, (item.image for item in containers))} {how}"
        f"{', ' if proven else ''}exit code 137, {restarts}){others(incident, compared)}"
    )
    limit = next((item.memory_limit for item in containers if item.memory_limit), "")
    if limit and compared.blame is not Blame.NEW_RELEASE and not _leaks(incident):
        return _raise(incident, cause, limit, containers)
    if _leaks(incident):
        return escalate(incident, _RULE, cause, "its use of memory grows: a higher limit would only hide a leak", 80)
    if compared.blame not in {Blame.NEW_RELEASE, Blame.ONLY_RELEASE} or not _released(compared):
        if max(item.restarts for item in containers) < 2:
            return None  # once is no pattern
        reason = "no release explains it: a higher limit may hide a leak, and the present limit is not known"
        return escalate(incident, _RULE, cause, reason, min(compared.certainty, 70))
    surely = compared.certainty - (0 if proven else 15)
    return diagnosis(
        incident,
        Conclusion(rule=_RULE, cause=cause, confidence=surely, remedy=revert(incident), standing=compared),
    )


def _leaks(incident: Incident) -> bool:
    return any(isinstance(signal, WorkloadUnhealthy) and signal.reason == "MemoryRising" for signal in incident.signals)


def _raise(incident: Incident, cause: str, limit: str, containers: tuple[ContainerFailing, ...]) -> Diagnosis | None:
    """Propose a limit a fifth higher, where it is known and nothing speaks of a leak."""
    more = raised(limit)
    if not more or max(item.restarts for item in containers) < 2:
        return None
    pointer = f"{template(incident)}/spec/containers/0/resources/limits/memory"
    remedy = SetField(resource=incident.resource, pointer=pointer, value=more)
    said = f"{cause}; the limit is {one_line(limit, 20)}, and nothing shows a leak"
    return diagnosis(incident, Conclusion(rule=_RULE, cause=said, confidence=80, remedy=remedy))


def _released(compared: Standing) -> bool:
    """Return whether the failing pods came with a release: beside healthy older ones, or right after a delivery."""
    return compared.certainty >= 80
