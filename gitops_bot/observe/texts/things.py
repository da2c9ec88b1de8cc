"""Nodes, Services, Ingresses, autoscalers, claims → what is wrong with them as they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec.structs import replace

from gitops_bot.model.json import dig, mapping, sequence, text
from gitops_bot.model.resource import ResourceKey
from gitops_bot.model.signal import Signal, WorkloadUnhealthy
from gitops_bot.observe.autoscalers import autoscalers
from gitops_bot.observe.reading import number
from gitops_bot.observe.texts.board import Board, Body
from gitops_bot.observe.texts.health import condition

_PRESSURES = ("DiskPressure", "MemoryPressure", "PIDPressure", "NetworkUnavailable")
_BAD_NODE_REASONS = frozenset(
    {
        "NodeNotReady",
        "NodeHasDiskPressure",
        "NodeHasInsufficientMemory",
        "NodeHasInsufficientPID",
        "SystemOOM",
        "EvictionThresholdMet",
        "KernelDeadlock",
        "ReadonlyFilesystem",
        "FreeDiskSpaceFailed",
        "InvalidDiskCapacity",
    }
)
_NODE_REASONS = _BAD_NODE_REASONS | {
    "NodeReady",
    "NodeHasNoDiskPressure",
    "NodeHasSufficientMemory",
    "NodeHasSufficientPID",
    "Starting",
}
_LOAD = re.compile(r"(\d+)%? ?(?:\([^)]{0,20}\))? ?/ ?(\d+)%?")
_PROVISIONING = frozenset({"ProvisioningFailed", "VolumeResizeFailed", "FailedBinding"})


def autoscalers_of(board: Board) -> dict[ResourceKey, ResourceKey]:
    """Return which autoscaler each workload has, as far as told."""
    found = autoscalers((), board.bodies)
    rollouts = {key.name: key for key in board.bodies if key.kind == "Rollout"}
    return {rollouts.get(key.name, key) if key.kind == "Rollout" else key: scaler for key, scaler in found.items()}


def thing_signals(board: Board, application: str, *, busy: bool) -> list[Signal]:
    """Return what objects that are no workloads show; `busy` says that pods fail, which empties a Service by itself."""
    found: list[Signal] = []
    for key, body in sorted(board.bodies.items(), key=lambda item: item[0]):
        for reason, message in _wrong(board, key, body, busy):
            found.append(
                WorkloadUnhealthy(
                    application=application,
                    resource=replace(key, kind="Service") if key.kind == "Endpoints" else key,
                    health="Degraded",
                    message=message[:4000],
                    reason=reason,
                    where=f"{key.kind} {key.name}",
                )
            )
    return [*found, *_nodes_of_events(board, application, {signal.resource.name for signal in found})]


def _nodes_of_events(board: Board, application: str, known: set[str]) -> list[Signal]:
    """Nodes that nothing but events tell of: the last word about each counts."""
    last: dict[str, tuple[str, str]] = {}
    for event in sorted(board.events, key=lambda one: one.last or board.now):
        if event.involved_object.kind == "Node" and event.reason in _NODE_REASONS:
            last[event.involved_object.name] = (event.reason, event.message)
    return [
        WorkloadUnhealthy(
            application=application,
            resource=ResourceKey("", "Node", "", name),
            health="Degraded",
            message=message,
            reason=reason,
            where=f"events of node {name}",
        )
        for name, (reason, message) in sorted(last.items())
        if name not in known and reason in _BAD_NODE_REASONS
    ]


def _wrong(board: Board, key: ResourceKey, body: Body, busy: bool) -> Iterator[tuple[str, str]]:
    if key.kind == "Node":
        yield from _node(body)
    elif key.kind in {"Service", "Endpoints"} and not busy:
        yield from _service(board, key, body)
    elif key.kind == "Ingress" and (missing := text(dig(body, "status", "missingBackend"))):
        yield "MissingBackend", missing
    elif key.kind == "HorizontalPodAutoscaler":
        yield from _autoscaler(body)
        if not any(condition(body, name) for name in ("AbleToScale", "ScalingActive")):
            yield from _no_metrics(board, key)
    elif key.kind == "PersistentVolumeClaim" and not busy:
        for event in board.events:
            about = event.involved_object
            if about.name == key.name and event.reason in _PROVISIONING and dig(body, "status", "phase") != "Bound":
                yield event.reason, event.message
                return


def _node(body: Body) -> Iterator[tuple[str, str]]:
    words = text(dig(body, "status", "phase")).split(",")
    ready = condition(body, "Ready")
    if "NotReady" in words or text(ready.get("status")) in {"False", "Unknown"}:
        yield "NodeNotReady", text(ready.get("message")) or "the node is not ready"
    for name in _PRESSURES:
        if condition(body, name).get("status") == "True":
            yield name, text(condition(body, name).get("message")) or f"the node has {name}"


def _service(board: Board, key: ResourceKey, body: Body) -> Iterator[tuple[str, str]]:
    empty = dig(body, "status", "noEndpoints") is True
    selector = mapping(dig(body, "spec", "selector"))
    labelled = [
        labels
        for one in board.bodies
        if one.kind == "Pod"
        and one.namespace == key.namespace
        and (labels := mapping(dig(board.bodies[one], "metadata", "labels")))
    ]
    if empty:
        asked = ", ".join(f"{name}={value}" for name, value in selector.items())
        near = next((", ".join(f"{name}={value}" for name, value in labels.items()) for labels in labelled), "")
        says = f"no pod has the labels {asked}" if asked else "it has no endpoints"
        yield "NoEndpoints", f"{says}; pods have {near}" if near else says


def _no_metrics(board: Board, key: ResourceKey) -> Iterator[tuple[str, str]]:
    of_it = [
        event
        for event in board.events
        if event.involved_object.name == key.name and event.involved_object.kind == key.kind
    ]
    failed = [event for event in of_it if event.reason.startswith(("FailedGet", "FailedComputeMetrics"))]
    if failed:
        yield failed[-1].reason, failed[-1].message


def _autoscaler(body: Body) -> Iterator[tuple[str, str]]:
    most, current = number(dig(body, "spec", "maxReplicas")), number(dig(body, "status", "currentReplicas"))
    limited = condition(body, "ScalingLimited")
    load = _LOAD.search(text(dig(body, "status", "targets")))
    above = load is not None and int(load[1]) > int(load[2])
    if limited.get("reason") == "TooManyReplicas" or (most and current >= most and above):
        targets = text(dig(body, "status", "targets"))
        yield "AtMaximum", f"{current} of at most {most} replicas, and it asks for more {targets}".rstrip()


def limits_of(board: Board, kind: str) -> dict[str, str]:
    """Return the limits of that resource (`cpu`, `memory`) by container, where they are told."""
    return {
        text(dig(entry, "name")): limit
        for key, body in board.bodies.items()
        if key.kind == "Pod"
        for entry in sequence(dig(body, "spec", "containers"))
        if (limit := text(dig(entry, "resources", "limits", kind)))
    }
