"""Kubernetes events → what a pod's or a controller's own status does not tell."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import UTC, datetime

from msgspec.structs import replace

from gitops_bot.clients.argocd import Event, Node
from gitops_bot.model.json import dig, text
from gitops_bot.model.resource import ResourceKey
from gitops_bot.model.signal import ContainerFailing, PodBlocked, ProbeFailing, Signal
from gitops_bot.observe.pods import Container, Pod, lacks_pull_error
from gitops_bot.observe.reading import capped, earliest

_BLOCKING = frozenset({"FailedMount", "FailedAttachVolume", "FailedMapVolume", "FailedCreatePodSandBox"})
_PROBE = re.compile(r"(Readiness|Liveness|Startup) probe (?:failed|errored)", re.IGNORECASE)
_FIELD_PATH = re.compile(r"\{(?P<name>[^{}]+)\}$")
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def event_signals(pod: Pod, signals: tuple[Signal, ...], events: tuple[Event, ...]) -> tuple[Signal, ...]:
    """Return the pod's signals, completed by its events: why an image is not pulled, failing probes, what blocks it."""
    completed = tuple(_with_pull_error(signal, events) for signal in signals)
    # Once a container could be tried, what had kept the pod from starting is past.
    blocked = () if signals else _blocked(pod, events)
    return (*completed, *_probes(pod, events), *blocked)


def creation_signals(
    application: str, controller: Node, workload: ResourceKey, events: tuple[Event, ...]
) -> tuple[Signal, ...]:
    """Return a PodBlocked where the controller's last attempt to create a pod was refused (quota, admission)."""
    refused = [event for event in events if event.reason == "FailedCreate"]
    created = [event for event in events if event.reason == "SuccessfulCreate"]
    if not refused or (created and _last(max(created, key=_last)) >= _last(max(refused, key=_last))):
        return ()
    return (
        PodBlocked(
            application=application,
            resource=controller.key,
            workload=workload,
            reason="FailedCreate",
            message=capped(max(refused, key=_last).message),
            since=earliest(*(event.first for event in refused)),
            where=f"events of {controller.kind} {controller.name}",
        ),
    )


def _with_pull_error(signal: Signal, events: tuple[Event, ...]) -> Signal:
    if not isinstance(signal, ContainerFailing) or not lacks_pull_error(signal):
        return signal
    told = [
        event
        for event in events
        if event.reason == "Failed" and "pull" in event.message and _concerns(event, signal.container)
    ]
    if not told:
        return signal
    return replace(signal, message=capped(f"{signal.message}: {max(told, key=_last).message}"))


def _probes(pod: Pod, events: tuple[Event, ...]) -> list[Signal]:
    not_ready = {container.name: container for container in pod.containers if not container.ready}
    found: dict[tuple[str, str], list[Event]] = defaultdict(list)
    for event in events:
        match = _PROBE.match(event.message)
        if event.reason != "Unhealthy" or match is None:
            continue
        name = _container(event) or (next(iter(not_ready)) if len(not_ready) == 1 else "")
        if name in not_ready:
            found[name, match[1].lower()].append(event)
    return [
        _probe(pod, not_ready[name], probe, seen)
        for (name, probe), seen in sorted(found.items())
        # A container that waits has no readiness to speak of.
        if probe != "readiness" or not_ready[name].running
    ]


def _probe(pod: Pod, container: Container, probe: str, seen: list[Event]) -> ProbeFailing:
    return ProbeFailing(
        application=pod.application,
        resource=pod.key,
        workload=pod.workload,
        container=container.name,
        probe=probe,
        message=capped(max(seen, key=_last).message),
        count=sum(event.times for event in seen),
        image=container.image,
        restarts=container.restarts,
        since=earliest(*(event.first for event in seen)),
        where=f"events of pod {pod.key.name}, container {container.name}",
    )


def _blocked(pod: Pod, events: tuple[Event, ...]) -> list[Signal]:
    if text(dig(pod.body, "status", "phase")) != "Pending":
        return []
    latest: dict[str, Event] = {}
    for event in sorted(events, key=_last):
        if event.reason in _BLOCKING:
            latest[event.reason] = event
    return [
        PodBlocked(
            application=pod.application,
            resource=pod.key,
            workload=pod.workload,
            reason=reason,
            message=capped(event.message),
            since=earliest(*(other.first for other in events if other.reason == reason)),
            where=f"events of pod {pod.key.name}",
        )
        for reason, event in sorted(latest.items())
    ]


def _concerns(event: Event, container: str) -> bool:
    return _container(event) in {"", container}


def _container(event: Event) -> str:
    match = _FIELD_PATH.search(event.involved_object.field_path)
    return match["name"] if match else ""


def _last(event: Event) -> datetime:
    return event.last or _LONG_AGO
