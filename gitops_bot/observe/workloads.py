"""Workloads with their generations, and objects that are not healthy."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from gitops_bot.clients.argocd import Node
from gitops_bot.model.application import Application
from gitops_bot.model.json import Json, dig, mapping, sequence, text
from gitops_bot.model.resource import ResourceKey
from gitops_bot.model.signal import Generation, Strategy, Workload, WorkloadUnhealthy
from gitops_bot.observe.reading import capped, moment
from gitops_bot.observe.tree import WORKLOADS, Tree, age

Manifests = Mapping[ResourceKey, dict[str, Json]]

PROGRESS_DEADLINE = timedelta(minutes=10)
_SEEN_ELSEWHERE = frozenset({"Pod", "ReplicaSet", "ControllerRevision", "Application"})
_SPOKEN_OF = frozenset({"Degraded", "Suspended", "Missing", "Progressing"})
# Conditions that say what is wrong, the most telling first, with the status that is the bad one.
_TELLING = (
    ("InvalidSpec", "True"),
    ("ReplicaFailure", "True"),
    ("Progressing", "False"),
    ("Failed", "True"),
    ("AbleToScale", "False"),
    ("ScalingActive", "False"),
    ("Ready", "False"),
)
_NAMED_REASON = re.compile(r"([A-Z][A-Za-z]+): ")


def workloads(tree: Tree, manifests: Manifests, scalers: Mapping[ResourceKey, ResourceKey]) -> list[Workload]:
    """Return the Application's workloads, each with its generations, newest first."""
    return [
        Workload(
            key=node.key,
            health=node.status,
            created=node.created_at,
            strategy=_strategy(manifests.get(node.key)),
            generations=_generations(tree, node),
            autoscaler=scalers.get(node.key),
        )
        for node in tree.workloads()
    ]


def unhealthy_objects(
    application: Application, tree: Tree, manifests: Manifests, now: datetime, explained: frozenset[ResourceKey]
) -> list[WorkloadUnhealthy]:
    """Return the objects, pods and their sets apart, that Argo CD holds to be unhealthy.

    One that merely progresses is none, unless its own conditions give it up or, where it makes no pods, it takes longer
    than ten minutes. `explained` are objects whose absence other signals tell.
    """
    found = []
    for node in tree.nodes:
        if node.kind in _SEEN_ELSEWHERE or node.status not in _SPOKEN_OF or tree.is_left_over(node):
            continue
        if node.status == "Missing" and node.key in explained:
            continue
        condition = _telling_condition(manifests.get(node.key))
        since = moment(condition.get("lastTransitionTime")) or _since(application, node)
        if node.status == "Progressing" and not _is_stuck(node, condition, since, now):
            continue
        found.append(_unhealthy(application, node, condition, since))
    return found


def _unhealthy(
    application: Application, node: Node, condition: dict[str, Json], since: datetime | None
) -> WorkloadUnhealthy:
    named = _NAMED_REASON.match(node.message)
    reason = text(condition.get("reason")) or (named[1] if named else "")
    return WorkloadUnhealthy(
        application=application.name,
        resource=node.key,
        health=node.status,
        message=capped(node.message or text(condition.get("message"))),
        reason=capped(reason),
        since=since,
        where=f"{node.kind} {node.name}, {'conditions' if condition else 'health'}",
    )


def _since(application: Application, node: Node) -> datetime | None:
    # Argo CD keeps times for the Application alone: they are the object's where it is the one that is blamed.
    health = application.status.health
    return health.last_transition_time if health.status == node.status else None


def _is_stuck(node: Node, condition: dict[str, Json], since: datetime | None, now: datetime) -> bool:
    if node.kind in WORKLOADS:
        return bool(condition) and condition.get("type") != "Ready"
    return since is not None and now - since > PROGRESS_DEADLINE


def _telling_condition(body: dict[str, Json] | None) -> dict[str, Json]:
    conditions = [mapping(entry) for entry in sequence(dig(body, "status", "conditions"))]
    for kind, bad in _TELLING:
        for condition in conditions:
            if condition.get("type") == kind and condition.get("status") == bad:
                return condition
    return {}


def _strategy(body: dict[str, Json] | None) -> Strategy:
    strategy = mapping(dig(body, "spec", "strategy"))
    if "canary" in strategy:
        return Strategy.CANARY
    return Strategy.BLUE_GREEN if "blueGreen" in strategy else Strategy.ROLLING


def _generations(tree: Tree, node: Node) -> tuple[Generation, ...]:
    owners = tree.children(node, "Job" if node.kind == "CronJob" else "ReplicaSet")
    if owners:
        found = [_generation(owner, tree.pods(owner)) for owner in owners]
    elif node.kind in {"StatefulSet", "DaemonSet"}:
        found = _revisions(tree, node)
    elif node.kind == "Job":
        found = [_generation(node, tree.pods(node))]
    else:
        found = []
    # A set that a rollback brings back is old, and has the highest revision nevertheless.
    known = [generation for generation in found if generation.created]
    order = {generation.name: place for place, generation in enumerate(sorted(known, key=_created))}
    return tuple(sorted(found, key=lambda one: (one.revision, order.get(one.name, -1), one.name), reverse=True))


def _created(generation: Generation) -> tuple[str, str]:
    return generation.created.isoformat() if generation.created else "", generation.name


def _revisions(tree: Tree, node: Node) -> list[Generation]:
    pods = tree.pods(node)
    revisions = tree.children(node, "ControllerRevision")
    mine = {revision.name: [pod for pod in pods if _is_of(pod, revision, node)] for revision in revisions}
    if revisions and sum(map(len, mine.values())) == len(pods):
        return [_generation(revision, mine[revision.name]) for revision in revisions]
    newest = max(revisions, key=age, default=node)
    whole = _generation(newest, pods)
    return [
        Generation(
            name=node.name,
            created=whole.created,
            revision=whole.revision,
            images=whole.images,
            pods=whole.pods,
            healthy_pods=whole.healthy_pods,
        )
    ]


def _is_of(pod: Node, revision: Node, owner: Node) -> bool:
    labels = (pod.networking_info.labels if pod.networking_info else None) or {}
    # A StatefulSet labels its pods with the revision's name, a DaemonSet with the hash at its end.
    value = labels.get("controller-revision-hash", "")
    return bool(value) and revision.name in {value, f"{owner.name}-{value}"}


def _generation(owner: Node, pods: list[Node]) -> Generation:
    revision = owner.information("Revision").removeprefix("Rev:")
    return Generation(
        name=owner.name,
        created=owner.created_at,
        revision=int(revision) if revision.isdecimal() else 0,
        images=tuple(sorted({capped(image) for pod in pods for image in pod.images or ()})),
        pods=len(pods),
        healthy_pods=sum(pod.status == "Healthy" for pod in pods),
    )
