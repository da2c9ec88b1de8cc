"""Delivery trouble: Git that cannot be rendered, and objects that the cluster refuses."""

from __future__ import annotations

import re
from collections import defaultdict

from gitops_bot.model.incident import Incident, Trouble
from gitops_bot.model.signal import RenderFailing, Signal, SyncRefused, WorkloadUnhealthy
from gitops_bot.triage.scene import Scene

_COMPARED = 2000  # characters of a message that tell one cause from another
_ACCIDENTAL = re.compile(r"0x[0-9a-f]{1,16}|\d{1,20}")


def render_incidents(scene: Scene) -> tuple[Incident, ...]:
    """Return one incident for all render failures of the application; the Application itself is at fault."""
    failing = [signal for signal in scene.signals if isinstance(signal, RenderFailing)]
    return (scene.incident(Trouble.RENDER, scene.application.key, failing),) if failing else ()


def sync_incidents(scene: Scene) -> tuple[Incident, ...]:
    """Return one incident for each cause for which objects are refused; the first refused object stands for the others.

    Refused objects that are therefore missing or unhealthy bring that along as evidence.
    """
    causes: dict[str, list[SyncRefused]] = defaultdict(list)
    for signal in scene.signals:
        if isinstance(signal, SyncRefused):
            causes[cause(signal)].append(signal)
    return tuple(_incident(scene, refused) for refused in causes.values())


def cause(signal: SyncRefused) -> str:
    """Return the message without what names this one object, so that two objects refused for one cause read alike."""
    message = signal.message[:_COMPARED].lower()
    for own in (signal.resource.name, signal.resource.kind):
        if own:
            message = message.replace(own.lower(), "*")
    return _ACCIDENTAL.sub("#", message)


def _incident(scene: Scene, refused: list[SyncRefused]) -> Incident:
    objects = {signal.resource for signal in refused}
    absent: list[Signal] = [
        signal
        for signal in scene.signals
        if isinstance(signal, WorkloadUnhealthy) and signal.resource in objects and signal.health == "Missing"
    ]
    return scene.incident(Trouble.SYNC, min(objects), (*refused, *absent))
