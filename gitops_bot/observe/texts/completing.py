"""What events add to pods: why one waits, and pods that nothing but events speak of."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import timedelta

from msgspec.structs import replace

from gitops_bot.clients.argocd import Event
from gitops_bot.model.json import Json, dig, mapping, sequence, text
from gitops_bot.model.resource import ResourceKey
from gitops_bot.observe.reading import number
from gitops_bot.observe.texts.board import Board, Body, merged
from gitops_bot.observe.texts.formats.events import span
from gitops_bot.observe.texts.health import HEALTHY, pod_health
from gitops_bot.observe.texts.lines.quantities import stamp
from gitops_bot.observe.texts.naming import key_of

_CONFIGURATION = re.compile(
    r"^Error: (?:couldn't find key|(?:configmap|secret) \"|.{0,200}(?:non-existent|has no key))", re.IGNORECASE
)
_START = re.compile(
    r"^Error: .{0,80}(?:failed to (?:create|start)|OCI runtime|runc|cannot run"
    r"|context deadline)",
    re.IGNORECASE,
)
_PODS_OF = re.compile(r"pods \"([a-z0-9][a-z0-9.-]{1,252})\" is forbidden")
_ASSIGNED = re.compile(r"Successfully assigned [a-z0-9-]{1,63}/([a-z0-9.-]{1,253}) to ")
_CRASH = re.compile(r"[Bb]ack-off.{0,40}restarting failed|CrashLoopBackOff")
_IMAGE = re.compile(r"image \"?([^\s\"]{1,300})\"?")
_MOUNTS = frozenset({"FailedMount", "FailedAttachVolume", "FailedMapVolume", "FailedCreatePodSandBox"})
_MAKERS = frozenset({"ReplicaSet", "StatefulSet", "DaemonSet", "Job"})
_REFUSED = frozenset({"FailedCreate"})
_PAST = timedelta(minutes=15)
_CLOSE = timedelta(seconds=5)


def _adopted(event: Event, pod: ResourceKey | None) -> Event:
    """Return the event with the object that it must be about, where it names none: `pod` is the one that is unwell."""
    about = event.involved_object
    if about.name:
        return event
    if event.reason == "FailedCreate" and (found := _PODS_OF.search(event.message)):
        owner = re.sub(r"-[a-z0-9]{5}$", "", found[1]) if not found[1].endswith("-") else found[1].rstrip("-")
        return replace(event, involved_object=replace(about, kind="ReplicaSet", name=owner))
    if about.kind != "Pod":
        return event
    pod = pod or ResourceKey("", "Pod", about.namespace, "unknown")
    return replace(event, involved_object=replace(about, namespace=pod.namespace, name=pod.name))


def complete(board: Board) -> dict[ResourceKey, tuple[Event, ...]]:
    """Fill in what pods' events tell of them, and return all events by object."""
    _name_the_nameless(board)
    by_object: dict[ResourceKey, list[Event]] = defaultdict(list)
    pods = [key for key in board.bodies if key.kind == "Pod" and key.name]
    pod = next((key for key in pods if pod_health(board.bodies[key]) != HEALTHY), next(iter(pods), None))
    board.events = [_adopted(event, pod) for event in board.events]
    for event in board.events:
        about = event.involved_object
        by_object[board.placed(key_of(about.kind, about.namespace, about.name))].append(event)
    for key, events in by_object.items():
        if key.kind in _MAKERS and key not in board.bodies and any(e.reason in _REFUSED for e in events):
            board.note(key, {"metadata": {"name": key.name, "namespace": key.namespace}})
        if key.kind == "Job" and (
            failed := _latest(events, "BackoffLimitExceeded") or _latest(events, "DeadlineExceeded")
        ):
            failure: Json = {"type": "Failed", "status": "True", "reason": failed.reason, "message": failed.message}
            board.note(key, {"metadata": {"name": key.name}, "status": {"conditions": [failure]}})
        if key.kind == "Pod" and key.name:
            known = board.bodies.get(key)
            if known and (first := min((event.first for event in events if event.first), default=None)):
                known = board.bodies[key] = merged(known, {"metadata": {"creationTimestamp": stamp(first)}})
            told = _told(board, key, events, known)
            if told:
                board.bodies[key] = told
    return {key: tuple(events) for key, events in by_object.items()}


