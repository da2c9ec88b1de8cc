"""`kubectl describe` of any kind → the object as far as it is told, and its events."""

from __future__ import annotations

import re
from collections.abc import Callable

from gitops_bot.model.json import Json
from gitops_bot.model.resource import ResourceKey
from gitops_bot.observe.texts.board import Board, Body
from gitops_bot.observe.texts.formats.containers import pod_body
from gitops_bot.observe.texts.formats.context import Context
from gitops_bot.observe.texts.formats.events import event_lines
from gitops_bot.observe.texts.lines.outline import Outline, conditions, flattened, outlined
from gitops_bot.observe.texts.lines.quantities import stamp, whole, written_time
from gitops_bot.observe.texts.naming import CLUSTER_WIDE, kind_of

# A kind is known by a key that no other kind prints; the first that fits wins.
_KNOWN_BY = (
    ("Pod", ("Containers",)),
    ("Pod", ("Init Containers",)),
    ("CronJob", ("Schedule",)),
    ("Job", ("Pods Statuses",)),
    ("Job", ("Completions",)),
    ("DaemonSet", ("Desired Number of Nodes Scheduled",)),
    ("Deployment", ("StrategyType",)),
    ("Deployment", ("NewReplicaSet",)),
    ("Deployment", ("OldReplicaSets",)),
    ("StatefulSet", ("Volume Claims",)),
    ("StatefulSet", ("Update Strategy",)),
    ("ReplicaSet", ("Pods Status",)),
    ("ReplicaSet", ("Replicas", "Controlled By")),
    ("HorizontalPodAutoscaler", ("Min replicas",)),
    ("HorizontalPodAutoscaler", ("Metrics", "Reference")),
    ("PersistentVolumeClaim", ("StorageClass",)),
    ("Service", ("Endpoints",)),
    ("Service", ("TargetPort",)),
    ("Ingress", ("Rules",)),
    ("Node", ("Roles",)),
    ("Node", ("Allocatable",)),
    ("PodDisruptionBudget", ("Allowed disruptions",)),
    ("ResourceQuota", ("Resource",)),
    ("Pod", ("Node", "Status")),
    ("Pod", ("Status", "Controlled By")),
    ("Pod", ("Start Time", "Status")),
)
_REPLICAS = re.compile(r"(\d+) (desired|updated|total|available|unavailable|current)")
_SET = re.compile(r"([a-z0-9][a-z0-9.-]*) \((\d+)/(\d+) replicas created\)")
_HPA_PODS = re.compile(r"(\d+) current / (\d+) desired")
_MISSING_BACKEND = re.compile(r'<error: (?:endpoints|services) "[^"]{1,253}" not found>')


def described(board: Board, lines: list[str], start: int, context: Context) -> int:
    """Read one described object from the line `start` on; return how many lines that were, 0 where it is none."""
    if start < context.refused or not lines[start][:1].isupper():
        return 0  # YAML writes its keys small
    outline, taken = outlined(lines, start)
    kind = _kind(outline, context)
    name = outline.value("Name").split("/")[-1] or context.name
    if not kind or not (name or kind == "Pod") or len(outline.values) < 2:
        context.refused = start + taken
        return 0
    group = (kind_of(kind) or ("", ""))[0]
    namespace = "" if kind in CLUSTER_WIDE else outline.value("Namespace") or context.namespace
    key = ResourceKey(group, kind, namespace, name)
    board.note(key, {**_metadata(board, outline, key), **_BODIES.get(kind, _plain)(outline)})
    context.current, context.kind, context.name, context.namespace = key, kind, name, namespace or context.namespace
    if key.kind == "Deployment":
        _replica_sets(board, key, outline)
    event_lines(board, outline.sections.get("Events", []), 0, context)
    return taken


def _kind(outline: Outline, context: Context) -> str:
    told = outline.value("Kind")
    if told:
        return told
    fitting = (kind for kind, keys in _KNOWN_BY if all(key in outline.values for key in keys))
    if context.kind and "describe" in context.words:
        return context.kind
    return next(fitting, "") or (context.kind if context.kind in {"Pod", "Deployment", "Service", "Node"} else "")


def _metadata(board: Board, outline: Outline, key: ResourceKey) -> Body:
    created = written_time(outline.value("Start Time", "CreationTimestamp"))
    metadata: Body = {
        "name": key.name,
        "namespace": key.namespace,
        "creationTimestamp": stamp(created),
        "labels": dict[str, Json](outline.pairs("Labels")),
        "annotations": dict[str, Json](outline.pairs("Annotations")),
    }
    if "/" in (owner := outline.value("Controlled By")):
        kind, _, name = owner.partition("/")
        group = (kind_of(kind) or ("", ""))[0]
        metadata["ownerReferences"] = [{"apiVersion": f"{group}/v1".lstrip("/"), "kind": kind, "name": name}]
    if key.name:
        board.names[key.name] += 1
    return {"metadata": metadata}


