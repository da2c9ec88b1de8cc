"""Correlate an estate's signals into incidents by application and cause, and say what was left alone and why."""

from __future__ import annotations

from collections import defaultdict

from msgspec.structs import replace

from gitops_bot.model.incident import Estate, Incident, Skipped, Trouble
from gitops_bot.model.signal import Signal
from gitops_bot.triage.delivery import render_incidents, sync_incidents
from gitops_bot.triage.drift import drift_incidents
from gitops_bot.triage.health import health_incidents
from gitops_bot.triage.remainder import remainder
from gitops_bot.triage.runtime import runtime_incidents
from gitops_bot.triage.scene import Scene, ordered

TROUBLES = (Trouble.RENDER, Trouble.SYNC, Trouble.RUNTIME, Trouble.DRIFT, Trouble.HEALTH)


def triage(estate: Estate) -> tuple[tuple[Incident, ...], tuple[Skipped, ...]]:
    """Return the incidents, and one `Skipped` for each application that is not well and yet has no incident.

    Both are sorted (application, then kind of trouble, then object), so that the same estate always reads the same.
    Applications that are healthy and synced appear in neither, and those that could not be read only in
    `estate.unread`. Causes mask their consequences: where rendering fails, sync, drift and health cannot be judged;
    where a sync is refused, what differs was not delivered and has not drifted.
    """
    signals: dict[str, list[Signal]] = defaultdict(list)
    for signal in estate.signals:
        signals[signal.application].append(signal)
    workloads = {workload.key: workload for workload in estate.workloads}
    unread = {skipped.application for skipped in estate.unread}
    names = frozenset(application.key.name for application in estate.applications)
    incidents: list[Incident] = []
    skipped: list[Skipped] = []
    for application in sorted(estate.applications, key=lambda application: application.key):
        scene = Scene(application, ordered(signals.pop(application.name, ())), workloads, names)
        found = correlate(scene)
        incidents.extend(found)
        if not found and application.name not in unread and (left := remainder(scene)):
            skipped.append(left)
    skipped.extend(_gone(name) for name in sorted(signals) if name not in unread)
    return tuple(incidents), tuple(skipped)


def correlate(scene: Scene) -> tuple[Incident, ...]:
    """Return one application's incidents, causes before consequences."""
    render = render_incidents(scene)
    sync = () if render else sync_incidents(scene)
    drift = () if render or sync else drift_incidents(scene)
    explained = {id(signal) for incident in (*sync, *drift) for signal in incident.signals}
    rest = replace(scene, signals=tuple(signal for signal in scene.signals if id(signal) not in explained))
    runtime = runtime_incidents(rest)
    health = () if render else health_incidents(rest, (*runtime, *sync, *drift))
    incidents = (*render, *sync, *runtime, *drift, *health)
    return tuple(sorted(incidents, key=lambda incident: (TROUBLES.index(incident.trouble), incident.resource)))


def _gone(name: str) -> Skipped:
    return Skipped(application=name, reason="it disappeared from Argo CD's list while it was being read", problem=True)
