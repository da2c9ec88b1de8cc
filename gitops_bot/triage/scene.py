"""One application with everything that was seen of it: what each part of triage works on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct

from gitops_bot.model.application import Application
from gitops_bot.model.incident import Incident, Trouble
from gitops_bot.model.resource import ResourceKey
from gitops_bot.model.signal import Generation, Signal, Workload


class Scene(Struct, frozen=True):
    """One application, its signals in order, the workloads of the whole estate, and the names of all applications."""

    application: Application
    signals: tuple[Signal, ...]
    workloads: dict[ResourceKey, Workload]
    names: frozenset[str] = frozenset()

    def incident(
        self, trouble: Trouble, resource: ResourceKey, signals: Iterable[Signal], workload: Workload | None = None
    ) -> Incident:
        """Return an incident of this application; it began with the earliest of its signals."""
        kept = tuple(signals)
        return Incident(
            application=self.application,
            trouble=trouble,
            resource=resource,
            signals=kept,
            since=beginning(kept),
            workload=workload,
        )


def ordered(signals: Iterable[Signal]) -> tuple[Signal, ...]:
    """Return the signals without repetitions, sorted by kind of signal, object and what else tells them apart."""
    distinct = {_position(signal): signal for signal in signals}
    return tuple(distinct[position] for position in sorted(distinct))


def beginning(signals: Iterable[Signal]) -> datetime | None:
    """Return the earliest time that any of the signals gives, or None."""
    return min((signal.since for signal in signals if signal.since), default=None)


def generation_of(pod: ResourceKey, workload: Workload) -> Generation | None:
    """Return the generation that a pod (or a ReplicaSet) belongs to by its name, or None where that cannot be told."""
    owners = (item for item in workload.generations if pod.name == item.name or pod.name.startswith(f"{item.name}-"))
    return max(owners, key=lambda item: len(item.name), default=None)


def _position(signal: Signal) -> tuple[str, ResourceKey, str]:
    return type(signal).__name__, signal.resource, repr(signal)
