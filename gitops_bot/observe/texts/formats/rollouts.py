"""`kubectl argo rollouts get rollout`: the head, and the tree of revisions, ReplicaSets, pods and analyses."""

from __future__ import annotations

import re

from gitops_bot.model.json import Json, mapping
from gitops_bot.model.resource import ResourceKey
from gitops_bot.observe.texts.board import Board, Body
from gitops_bot.observe.texts.formats.context import Context
from gitops_bot.observe.texts.formats.pods import told_pod
from gitops_bot.observe.texts.lines.outline import outlined
from gitops_bot.observe.texts.lines.quantities import ago, stamp, whole

_GROUP = "argoproj.io"
_REVISION = re.compile(r"# ?revision:(\d{1,6})")
_NODE = re.compile(
    r"(?P<name>[a-z0-9][a-z0-9.-]{0,252})\s+(?P<kind>Rollout|ReplicaSet|Pod|AnalysisRun|Experiment|Job)\s+"
    r"(?:[^\w\s]{1,2}\s+)?(?P<status>[A-Z]\w{1,60})\s+(?P<age>\d\S{0,11})(?:\s+(?P<info>\S.*))?$"
)
_READY = re.compile(r"ready:(\d+)/(\d+)")
_RESTARTS = re.compile(r"restarts:(\d+)")
_HEALTH = {"Paused": "Suspended", "Degraded": "Degraded", "Healthy": "Healthy", "Progressing": "Progressing"}


def rollout(board: Board, lines: list[str], start: int, context: Context) -> int:
    """Read the head; return how many lines that were, 0 where it is none."""
    if not lines[start].startswith("Name:"):
        return 0
    outline, taken = outlined(lines, start)
    if "Strategy" not in outline.values or not {"Images", "Status"} <= outline.values.keys():
        return 0
    name = outline.value("Name")
    key = ResourceKey(_GROUP, "Rollout", outline.value("Namespace") or context.namespace, name)
    strategy = "blueGreen" if outline.value("Strategy").startswith("Blue") else "canary"
    word = outline.value("Status").split(" ")[-1]
    replicas = {
        line.split(":")[0].strip(): whole(line.partition(":")[2]) for line in outline.sections.get("Replicas", [])
    }
    board.note(
        key,
        {
            "metadata": {"name": name, "namespace": key.namespace},
            "spec": {"strategy": {strategy: {}}, "replicas": replicas.get("Desired", 0)},
            "status": {
                "told": {"health": _HEALTH.get(word, ""), "message": outline.value("Message")},
                "readyReplicas": replicas.get("Ready"),
                "updatedReplicas": replicas.get("Updated"),
            },
        },
    )
    board.names[name] += 1
    context.current, context.kind, context.name, context.namespace = key, "Rollout", name, key.namespace
    return taken


def tree(board: Board, lines: list[str], start: int, context: Context) -> int:
    """Read the tree below the line `NAME KIND STATUS AGE INFO`; return how many lines that were."""
    if not re.match(r"^\s*NAME\s+KIND\s+STATUS\s+AGE\s+INFO\s*$", lines[start]):
        return 0
    revision, owner = 0, ResourceKey("", "", "", "")
    taken = 1
    for line in lines[start + 1 :]:
        if found := _REVISION.search(line):
            revision = int(found[1])
        elif node := _NODE.search(line):
            owner = _node(board, node, revision, owner, context)
        else:
            break
        taken += 1
    return taken


def _node(board: Board, node: re.Match[str], revision: int, owner: ResourceKey, context: Context) -> ResourceKey:
    kind, name = node["kind"], node["name"]
    created = ago(node["age"], board.now)
    group = {"ReplicaSet": "apps", "Pod": "", "Job": "batch"}.get(kind, _GROUP)
    key = ResourceKey(group, kind, context.namespace, name)
    metadata: Body = {"name": name, "namespace": key.namespace, "creationTimestamp": stamp(created)}
    if kind == "Pod":
        ready = _READY.search(node["info"] or "")
        restarts = _RESTARTS.search(node["info"] or "")
        told = (
            int(ready[1]) if ready else 0,
            int(ready[2]) if ready else 1,
            node["status"],
            int(restarts[1]) if restarts else 0,
        )
        body = told_pod(key, told, created, None, board.now)
        board.note(key, {**body, "metadata": {**mapping(body["metadata"]), **_owned(owner)}})
        return owner
    if kind == "Rollout":
        board.note(key, {"metadata": metadata})
        return owner
    above = ResourceKey(_GROUP, "Rollout", context.namespace, context.name or name.rsplit("-", 1)[0])
    annotations: dict[str, Json] = {"rollout.argoproj.io/revision": str(revision)}
    told_health: Body = {"told": {"health": _health(node["status"]), "message": node["info"] or ""}}
    board.note(key, {"metadata": {**metadata, **_owned(above), "annotations": annotations}, "status": told_health})
    return key if kind == "ReplicaSet" else owner


def _health(word: str) -> str:
    return {"Failed": "Degraded", "Error": "Degraded", "ScaledDown": "Healthy", "Successful": "Healthy"}.get(word, word)


def _owned(owner: ResourceKey) -> Body:
    if not owner.name:
        return {}
    return {"ownerReferences": [{"apiVersion": f"{owner.group}/v1", "kind": owner.kind, "name": owner.name}]}
