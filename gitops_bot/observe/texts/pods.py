"""Pods that are not well → what their containers, conditions, events and logs say."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec.structs import replace

from gitops_bot.clients.argocd import Event, Node
from gitops_bot.model.json import Json, dig, mapping, sequence, text
from gitops_bot.model.resource import ResourceKey
from gitops_bot.model.signal import ContainerFailing, ProbeFailing, Signal
from gitops_bot.observe.events import creation_signals, event_signals
from gitops_bot.observe.pods import needs_events, pod_signals, read_pod
from gitops_bot.observe.reading import number
from gitops_bot.observe.texts.board import Board, Body, Log
from gitops_bot.observe.texts.sayings.logs import complaints, last_words, warnings
from gitops_bot.observe.tree import MOST_PODS, Tree

_KEPT = 8_000
_MAKERS = frozenset({"ReplicaSet", "StatefulSet", "DaemonSet", "Job"})
_OFTEN = 3
_STARTS_WITHIN = timedelta(minutes=2)
_UNREADY_FOR_LONG = timedelta(minutes=4)
_RECENTLY = timedelta(minutes=15)


def pods_signals(
    board: Board, application: str, tree: Tree, events: dict[ResourceKey, tuple[Event, ...]]
) -> list[Signal]:
    """Return what pods that are not well show, each with the log that is its own."""
    found: list[Signal] = []
    nodes = [node for node in tree.nodes if node.kind == "Pod" and node.key in board.bodies]
    unhealthy = {node.key for node in tree.unhealthy_pods()}
    for node in nodes[: MOST_PODS * 4]:
        body = _flapping(board, board.bodies[node.key])
        if node.key in unhealthy or body is not board.bodies[node.key]:
            found += _pod(board, application, node, tree.workload(node).key, body, events.get(node.key, ()))
    for node in tree.nodes:
        if node.kind in _MAKERS:
            found += creation_signals(application, node, tree.workload(node).key, events.get(node.key, ()))
    return found


def _pod(
    board: Board, application: str, node: Node, workload: ResourceKey, body: Body, events: tuple[Event, ...]
) -> list[Signal]:
    pod = read_pod(application, node, workload, body)
    signals = pod_signals(pod)
    open_ended = any(isinstance(signal, ContainerFailing) and signal.exit_code is None for signal in signals)
    if (needs_events(signals) or open_ended) and not dig(body, "metadata", "deletionTimestamp"):
        signals = event_signals(pod, signals, _settled(events, node.created_at, board.now))
    if not signals:
        signals = _unready(board, node, workload, body, application)
    log = log_of(board, node.key)
    return [_with_log(_limited(signal, body), log) for signal in signals]


def _settled(events: tuple[Event, ...], created: datetime | None, now: datetime) -> tuple[Event, ...]:
    """A table of events does not count them: a probe that fails long after the container started has failed often."""
    begun = min((event.first for event in events if event.first), default=created) or created
    begun = min(begun, created) if begun and created else begun
    long = begun is not None and now - begun >= _STARTS_WITHIN
    return tuple(
        replace(event, count=_OFTEN)
        if event.reason == "Unhealthy" and long and event.last and now - event.last < _RECENTLY and event.times < _OFTEN
        else event
        for event in events
    )


def _with_log(signal: Signal, log: str) -> Signal:
    if isinstance(signal, ContainerFailing) and log:
        return replace(signal, log=log[-_KEPT:])
    if isinstance(signal, ProbeFailing) and log and (said := warnings(log) or log[-600:]):
        return replace(signal, message=f"{signal.message}; the log says: {said[-1500:]}"[:4000])
    return signal


def log_of(board: Board, pod: ResourceKey) -> str:
    """Return the log that is said to be the pod's, else the one that nobody is named for."""
    pods = [key for key in board.bodies if key.kind == "Pod"]
    # A name that is no pod's is only what the evidence is called.
    own = [log for log in board.logs if _is_of(log, pod) or not any(_is_of(log, other) for other in pods)]
    return "\n".join(log.text for log in own)


def _is_of(log: Log, pod: ResourceKey) -> bool:
    return not log.pod or log.pod == pod.name or pod.name.startswith(f"{log.pod}-")


def _limited(signal: Signal, body: Body) -> Signal:
    """Add the memory limit of the container, where it is told."""
    if not isinstance(signal, ContainerFailing):
        return signal
    declared = [mapping(entry) for entry in sequence(dig(body, "spec", "containers"))]
    fitting = [entry for entry in declared if entry.get("name") == signal.container] or declared[:1]
    limit = text(dig(fitting[0], "resources", "limits", "memory")) if fitting else ""
    return replace(signal, memory_limit=limit) if limit else signal


def _flapping(board: Board, body: Body) -> Body:
    """Show a container that runs just now between two ends as one that is not ready."""
    status = mapping(body.get("status"))
    entries = [mapping(entry) for entry in sequence(status.get("containerStatuses"))]
    changed: list[Json] = []
    for entry in entries:
        often = number(entry.get("restartCount")) >= _OFTEN
        killed = dig(entry, "lastState", "terminated", "reason") == "OOMKilled"
        changed.append({**entry, "ready": False} if often and killed and entry.get("ready") is True else entry)
    if changed == entries or dig(body, "metadata", "deletionTimestamp"):
        return board.bodies.get(_key(body), body)
    return {**body, "status": {**status, "containerStatuses": changed}}


def _key(body: Body) -> ResourceKey:
    metadata = mapping(body.get("metadata"))
    return ResourceKey("", "Pod", text(metadata.get("namespace")), text(metadata.get("name")))


def _unready(board: Board, node: Node, workload: ResourceKey, body: Body, application: str) -> tuple[Signal, ...]:
    """A pod that runs for long and is not ready fails its readiness probe, also where no event is left of that."""
    running = text(dig(body, "status", "phase")) == "Running"
    age = board.now - node.created_at if node.created_at else timedelta()
    entries = [mapping(entry) for entry in sequence(dig(body, "status", "containerStatuses"))]
    unready = [
        entry for entry in entries if entry.get("ready") is not True and "running" in mapping(entry.get("state"))
    ]
    if not running or not unready or age < _UNREADY_FOR_LONG or dig(body, "metadata", "deletionTimestamp"):
        return ()
    return (
        ProbeFailing(
            application=application,
            resource=node.key,
            workload=workload,
            container=text(unready[0].get("name")),
            probe="readiness",
            message="it runs and is not ready",
            count=_OFTEN,
            since=node.created_at,
            where=f"pod {node.name}",
        ),
    )


def ended_log(board: Board) -> str:
    """Return the last words of a log that ends in an error, or the complaints of one that goes on."""
    for log in board.logs:
        if words := last_words(log.text):
            return words
    return ""


def complaining_log(board: Board) -> str:
    """Return the errors that logs still end with."""
    return "\n".join(filter(None, (complaints(log.text) for log in board.logs)))[-3000:]
