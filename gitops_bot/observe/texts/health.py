"""How an object is, judged from its own status as Argo CD judges it."""

from __future__ import annotations

from gitops_bot.model.json import Json, dig, mapping, sequence, text
from gitops_bot.observe.reading import number
from gitops_bot.observe.texts.board import Body

HEALTHY, PROGRESSING, DEGRADED, SUSPENDED = "Healthy", "Progressing", "Degraded", "Suspended"
_STARTING = frozenset({"", "ContainerCreating", "PodInitializing"})


def condition(body: Json, kind: str) -> dict[str, Json]:
    """Return the condition of that type, empty where there is none."""
    found = (mapping(entry) for entry in sequence(dig(body, "status", "conditions")) if dig(entry, "type") == kind)
    return next(found, {})


def pod_health(body: Body) -> str:
    """Return a pod's health."""
    phase = text(dig(body, "status", "phase"))
    if dig(body, "metadata", "deletionTimestamp"):
        return PROGRESSING
    if phase in {"Succeeded", "Failed"}:
        return HEALTHY if phase == "Succeeded" else DEGRADED
    statuses = [
        mapping(entry)
        for field in ("initContainerStatuses", "containerStatuses")
        for entry in sequence(dig(body, "status", field))
    ]
    if any(_is_stuck(status) for status in statuses):
        return DEGRADED
    own = [mapping(entry) for entry in sequence(dig(body, "status", "containerStatuses"))]
    if phase == "Running" and own and all(status.get("ready") is True for status in own):
        return HEALTHY
    return PROGRESSING


def _is_stuck(status: Body) -> bool:
    waiting = text(dig(status, "state", "waiting", "reason"))
    return waiting not in _STARTING or bool(number(dig(status, "state", "terminated", "exitCode")))


def workload_health(kind: str, body: Body, pods: int, healthy: int) -> str:
    """Return the health of what makes pods, of which `pods` are known and `healthy` of them are well."""
    if told := text(dig(body, "status", "told", "health")):
        return told
    if kind == "ReplicaSet" and condition(body, "ReplicaFailure").get("status") == "True":
        return DEGRADED
    if condition(body, "Progressing").get("status") == "False":
        return DEGRADED
    if kind in {"Job", "CronJob"}:
        return _job(body, pods, healthy)
    desired = number(dig(body, "spec", "replicas"))
    ready = dig(body, "status", "readyReplicas")
    updated = dig(body, "status", "updatedReplicas")
    if isinstance(ready, int) or desired:
        behind = kind != "ReplicaSet" and isinstance(updated, int) and updated < desired
        return PROGRESSING if max(number(ready), healthy) < desired or behind else HEALTHY
    return HEALTHY if healthy == pods else PROGRESSING


def _job(body: Body, pods: int, healthy: int) -> str:
    if condition(body, "Failed").get("status") == "True":
        return DEGRADED
    if dig(body, "spec", "suspend") is True:
        return HEALTHY
    done = condition(body, "Complete").get("status") == "True" or number(dig(body, "status", "succeeded"))
    return HEALTHY if done or healthy == pods else PROGRESSING


def object_health(kind: str, body: Body) -> str:
    """Return the health of any other object, empty where it has none."""
    if kind == "HorizontalPodAutoscaler":
        bad = any(condition(body, name).get("status") == "False" for name in ("AbleToScale", "ScalingActive"))
        return DEGRADED if bad else HEALTHY
    if kind == "PersistentVolumeClaim":
        phase = text(dig(body, "status", "phase"))
        return {"Bound": HEALTHY, "Pending": PROGRESSING, "Lost": DEGRADED}.get(phase, "")
    if kind in {"AnalysisRun", "Experiment"}:
        told = text(dig(body, "status", "told", "health")) or text(dig(body, "status", "phase"))
        return DEGRADED if told in {"Failed", "Error", DEGRADED} else HEALTHY
    ready = condition(body, "Ready")
    if kind == "Certificate" and ready:
        return HEALTHY if ready.get("status") == "True" else DEGRADED
    return ""
