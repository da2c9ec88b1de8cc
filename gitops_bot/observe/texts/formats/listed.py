"""The tables of `kubectl get`, row by row → the objects as far as they are told."""

from __future__ import annotations

import re
from collections.abc import Callable

from gitops_bot.model.json import Json
from gitops_bot.model.resource import ResourceKey
from gitops_bot.observe.texts.board import Board, Body
from gitops_bot.observe.texts.formats.applications import TABLES as OF_DELIVERY
from gitops_bot.observe.texts.formats.context import Context
from gitops_bot.observe.texts.formats.events import event_row
from gitops_bot.observe.texts.formats.pods import age_of, pod_line
from gitops_bot.observe.texts.lines.quantities import ratio, stamp, whole
from gitops_bot.observe.texts.lines.tables import Row, header, rows
from gitops_bot.observe.texts.naming import CLUSTER_WIDE, key_of, kind_of

# The columns by which a table of `kubectl get` is known; the first that fits wins.
_KNOWN_BY = (
    ("Pod", {"READY", "STATUS", "RESTARTS"}),
    ("ReplicaSet", {"DESIRED", "CURRENT", "READY", "AGE"}),
    ("Deployment", {"READY", "UP-TO-DATE", "AVAILABLE"}),
    ("Rollout", {"DESIRED", "CURRENT", "UP-TO-DATE", "AVAILABLE"}),
    ("Job", {"COMPLETIONS"}),
    ("CronJob", {"SCHEDULE"}),
    ("HorizontalPodAutoscaler", {"REFERENCE", "TARGETS"}),
    ("PersistentVolume", {"RECLAIM POLICY"}),
    ("PersistentVolumeClaim", {"STATUS", "VOLUME", "CAPACITY"}),
    ("Node", {"STATUS", "ROLES"}),
    ("Node", {"STATUS", "VERSION"}),
    ("PodDisruptionBudget", {"ALLOWED DISRUPTIONS"}),
    ("Service", {"TYPE", "CLUSTER-IP"}),
    ("Endpoints", {"ENDPOINTS"}),
    ("Ingress", {"HOSTS"}),
    ("Certificate", {"READY", "SECRET"}),
    ("StatefulSet", {"READY", "AGE"}),
)


def table(board: Board, lines: list[str], start: int, context: Context) -> int:
    """Read the table whose header stands on the line `start`; return how many lines that were, 0 for no table."""
    columns = header(lines[start])
    if columns is None:
        return 0
    end = start + 1
    while end < len(lines) and lines[end].strip() and header(lines[end]) is None and not _ends(lines[end]):
        end += 1
    names = {name for name, _ in columns}
    body = lines[start + 1 : end]
    for wanted, read in OF_DELIVERY:
        if wanted <= names:
            read(board, rows(columns, body), context)
            return end - start
    if {"REASON", "MESSAGE"} <= names and ({"OBJECT", "INVOLVEDOBJECT", "NAME"} & names):
        for row in rows(columns, body):
            event_row(board, row, context)
        return end - start
    kind = next((kind for kind, wanted in _KNOWN_BY if wanted <= names), "")
    for line, row in zip(body, rows(columns, body), strict=True):
        _read(board, kind, line, row, context)
    return end - start if kind or end - start > 1 else 0


def _ends(line: str) -> bool:
    return re.match(r"^(?:Name:|\$|===|---\s|apiVersion:)", line) is not None


def _read(board: Board, kind: str, line: str, row: Row, context: Context) -> None:
    if kind == "Pod" or not kind:
        pod_line(board, line, context)
        return
    word, slash, name = row.get("NAME", "").rpartition("/")
    if not name:
        return
    found = kind_of(word) if slash else None
    group, kind = found or (key_of(kind, "", "").group, kind)
    if kind == "StatefulSet" and not slash and context.kind in {"DaemonSet", "Rollout", "Certificate"}:
        kind, group = context.kind, key_of(context.kind, "", "").group
    if {"DESIRED", "CURRENT", "NODE SELECTOR"} <= row.keys():
        kind, group = "DaemonSet", "apps"
    namespace = "" if kind in CLUSTER_WIDE else row.get("NAMESPACE") or context.namespace
    key = ResourceKey(group, kind, namespace, name)
    metadata: Body = {
        "name": name,
        "namespace": namespace,
        "creationTimestamp": stamp(age_of(board, row.get("AGE", ""))),
    }
    board.note(key, {"metadata": metadata, **_ROWS.get(kind, _status)(row)})


def _status(row: Row) -> Body:
    return {"status": {"phase": row.get("STATUS", "")}}


def _replicas(row: Row) -> Body:
    ready = ratio(row.get("READY", ""))
    desired = ready[1] if ready else whole(row.get("DESIRED", ""))
    images: list[Json] = list(filter(None, row.get("IMAGES", "").split(",")))
    return {
        "spec": {"replicas": desired, "template": {"images": images}},
        "status": {
            "replicas": whole(row["CURRENT"]) if row.get("CURRENT") else None,
            "readyReplicas": ready[0] if ready else whole(row.get("READY", row.get("AVAILABLE", ""))),
            "updatedReplicas": whole(row["UP-TO-DATE"]) if row.get("UP-TO-DATE") else None,
        },
    }


def _job(row: Row) -> Body:
    done = ratio(row.get("COMPLETIONS", ""))
    status = row.get("STATUS", "")
    conditions: list[Json] = []
    if status in {"Failed", "Complete", "Suspended"}:
        conditions.append({"type": status, "status": "True"})
    elif done and done[0] >= done[1]:
        conditions.append({"type": "Complete", "status": "True"})
    return {"status": {"succeeded": done[0] if done else 0, "conditions": conditions}}


def _autoscaler(row: Row) -> Body:
    kind, _, name = row["REFERENCE"].partition("/")
    return {
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": kind, "name": name},
            "maxReplicas": whole(row.get("MAXPODS", "")),
            "minReplicas": whole(row.get("MINPODS", "")),
        },
        "status": {"currentReplicas": whole(row.get("REPLICAS", "")), "targets": row.get("TARGETS", "")},
    }


def _endpoints(row: Row) -> Body:
    return {"status": {"noEndpoints": row.get("ENDPOINTS", "") in {"", "<none>"}}}


def _cron_job(row: Row) -> Body:
    return {"spec": {"suspend": row.get("SUSPEND", "") == "True"}}


def _budget(row: Row) -> Body:
    return {"status": {"disruptionsAllowed": whole(row.get("ALLOWED DISRUPTIONS", ""))}}


def _ready(row: Row) -> Body:
    return {"status": {"conditions": [{"type": "Ready", "status": row.get("READY", "")}]}}


_ROWS: dict[str, Callable[[Row], Body]] = {
    "Deployment": _replicas,
    "ReplicaSet": _replicas,
    "StatefulSet": _replicas,
    "DaemonSet": _replicas,
    "Rollout": _replicas,
    "Job": _job,
    "CronJob": _cron_job,
    "HorizontalPodAutoscaler": _autoscaler,
    "Endpoints": _endpoints,
    "PodDisruptionBudget": _budget,
    "Certificate": _ready,
}