def _conditions(outline: Outline) -> list[Json]:
    return [dict[str, Json](entry) for entry in conditions(outline.sections.get("Conditions", []))]


def _plain(outline: Outline) -> Body:
    """Custom kinds tell their conditions as an outline of its own below `Status:`."""
    told = flattened(outline.sections.get("Status", []))
    nested: dict[str, Json] = {
        name.lower(): told[f"Conditions/{name}"]
        for name in ("Type", "Status", "Reason", "Message")
        if f"Conditions/{name}" in told
    }
    return {"status": {"conditions": [*_conditions(outline), *([nested] if nested else [])]}}


def _replicas(outline: Outline) -> Body:
    told = {word: int(number) for number, word in _REPLICAS.findall(outline.value("Replicas"))}
    running = re.search(r"(\d+) Running", outline.value("Pods Status"))
    template = "\n".join(outline.sections.get("Pod Template", []))
    images = re.findall(r"^\s+Image:\s+(\S+)", template, re.MULTILINE)
    desired = told.get("desired", whole(outline.value("Desired Number of Nodes Scheduled")))
    return {
        "spec": {"replicas": desired, "template": {"images": list[Json](images)}},
        "status": {
            "replicas": told.get("total", told.get("current")),
            "readyReplicas": told.get("available", int(running[1]) if running else None),
            "updatedReplicas": told.get("updated"),
            "unavailableReplicas": told.get("unavailable"),
            "conditions": _conditions(outline),
        },
    }


def _replica_sets(board: Board, key: ResourceKey, outline: Outline) -> None:
    """Old sets serve what the new one does not: the Deployment tells how many pods are available in all."""
    available = next((int(n) for n, word in _REPLICAS.findall(outline.value("Replicas")) if word == "available"), 0)
    for field, revision in (("OldReplicaSets", 1), ("NewReplicaSet", 2)):
        for name, made, wanted in _SET.findall(outline.value(field)):
            ready = min(int(made), available)
            available -= ready
            board.note(
                ResourceKey("apps", "ReplicaSet", key.namespace, name),
                {
                    "metadata": {
                        "name": name,
                        "ownerReferences": [{"apiVersion": "apps/v1", "kind": "Deployment", "name": key.name}],
                        "order": revision,
                    },
                    "spec": {"replicas": int(wanted)},
                    "status": {"replicas": int(made), "readyReplicas": ready},
                },
            )


def _job(outline: Outline) -> Body:
    failed = re.search(r"(\d+) Failed", outline.value("Pods Statuses"))
    succeeded = re.search(r"(\d+) Succeeded", outline.value("Pods Statuses"))
    return {
        "spec": {"completions": whole(outline.value("Completions"))},
        "status": {
            "failed": int(failed[1]) if failed else 0,
            "succeeded": int(succeeded[1]) if succeeded else 0,
            "conditions": _conditions(outline),
        },
    }


def _autoscaler(outline: Outline) -> Body:
    kind, _, name = outline.value("Reference").partition("/")
    pods = _HPA_PODS.search(outline.value("Deployment pods", f"{kind} pods"))
    return {
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": kind, "name": name},
            "maxReplicas": whole(outline.value("Max replicas")),
            "minReplicas": whole(outline.value("Min replicas")),
        },
        "status": {"currentReplicas": int(pods[1]) if pods else None, "conditions": _conditions(outline)},
    }


def _service(outline: Outline) -> Body:
    selector = [part.split("=", 1) for part in outline.value("Selector").split(",") if "=" in part]
    told = "Endpoints" in outline.values
    return {
        "spec": {"selector": {name: value for name, value in selector}, "type": outline.value("Type")},  # noqa: C416
        "status": {"noEndpoints": told and not outline.value("Endpoints")},
    }


def _ingress(outline: Outline) -> Body:
    text = "\n".join([outline.value("Default backend", "Default Backend"), *outline.sections.get("Rules", [])])
    found = _MISSING_BACKEND.search(text)
    return {"status": {"missingBackend": found.group() if found else ""}}


def _claim(outline: Outline) -> Body:
    return {"spec": {"storageClassName": outline.value("StorageClass")}, "status": {"phase": outline.value("Status")}}


_BODIES: dict[str, Callable[[Outline], Body]] = {
    "Pod": pod_body,
    "Deployment": _replicas,
    "ReplicaSet": _replicas,
    "StatefulSet": _replicas,
    "DaemonSet": _replicas,
    "Job": _job,
    "HorizontalPodAutoscaler": _autoscaler,
    "Service": _service,
    "Ingress": _ingress,
    "PersistentVolumeClaim": _claim,
}