def _name_the_nameless(board: Board) -> None:
    """A describe output whose beginning is missing belongs to the pod that its events name, or the only one."""
    nameless = next((key for key in board.bodies if key.kind == "Pod" and not key.name), None)
    if nameless is None:
        return
    named = [
        event.involved_object.name
        for event in board.events
        if event.involved_object.name and event.involved_object.kind == "Pod"
    ]
    named += [found[1] for event in board.events if (found := _ASSIGNED.search(event.message))]
    others = [key.name for key in board.bodies if key.kind == "Pod" and key.name]
    name = next(iter([*others, *named]), "unknown")
    body = board.bodies.pop(nameless)
    key = ResourceKey("", "Pod", nameless.namespace, name)
    target = next((one for one in board.bodies if one.kind == "Pod" and one.name == name), key)
    board.bodies[target] = merged(body, board.bodies.get(target, {}))


def _told(board: Board, key: ResourceKey, events: list[Event], known: Body | None) -> Body | None:
    statuses = _statuses(known)
    if known and dig(known, "status", "phase") in {"Succeeded", "Failed"}:
        return None
    if known and statuses and all(_is_running(status) for status in statuses) and not _is_cut(known):
        return _with_probe_exit(known, events)
    last = [event for event in events if not _is_past(board, event, events)]
    scheduling = _latest(last, "FailedScheduling")
    waiting = _waiting(last)
    evicted = _latest(last, "Evicted")
    body = known or _blank(key, events)
    if evicted and not known:
        return merged({"status": {"phase": "Failed", "reason": "Evicted", "message": evicted.message}}, body)
    if scheduling and not any(event.reason in {"Scheduled", "Pulled", "Started"} for event in events):
        unscheduled: Json = {
            "type": "PodScheduled",
            "status": "False",
            "reason": "Unschedulable",
            "message": scheduling.message,
            "lastTransitionTime": stamp(scheduling.first),
        }
        kept = [entry for entry in sequence(dig(body, "status", "conditions")) if dig(entry, "type") != "PodScheduled"]
        status = {**mapping(body.get("status")), "phase": "Pending", "conditions": [*kept, unscheduled]}
        return {**body, "status": status}
    if known and statuses:
        return _with_message(known, waiting, events)
    if waiting:
        return merged({"status": {"phase": "Pending", "containerStatuses": [_status(waiting, events)]}}, body)
    if any(event.reason in _MOUNTS for event in last):
        return merged({"status": {"phase": "Pending"}}, body)
    if any(event.reason == "Unhealthy" for event in last):
        running: Body = {"name": "", "ready": False, "restartCount": 0, "state": {"running": {}}}
        return _with_probe_exit(merged({"status": {"phase": "Running", "containerStatuses": [running]}}, body), events)
    return None


def _is_running(status: Body) -> bool:
    return "running" in mapping(status.get("state")) or not mapping(status.get("state"))


def _is_cut(body: Body) -> bool:
    """Whether the state itself is not told, only that something is there."""
    return not any(mapping(status.get("state")) for status in _statuses(body))


def _statuses(body: Body | None) -> list[Body]:
    fields = ("initContainerStatuses", "containerStatuses")
    return [mapping(entry) for field in fields for entry in sequence(dig(body, "status", field))]


def _blank(key: ResourceKey, events: list[Event]) -> Body:
    created = min((event.first for event in events if event.first), default=None)
    return {"metadata": {"name": key.name, "namespace": key.namespace, "creationTimestamp": stamp(created)}}


def _waiting(events: list[Event]) -> tuple[str, str] | None:
    """Return the reason and the message for which a container waits, as its events tell."""
    failed = [event for event in events if event.reason in {"Failed", "BackOff", "InspectFailed", "ErrImageNeverPull"}]
    for event in reversed(failed):
        said = event.message
        if _CONFIGURATION.search(said):
            return "CreateContainerConfigError", said
        if _START.search(said) and "pull" not in said:
            return "RunContainerError", said
    pulls = [
        event.message for event in failed if "pull" in event.message.lower() or "InvalidImageName" in event.message
    ]
    if pulls:
        return "ImagePullBackOff", max(pulls, key=lambda said: (said.startswith("Failed to pull"), len(said)))
    if any(_CRASH.search(event.message) for event in failed):
        return "CrashLoopBackOff", ""
    return None


