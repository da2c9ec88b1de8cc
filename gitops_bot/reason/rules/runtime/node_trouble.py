"""node-trouble: a node or its storage or network keeps pods from running, for reasons outside Git."""

from __future__ import annotations

from gitops_bot.model.diagnosis import Diagnosis
from gitops_bot.model.incident import Incident
from gitops_bot.model.signal import PodBlocked, WorkloadUnhealthy
from gitops_bot.reason.conclusion import escalate, escalate_if_down, leave_alone
from gitops_bot.reason.reading.containers import missing
from gitops_bot.reason.reading.pods import subject
from gitops_bot.reason.reading.standing import standing
from gitops_bot.reason.wording import one_line, quoted

_RULE = "node-trouble"
_STORAGE = frozenset({"FailedMount", "FailedAttachVolume", "FailedMapVolume", "FailedCreatePodSandBox"})
_ENDED = frozenset(
    {"Evicted", "NodeLost", "NodeShutdown", "Terminated", "Preempting", "UnexpectedAdmissionError", "NodeAffinity"}
)


def node_trouble(incident: Incident) -> Diagnosis | None:
    """Decide where a volume or a network does not come (no ConfigMap is missing), or a node is unwell or ended pods."""
    if incident.resource.kind == "Node":
        return _node(incident)
    blocked = [signal for signal in incident.signals if isinstance(signal, PodBlocked) and not missing(signal.message)]
    waiting = [signal for signal in blocked if signal.reason in _STORAGE]
    ended = [signal for signal in blocked if signal.reason in _ENDED]
    pods = subject(incident, standing(incident))
    if waiting:
        cause = f"{pods} wait for a volume or a network: {quoted(waiting[0].message)}"
        reason = "its node, storage or network does not give it; nothing in Git does that, and data may be at stake"
        return escalate_if_down(incident, _RULE, cause, reason, 75)
    if ended:
        cause = f"{pods} were ended by their node ({one_line(ended[0].reason, 60)}): {quoted(ended[0].message)}"
        reason = f"a node ended pods ({one_line(ended[0].reason, 60)}); their controller replaces them by itself"
        return leave_alone(incident, _RULE, cause, reason, 80)
    return None


def _node(incident: Incident) -> Diagnosis | None:
    said = [signal for signal in incident.signals if isinstance(signal, WorkloadUnhealthy)]
    if not said:
        return None
    cause = f"{incident.resource} is not well ({one_line(said[0].reason, 60)}): {quoted(said[0].message)}"
    return escalate(incident, _RULE, cause, "a node is repaired or replaced by people, Git has no part in it", 85)
