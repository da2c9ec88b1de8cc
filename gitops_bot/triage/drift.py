"""Drift: live objects that differ from Git although they were delivered."""

from __future__ import annotations

from collections import defaultdict

from gitops_bot.model.incident import Incident, Trouble
from gitops_bot.model.resource import ResourceKey
from gitops_bot.model.signal import (
    ContainerFailing,
    FieldDrifted,
    ObjectMissing,
    ObjectSuperfluous,
    PodBlocked,
    PodUnschedulable,
    ProbeFailing,
    Signal,
    WorkloadUnhealthy,
)
from gitops_bot.triage.scene import Scene

# Argo CD's own field managers: what they set last came from Git, so Git moved and nobody's hand did.
_DELIVERED_BY = "argocd"


def drift_incidents(scene: Scene) -> tuple[Incident, ...]:
    """Return one incident for all that was changed or deleted, one for each object whose fields an autoscaler owns, and
    one for all objects that Git no longer declares.

    Trouble that a change by hand caused (a spec that its controller refuses, pods that fail after their template was
    edited) comes along as evidence. One changed object stands for itself; of several the Application is at fault.
    """
    scaled: dict[ResourceKey, list[Signal]] = defaultdict(list)
    changed: list[Signal] = []
    leftover: list[Signal] = []
    for signal in scene.signals:
        if isinstance(signal, FieldDrifted) and signal.autoscaler:
            scaled[signal.resource].append(signal)
        elif isinstance(signal, FieldDrifted | ObjectMissing):
            changed.append(signal)
        elif isinstance(signal, ObjectSuperfluous):
            leftover.append(signal)
    incidents = [_incident(scene, signals) for signals in scaled.values()]
    if changed:
        incidents.append(_incident(scene, [*changed, *_caused(scene, changed)], changed))
    if leftover:
        incidents.append(_incident(scene, leftover))
    return tuple(incidents)


def _incident(scene: Scene, signals: list[Signal], causes: list[Signal] | None = None) -> Incident:
    objects = {signal.resource for signal in causes or signals}
    resource = min(objects) if len(objects) == 1 else scene.application.key
    return scene.incident(Trouble.DRIFT, resource, signals, scene.workloads.get(resource))


def _caused(scene: Scene, changed: list[Signal]) -> list[Signal]:
    missing = {signal.resource for signal in changed if isinstance(signal, ObjectMissing)}
    edited = {signal.resource for signal in changed if _by_hand(signal, "/spec")}
    templates = {signal.resource for signal in changed if _by_hand(signal, "/spec/template")}
    return [
        signal
        for signal in scene.signals
        if (isinstance(signal, WorkloadUnhealthy) and _refused_edit(signal, missing, edited))
        or (
            isinstance(signal, ContainerFailing | PodUnschedulable | ProbeFailing | PodBlocked)
            and signal.workload in templates
        )
    ]


def _by_hand(signal: Signal, prefix: str) -> bool:
    return (
        isinstance(signal, FieldDrifted)
        and signal.pointer.startswith(prefix)
        and not signal.manager.startswith(_DELIVERED_BY)
    )


def _refused_edit(signal: WorkloadUnhealthy, missing: set[ResourceKey], edited: set[ResourceKey]) -> bool:
    if signal.resource in missing:
        return signal.health == "Missing"
    return signal.resource in edited and "InvalidSpec" in f"{signal.reason} {signal.message}"