def _status(waiting: tuple[str, str], events: list[Event]) -> Body:
    reason, message = waiting
    found = (_IMAGE.search(event.message) for event in events)
    image = next((match[1] for match in found if match), "")
    restarts = max((event.times for event in events if event.reason == "BackOff"), default=1)
    crash = reason == "CrashLoopBackOff"
    status: Body = {
        "name": "",
        "image": image,
        "ready": False,
        "restartCount": max(2, min(restarts, 9)) if crash else 0,
        "state": {"waiting": {"reason": reason, "message": message}},
    }
    if crash and _killed(events):
        status["lastState"] = {"terminated": {"exitCode": 137, "reason": "Error"}}
    return status


def _with_message(body: Body, waiting: tuple[str, str] | None, events: list[Event]) -> Body:
    """Add what the events say to a container that waits without a word."""
    status = dict(mapping(body.get("status")))
    for field in ("initContainerStatuses", "containerStatuses"):
        status[field] = [_worded(mapping(entry), waiting) for entry in sequence(status.get(field))]
    return _with_probe_exit({**body, "status": status}, events)


def _worded(entry: Body, waiting: tuple[str, str] | None) -> Body:
    said = mapping(dig(entry, "state", "waiting"))
    if not said or waiting is None or said.get("message"):
        return entry
    reason, message = text(said.get("reason")), waiting[1]
    of_image = {"ErrImagePull", "ImagePullBackOff"}
    fits = reason == waiting[0] or (reason in of_image and waiting[0] in of_image)
    if reason == "ContainerCreating" and waiting[0] != "CrashLoopBackOff":
        reason, fits = waiting[0], True
    if reason in {"CreateContainerError", "CrashLoopBackOff"} and waiting[0] == "RunContainerError":
        fits = True
    if not fits:
        return entry
    image = _IMAGE.search(message)
    told = entry.get("image") or (image[1] if image and "image" in message else "")
    return {**entry, "image": told, "state": {"waiting": {"reason": reason, "message": message}}}


def _with_probe_exit(body: Body, events: list[Event]) -> Body:
    """A container that was killed for its probe ended by a signal, also where nothing tells its exit code."""
    if not _killed(events):
        return body
    status = dict(mapping(body.get("status")))
    entries: list[Json] = []
    for entry in sequence(status.get("containerStatuses")):
        one = mapping(entry)
        untold = dig(one, "lastState", "terminated", "exitCode") is None and not dig(one, "state", "terminated")
        if untold and one.get("ready") is not True and number(one.get("restartCount")):
            one = {**one, "lastState": {"terminated": {"exitCode": 137, "reason": "Error"}}}
        entries.append(one)
    return {**body, "status": {**status, "containerStatuses": entries}}


def _killed(events: list[Event]) -> bool:
    return any(event.reason == "Killing" and "probe" in event.message for event in events)


def _latest(events: list[Event], reason: str) -> Event | None:
    return next((event for event in reversed(events) if event.reason == reason), None)


def _is_past(board: Board, event: Event, events: list[Event]) -> bool:
    """Whether what an event tells is over: it has not been seen for long, while others have been since."""
    if event.last is None or event.reason not in {"Unhealthy", "BackOff", "Failed", "FailedScheduling", *_MOUNTS}:
        return False
    started = [other.last for other in events if other.reason in {"Started", "Pulled"} and other.last]
    if event.reason in {"Failed", "FailedScheduling", *_MOUNTS} and started and max(started) > event.last + _CLOSE:
        return not _CRASH.search(event.message) and "Error:" not in event.message
    # Events are kept for an hour: the last seen tells how recent the whole account is.
    newest = max((other.last for other in board.events if other.last), default=event.last)
    return max(newest, event.last) - event.last > max(_PAST, span(event)) and event.reason == "Unhealthy"
