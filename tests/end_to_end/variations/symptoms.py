"""What goes wrong in a cluster, written into the answers about one pod of a varied estate."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from tests.end_to_end.variations.building import LATER, Json, Varied

LEDGER_POD = "ledger-76679c798"


def broken_pod(varied: Varied, application: str = "ledger", prefix: str = LEDGER_POD) -> tuple[Json, Any, Any]:
    """The failing pod: its node in the tree, its manifest and its events."""
    node = varied.node(application, "Pod", prefix)
    return node, varied.detail("resource", application, node), varied.detail("events", application, node)


def waits(varied: Varied, reason: str, message: str, **pod: str) -> Json:
    """Let the one container of the failing pod wait and never have started; return its status."""
    node, body, events = broken_pod(varied, **pod)
    events[:] = []
    status: Json = body["status"]["containerStatuses"][0]
    status.update(restartCount=0, lastState={}, ready=False, state={"waiting": {"reason": reason, "message": message}})
    body["status"]["phase"] = "Pending"
    told(node, reason, message)
    return status


def crashes(varied: Varied, code: int = 1, reason: str = "Error", message: str = "", restarts: int = 7) -> Json:
    """Let the one container of the failing pod end again and again; return its status."""
    node, body, events = broken_pod(varied)
    events[:] = []
    status: Json = body["status"]["containerStatuses"][0]
    ended = {"exitCode": code, "reason": reason, "message": message, "startedAt": LATER, "finishedAt": LATER}
    waiting = {"reason": "CrashLoopBackOff", "message": "back-off 5m0s restarting failed container"}
    status.update(restartCount=restarts, lastState={"terminated": ended}, state={"waiting": waiting})
    told(node, "CrashLoopBackOff", waiting["message"], restarts)
    return status


def runs(varied: Varied, *, ready: bool = False, restarts: int = 0) -> Json:
    """Let the failing pod's container run; return its status."""
    node, body, events = broken_pod(varied)
    events[:] = []
    status: Json = body["status"]["containerStatuses"][0]
    status.update(restartCount=restarts, lastState={}, ready=ready, state={"running": {"startedAt": LATER}})
    told(node, "Running", "", restarts)
    node["health"] = {"status": "Healthy" if ready else "Progressing"}
    return status


def unscheduled(varied: Varied, message: str, **pod: str) -> None:
    """Let no node take the failing pod."""
    node, body, events = broken_pod(varied, **pod)
    events[:] = []
    condition = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": message}
    body["status"] = {"phase": "Pending", "conditions": [{**condition, "lastTransitionTime": LATER}]}
    node["health"] = {"status": "Progressing"}
    node["info"] = [{"name": "Containers", "value": "0/1"}]


def told(node: Json, reason: str, message: str, restarts: int = 0) -> None:
    """Say of a pod in the tree what its manifest says."""
    node["health"] = {"status": "Degraded", "message": message}
    node["info"] = [
        {"name": "Status Reason", "value": reason},
        {"name": "Containers", "value": "0/1"},
        {"name": "Restart Count", "value": str(restarts)},
    ]


def event(reason: str, message: str, count: int = 1, field: str = "") -> Json:
    """A warning as Kubernetes keeps it."""
    return {
        "reason": reason,
        "message": message,
        "count": count,
        "type": "Warning",
        "firstTimestamp": LATER,
        "lastTimestamp": LATER,
        "involvedObject": {"kind": "Pod", "fieldPath": field},
    }


def without_old_pods(varied: Varied, application: str = "ledger", prefix: str = "ledger-d45788fb9") -> None:
    """Take the older generation's pods out of the tree."""
    nodes = varied.nodes(application)
    nodes[:] = [one for one in nodes if not (one["kind"] == "Pod" and one["name"].startswith(prefix))]


def another_container(varied: Varied, status: Json, name: str, *, initial: bool = False) -> None:
    """Put a container that is well beside the failing one; an initial one has done its work."""
    _, body, _ = broken_pod(varied)
    field = "initContainerStatuses" if initial else "containerStatuses"
    running: Json = {"terminated": {"exitCode": 0, "reason": "Completed"}} if initial else {"running": {}}
    well = {**deepcopy(status), "name": name, "image": f"registry.example.com/{name}:1", "ready": True}
    well.update(restartCount=0, lastState={}, state=running)
    body["status"].setdefault(field, []).insert(0, well)
    declared = {"name": name, "image": f"registry.example.com/{name}:1"}
    body["spec"].setdefault("initContainers" if initial else "containers", []).insert(0, declared)


def down(varied: Varied, application: str = "ledger", message: str = "") -> None:
    """Let Argo CD call the Application Degraded."""
    health = varied.application(application)["status"]["health"]
    health.update(status="Degraded", message=message or health.get("message", ""))
