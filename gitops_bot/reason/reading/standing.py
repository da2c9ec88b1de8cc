"""How the failing pods stand against the workload's other pods: is it the release, or is it everything?"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from itertools import chain

from msgspec import Struct

from gitops_bot.model.incident import Incident
from gitops_bot.model.resource import ResourceKey
from gitops_bot.model.signal import (
    ContainerFailing,
    Generation,
    PodBlocked,
    PodUnschedulable,
    ProbeFailing,
    Signal,
    Workload,
)

PodSignal = ContainerFailing | PodUnschedulable | ProbeFailing | PodBlocked
_FOLLOWS = timedelta(minutes=10)
_CLOCKS_DIFFER = timedelta(minutes=1)


class Blame(StrEnum):
    """Which pods fail."""

    NEW_RELEASE = "new release"
    ONLY_RELEASE = "only release"
    SOME_PODS = "some pods"
    OLD_RELEASE = "old release"
    UNKNOWN = "unknown"


class Standing(Struct, frozen=True):
    """Which pods fail, in words, how far that points at a release (0 to 100), and how many other pods are healthy."""

    blame: Blame
    words: str
    certainty: int
    healthy_others: int = 0


def pod_signals(incident: Incident) -> tuple[PodSignal, ...]:
    """Return the signals that pods give."""
    return tuple(signal for signal in incident.signals if isinstance(signal, PodSignal))


def standing(incident: Incident) -> Standing:
    """Compare the failing generation with the others.

    A newest generation that fails while an older one is healthy is all but proof against the release. Where no older
    pods are left, a release is likely when Argo CD had just delivered one. Healthy pods of the same release speak for
    another cause.
    """
    workload = incident.workload
    failing = _failing_generation(workload, pod_signals(incident)) if workload else None
    if workload is None or failing is None:
        return Standing(Blame.UNKNOWN, "how the workload's other pods fare is not known", 60)
    others = [generation for generation in workload.generations if generation is not failing]
    healthy = sum(generation.healthy_pods for generation in others)
    if failing is not workload.generations[0] and workload.generations[0].pods:
        return Standing(Blame.OLD_RELEASE, "the failing pods are of an older generation, being replaced", 30, healthy)
    if failing.healthy_pods:
        return _some(incident, failing, healthy)
    if healthy:
        pods = sum(generation.pods for generation in others)
        words = f"0 of {failing.pods} new pods are healthy, {healthy} of {pods} older pods are"
        return Standing(Blame.NEW_RELEASE, words, 95, healthy)
    if follows_delivery(incident, failing):
        words = f"0 of {failing.pods} pods are healthy, right after Argo CD delivered a change; no older pods are left"
        return Standing(Blame.ONLY_RELEASE, words, 80)
    return Standing(Blame.ONLY_RELEASE, f"0 of {failing.pods} pods are healthy and no older pods are left", 70)


def follows_delivery(incident: Incident, generation: Generation) -> bool:
    """Return whether the trouble (where its time is not known, the generation) began within minutes after a sync."""
    began = incident.since or generation.created
    synced = [deployment.deployed_at for deployment in incident.application.history if deployment.deployed_at]
    return began is not None and any(-_CLOCKS_DIFFER <= began - time <= _FOLLOWS for time in synced)


def _some(incident: Incident, failing: Generation, healthy: int) -> Standing:
    words = f"{failing.healthy_pods} of {failing.pods} pods of the same release are healthy"
    total = healthy + failing.healthy_pods
    if healthy:
        return Standing(Blame.SOME_PODS, f"{words}, and so are {healthy} older pods", 55, total)
    if _replaced_in_place(incident) and follows_delivery(incident, failing):
        # A StatefulSet or DaemonSet replaces its pods one by one and halts at the first that fails.
        return Standing(
            Blame.NEW_RELEASE, f"{failing.healthy_pods} of {failing.pods} pods are healthy still", 80, total
        )
    return Standing(Blame.SOME_PODS, words, 45, total)


def _replaced_in_place(incident: Incident) -> bool:
    return incident.workload is not None and incident.workload.key.kind in {"StatefulSet", "DaemonSet"}


def _failing_generation(workload: Workload, signals: tuple[Signal, ...]) -> Generation | None:
    """Return the newest generation with a failing pod.

    A StatefulSet's pods do not bear the name of their revision: of those, the newest with a pod that is not healthy.
    """
    named = {_generation_of(signal.resource, workload) for signal in signals}
    by_name = (item for item in workload.generations if item.name in named)
    by_health = (item for item in workload.generations if item.healthy_pods < item.pods)
    return next(chain(by_name, by_health, workload.generations), None)


def _generation_of(pod: ResourceKey, workload: Workload) -> str:
    owners = (
        item.name for item in workload.generations if pod.name == item.name or pod.name.startswith(f"{item.name}-")
    )
    return max(owners, key=len, default="")
