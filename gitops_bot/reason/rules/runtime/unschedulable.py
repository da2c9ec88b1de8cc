"""unschedulable: no node takes the pods."""

from __future__ import annotations

import re
from itertools import product
from typing import TypeGuard

from gitops_bot.model.diagnosis import Diagnosis
from gitops_bot.model.incident import Incident
from gitops_bot.model.signal import PodBlocked, PodUnschedulable, Signal
from gitops_bot.reason.conclusion import Conclusion, diagnosis, escalate_if_down, leave_alone
from gitops_bot.reason.reading.pods import of_a_release, others, pods, revert, subject, template
from gitops_bot.reason.reading.standing import Blame, Standing, standing
from gitops_bot.reason.wording import listed, one_line, quoted

_RULE = "unschedulable"
_INSUFFICIENT = re.compile(r"Insufficient ([\w./-]{1,253})", re.IGNORECASE)
_PLACEMENT = {
    "nodeSelector": re.compile(r"node affinity|node selector|didn't match Pod's node", re.IGNORECASE),
    "affinity": re.compile(r"(?:anti-)?affinity", re.IGNORECASE),
    "tolerations": re.compile(r"untolerated taint|had taint", re.IGNORECASE),
    "topologySpreadConstraints": re.compile(r"topology spread", re.IGNORECASE),
    "schedulerName": re.compile(r"scheduler", re.IGNORECASE),
    "volumes": re.compile(r"persistentvolumeclaim|unbound immediate|volume node affinity", re.IGNORECASE),
    "containers": re.compile(r"free ports", re.IGNORECASE),
}
_FEWEST_CONTAINERS = 4  # pointers for containers that are not there do no harm


def unschedulable(incident: Incident) -> Diagnosis | None:
    """Decide whether the pods ask for what no node has, or whether the cluster is full.

    Pods of a new release that find no node while older ones run speak for the request; more pods of a release that
    already runs speak for the cluster.
    """
    waiting = [signal for signal in incident.signals if _finds_no_node(signal)]
    if not waiting or not of_a_release(incident):
        return None
    compared = standing(incident)
    message = waiting[0].message
    short = listed(dict.fromkeys(found.rstrip(".")[:60] for found in _INSUFFICIENT.findall(message[:4000])))
    why = f"no node has enough {one_line(short)}" if short else "no node takes them"
    cause = f"{subject(incident, compared)} cannot be scheduled: {why}: {quoted(message)}{others(incident, compared)}"
    if compared.blame in {Blame.SOME_PODS, Blame.OLD_RELEASE}:
        return _full(incident, cause, pods(waiting))
    fields = suspects(incident, message)
    surely = _certainty(compared, bool(short))
    return diagnosis(
        incident,
        Conclusion(rule=_RULE, cause=cause, confidence=surely, remedy=revert(incident, *fields), standing=compared),
    )


def _finds_no_node(signal: Signal) -> TypeGuard[PodUnschedulable | PodBlocked]:
    claim = isinstance(signal, PodBlocked) and signal.reason.startswith("PersistentVolumeClaim")
    return claim or isinstance(signal, PodUnschedulable)


def suspects(incident: Incident, message: str) -> tuple[str, ...]:
    """Return the fields of the pod template that the scheduler speaks of; all of its spec where it names none."""
    pod = f"{template(incident)}/spec"
    text = message[:4000]
    fields: list[str] = []
    if _INSUFFICIENT.search(text):
        newest = incident.workload.generations[0] if incident.workload and incident.workload.generations else None
        most = max(_FEWEST_CONTAINERS, len(newest.images) if newest else 0)
        kinds = ("containers", "initContainers")
        fields += [f"{pod}/{kind}/{index}/resources" for kind, index in product(kinds, range(most))]
        fields.append(f"{pod}/resources")
    fields += [f"{pod}/{field}" for field, pattern in _PLACEMENT.items() if pattern.search(text)]
    if f"{pod}/volumes" in fields:
        fields.append("/spec/volumeClaimTemplates")
    return tuple(fields) or (pod,)


def _full(incident: Incident, cause: str, how_many: str) -> Diagnosis:
    """Other pods of the same release found a node: the cluster has no room for more of them."""
    reason = f"the same pods run elsewhere, so the request fits a node: the cluster has no room for {how_many} more"
    if incident.workload and incident.workload.autoscaler:
        reason = f"{reason}, which its autoscaler asked for"
        return leave_alone(incident, _RULE, cause, reason, 70)
    return escalate_if_down(incident, _RULE, cause, reason, 70)


def _certainty(compared: Standing, insufficient: bool) -> int:
    if compared.blame is Blame.NEW_RELEASE:
        return 85 if insufficient else 80
    return compared.certainty - 5
