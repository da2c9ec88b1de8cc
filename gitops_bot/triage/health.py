"""Health: objects that are not well and of which nothing else tells why."""

from __future__ import annotations

from collections import defaultdict

from gitops_bot.model.incident import Incident, Trouble
from gitops_bot.model.resource import ResourceKey
from gitops_bot.model.signal import Signal, Workload, WorkloadUnhealthy
from gitops_bot.triage.runtime import belongs
from gitops_bot.triage.scene import Scene

_PARTS_OF_A_ROLLOUT = frozenset({"AnalysisRun", "Experiment"})
_WELL = frozenset({"", "Healthy", "Missing"})  # what is only missing is drift, refused, or not yet delivered


def health_incidents(scene: Scene, others: tuple[Incident, ...]) -> tuple[Incident, ...]:
    """Return one incident for each unhealthy object that the `others` of the same application do not account for."""
    known = {id(signal) for incident in others for signal in incident.signals}
    unhealthy: dict[ResourceKey, list[Signal]] = defaultdict(list)
    for signal in scene.signals:
        if isinstance(signal, WorkloadUnhealthy) and id(signal) not in known and _in_trouble(signal, scene):
            unhealthy[_head(scene, signal.resource)].append(signal)
    return tuple(
        scene.incident(Trouble.HEALTH, resource, signals, _workload(scene, resource))
        for resource, signals in sorted(unhealthy.items())
        if not _accounted_for(resource, others)
    )


def _in_trouble(signal: WorkloadUnhealthy, scene: Scene) -> bool:
    """Leave out what is well and child applications, which are judged themselves."""
    if signal.resource == scene.application.key:
        return True
    if signal.resource.kind == "Application" and signal.resource.name in scene.names:
        return False
    return signal.health not in _WELL


def _head(scene: Scene, resource: ResourceKey) -> ResourceKey:
    """Return the Rollout that an analysis or experiment belongs to by its name, else the object itself."""
    if resource.kind not in _PARTS_OF_A_ROLLOUT:
        return resource
    owners = (
        key
        for key in scene.workloads
        if key.kind == "Rollout" and key.namespace == resource.namespace and resource.name.startswith(f"{key.name}-")
    )
    return max(owners, key=lambda key: len(key.name), default=resource)


def _workload(scene: Scene, resource: ResourceKey) -> Workload | None:
    """Return the workload itself, or the one that an autoscaler scales."""
    if resource in scene.workloads:
        return scene.workloads[resource]
    scaled = (item for _, item in sorted(scene.workloads.items()) if item.autoscaler == resource)
    return next(scaled, None)


def _accounted_for(resource: ResourceKey, others: tuple[Incident, ...]) -> bool:
    runtime = (incident for incident in others if incident.trouble is Trouble.RUNTIME)
    return any(belongs(resource, incident.resource, incident.workload) for incident in runtime)
