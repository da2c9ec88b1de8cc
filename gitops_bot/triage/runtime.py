"""Runtime trouble: pods that crash, cannot start, cannot be scheduled or fail their probes, one incident a workload."""

from __future__ import annotations

from collections import defaultdict

from msgspec.structs import replace

from gitops_bot.model.incident import Incident, Trouble
from gitops_bot.model.resource import ResourceKey
from gitops_bot.model.signal import (
    ContainerFailing,
    PodBlocked,
    PodUnschedulable,
    ProbeFailing,
    Signal,
    Workload,
    WorkloadUnhealthy,
)
from gitops_bot.triage.scene import Scene, generation_of

PodSignal = ContainerFailing | PodUnschedulable | ProbeFailing | PodBlocked


def runtime_incidents(scene: Scene) -> tuple[Incident, ...]:
    """Return one incident for each workload with failing pods, its own health and its autoscaler's as evidence."""
    failing: dict[ResourceKey, list[PodSignal]] = defaultdict(list)
    for signal in scene.signals:
        if isinstance(signal, PodSignal):
            failing[signal.workload].append(signal)
    return tuple(_incident(scene, key, failing[key]) for key in sorted(failing))


def consequences(scene: Scene, key: ResourceKey, workload: Workload | None) -> tuple[Signal, ...]:
    """Return what is said of a workload and its autoscaler as such: evidence, no trouble of its own."""
    return tuple(
        signal
        for signal in scene.signals
        if isinstance(signal, WorkloadUnhealthy) and belongs(signal.resource, key, workload)
    )


def belongs(resource: ResourceKey, key: ResourceKey, workload: Workload | None) -> bool:
    """Return whether an object is the workload `key` or its autoscaler."""
    return resource == key or (workload is not None and resource == workload.autoscaler)


def _incident(scene: Scene, key: ResourceKey, signals: list[PodSignal]) -> Incident:
    workload = scene.workloads.get(key)
    kept = _newest(signals, workload)
    pods = {signal.resource for signal in signals}
    said = [signal for signal in consequences(scene, key, workload) if signal.resource not in pods]
    incident = scene.incident(Trouble.RUNTIME, key, kept, workload)
    return replace(incident, signals=(*kept, *said))


def _newest(signals: list[PodSignal], workload: Workload | None) -> list[PodSignal]:
    """Leave out pods of older generations where the newest has failing pods too: they are what is being replaced."""
    if workload is None or not workload.generations:
        return signals
    newest = workload.generations[0]
    kept = [signal for signal in signals if generation_of(signal.resource, workload) in {None, newest}]
    return kept or signals
