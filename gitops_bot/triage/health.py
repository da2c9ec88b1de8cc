"""Health: objects that are not well and of which nothing else tells why."""

from __future__ import annotations

from gitops_bot.model.incident import Incident, Trouble
from gitops_bot.model.resource import ResourceKey
from gitops_bot.model.signal import Signal, Workload, WorkloadUnhealthy
from gitops_bot.triage.runtime import belongs
from gitops_bot.triage.scene import WORKLOAD_KINDS, Scene, generation_of

_WELL = frozenset({"", "Healthy"})


def health_incidents(scene: Scene, others: tuple[Incident, ...]) -> tuple[Incident, ...]:
    """Return one incident for each unhealthy object that the `others` of the same application do not account for."""
    known = {id(signal) for incident in others for signal in incident.signals}
    unhealthy = [
        signal
        for signal in scene.signals
        if isinstance(signal, WorkloadUnhealthy) and id(signal) not in known and _in_trouble(signal, scene)
    ]
    heads = {_head(scene, signal.resource) for signal in unhealthy}
    incidents = []
    for head in sorted(heads):
        signals: list[Signal] = [signal for signal in unhealthy if _head(scene, signal.resource) == head]
        if not _accounted_for(head, others):
            incidents.append(scene.incident(Trouble.HEALTH, head, signals, _workload(scene, head)))
    return tuple(incidents)


def _in_trouble(signal: WorkloadUnhealthy, scene: Scene) -> bool:
    """Leave out what is under way, what is only not there yet, and child applications: those are judged themselves."""
    if signal.health in _WELL or signal.health == "Missing":
        return False
    if signal.health == "Progressing" and signal.resource.kind in WORKLOAD_KINDS:
        return False
    return not (signal.resource.kind == "Application" and signal.resource.name in scene.names)


def _head(scene: Scene, resource: ResourceKey) -> ResourceKey:
    """Return the workload that an unhealthy ReplicaSet or pod is part of, else the object itself."""
    if resource.kind in {"ReplicaSet", "Pod"}:
        for key, workload in sorted(scene.workloads.items()):
            if key.namespace == resource.namespace and generation_of(resource, workload):
                return key
    return resource


def _workload(scene: Scene, resource: ResourceKey) -> Workload | None:
    """Return the workload itself, or the one that an autoscaler scales."""
    if resource in scene.workloads:
        return scene.workloads[resource]
    scaled = (item for _, item in sorted(scene.workloads.items()) if item.autoscaler == resource)
    return next(scaled, None)


def _accounted_for(resource: ResourceKey, others: tuple[Incident, ...]) -> bool:
    runtime = (incident for incident in others if incident.trouble is Trouble.RUNTIME)
    return any(belongs(resource, incident.resource, incident.workload) for incident in runtime)
