"""A line of `kubectl get pods` (or of the tree that `kubectl argo rollouts` draws) → the pod as far as it is told."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from gitops_bot.model.json import Json
from gitops_bot.model.resource import ResourceKey
from gitops_bot.observe.texts.board import Board, Body
from gitops_bot.observe.texts.formats.context import Context
from gitops_bot.observe.texts.lines.quantities import age, ago, stamp

_LINE = re.compile(
    r"^\s*(?:(?P<namespace>[a-z0-9][a-z0-9-]{0,62})\s+)?(?:pods?/)?(?P<name>[a-z0-9][a-z0-9.-]{1,252})\s+"
    r"(?P<ready>\d+)/(?P<total>\d+)\s+(?P<status>[A-Z][\w:/.-]{2,60})\s+(?P<restarts>\d+)"
    r"(?:\s+\((?P<last>\S{1,12}) ago\))?\s+(?P<age>\d\S{0,11}|<\w+>)(?:\s+(?P<rest>\S.*))?$"
)
_PENDING = frozenset({"Pending", "ContainerCreating", "PodInitializing", "ContainerStatusUnknown", "SchedulingGated"})
_ENDED = frozenset({"Completed", "Succeeded"})
_BY_NODE = frozenset(
    {
        "Evicted",
        "NodeLost",
        "NodeShutdown",
        "Preempting",
        "NodeAffinity",
        "UnexpectedAdmissionError",
        "Failed",
        "Terminated",
        "Shutdown",
        "OutOfcpu",
        "OutOfmemory",
        "OutOfpods",
    }
)
_TERMINATED = {"OOMKilled": 137, "Error": 1, "ContainerCannotRun": 127, "StartError": 128, "DeadlineExceeded": 143}
_BACK_OFF = timedelta(minutes=6)  # the kubelet waits at most five minutes between restarts


def pod_line(board: Board, line: str, context: Context) -> bool:
    """Read the line where it is a pod's; return whether it was."""
    found = _LINE.match(line)
    if found is None:
        return False
    key = ResourceKey("", "Pod", found["namespace"] or context.namespace, found["name"])
    created = ago(found["age"], board.now)
    restarts = int(found["restarts"])
    last = ago(found["last"] or "", board.now)
    words = (found["rest"] or "").split()
    labels = dict(part.split("=", 1) for word in words if "=" in word for part in word.split(",") if "=" in part)
    told = (int(found["ready"]), int(found["total"]), found["status"], restarts)
    body = told_pod(key, told, created, last, board.now)
    body["metadata"] = {**_map(body["metadata"]), "labels": dict[str, Json](labels)}
    board.note(key, body)
    return True


def told_pod(
    key: ResourceKey, told: tuple[int, int, str, int], created: datetime | None, last: datetime | None, now: datetime
) -> Body:
    """Return a pod of which `told` are its ready containers, all its containers, its status word and its restarts."""
    ready, total, word, restarts = told
    initial = word.startswith("Init:")
    word = word.removeprefix("Init:")
    phase, state = _phase(word, ready == total)
    all_ready = phase == "Running" and ready == total > 0
    field = "initContainerStatuses" if initial else "containerStatuses"
    status: Body = {"name": "", "ready": all_ready, "restartCount": restarts, "state": state}
    if word == "CrashLoopBackOff" or (restarts and phase == "Running"):
        status["lastState"] = {"terminated": {"finishedAt": stamp(last)}} if last else {}
    metadata: Body = {"name": key.name, "namespace": key.namespace, "creationTimestamp": stamp(created)}
    if word == "Terminating":
        metadata["deletionTimestamp"] = "told"
    began = not_ready_since(created, last, restarts, now)
    return {
        "metadata": metadata,
        "status": {
            "phase": phase,
            "reason": word if phase == "Failed" and word in _BY_NODE else "",
            "conditions": [
                {"type": "Ready", "status": "True" if all_ready else "False", "lastTransitionTime": stamp(began)}
            ],
            field: [] if word in {"Pending", *_BY_NODE} else [status],
        },
    }


def not_ready_since(created: datetime | None, last: datetime | None, restarts: int, now: datetime) -> datetime | None:
    """Return when a pod's trouble began, as far as its restarts tell: they come at least every six minutes.

    A pod much older than its restarts take ran well before.
    """
    if created is None:
        return None
    began = (last or now) - _BACK_OFF * max(restarts, 1)
    return began if began - created > timedelta(minutes=30) else created


def _phase(word: str, all_ready: bool) -> tuple[str, Body]:
    if word in {"Running", "Terminating", "NotReady"}:
        return "Running", {"running": {}}
    if word in _PENDING or re.fullmatch(r"\d+/\d+", word):
        return "Pending", {"waiting": {"reason": "ContainerCreating"}}
    if word in _ENDED:
        return "Succeeded", {"terminated": {"exitCode": 0, "reason": "Completed"}}
    if word in _TERMINATED or word.startswith(("ExitCode:", "Signal:")):
        number = int(word.partition(":")[2] or 1) if word.startswith("ExitCode:") else _TERMINATED.get(word, 137)
        return "Running", {"terminated": {"exitCode": number, "reason": "Error" if ":" in word else word}}
    if word in _BY_NODE:
        return "Failed", {}
    return "Running" if all_ready else "Pending", {"waiting": {"reason": word}}


def age_of(board: Board, text: str) -> datetime | None:
    """Return the moment that an AGE column speaks of."""
    length = age(text)
    return board.now - length if length is not None else None


def _map(value: Json) -> Body:
    return value if isinstance(value, dict) else {}
