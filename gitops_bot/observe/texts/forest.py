"""Objects → the nodes of a resource tree: who owns what, how each one is, and pods that only their number tells of."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from gitops_bot.clients.argocd import Node
from gitops_bot.clients.argocd.wire import Information, ParentReference
from gitops_bot.model.application import Health
from gitops_bot.model.json import dig, mapping, sequence, text
from gitops_bot.model.resource import ResourceKey
from gitops_bot.observe.reading import capped, moment, number
from gitops_bot.observe.texts.board import Body
from gitops_bot.observe.texts.health import HEALTHY, object_health, pod_health, workload_health
from gitops_bot.observe.texts.naming import owner_by_name

MOST_PODS_COUNTED = 50
_DEEPEST = 4
_MAKERS = ("ReplicaSet", "Job", "StatefulSet", "DaemonSet", "Deployment", "Rollout", "CronJob")
_LEFT_OUT = frozenset({"Event", "Application", "Kustomization", "HelmRelease"})


class Forest:
    """The nodes that the objects of a board amount to."""

    def __init__(self, bodies: dict[ResourceKey, Body]) -> None:
        self.bodies = dict(bodies)
        self._owners = self._find_owners()
        self._owned: dict[ResourceKey, list[ResourceKey]] = defaultdict(list)
        for key, owner in self._owners.items():
            self._owned[owner].append(key)
        self._counted: dict[ResourceKey, int] = {}
        self._count()

    def nodes(self) -> list[Node]:
        """Return all nodes."""
        found = [self._node(key) for key in sorted(self.bodies) if key.kind not in _LEFT_OUT]
        for maker, missing in sorted(self._counted.items()):
            found += [_uncounted(maker, place) for place in range(missing)]
        return found

    def pods(self, key: ResourceKey) -> list[ResourceKey]:
        """Return the known pods below an object."""
        level, found = [key], []
        for _ in range(_DEEPEST):
            level = [child for owner in level for child in self._owned.get(owner, ())]
            found += [child for child in level if child.kind == "Pod"]
        return found

    def _children(self, key: ResourceKey, kind: str) -> list[ResourceKey]:
        return [child for child in self._owned.get(key, ()) if child.kind == kind]

    def _find_owners(self) -> dict[ResourceKey, ResourceKey]:
        owners: dict[ResourceKey, ResourceKey] = {}
        waiting = list(self.bodies)
        while waiting:
            key = waiting.pop()
            owner = _told_owner(key, self.bodies[key]) or owner_by_name(key, self.bodies)
            if owner is None or owner == key:
                continue
            owners[key] = owner
            if owner not in self.bodies:
                self.bodies[owner] = {"metadata": {"name": owner.name, "namespace": owner.namespace}}
                waiting.append(owner)
        return owners

    def _count(self) -> None:
        """Add healthy pods that a maker's numbers tell of and no line names."""
        for kind in _MAKERS[:4]:
            for key in [key for key in self.bodies if key.kind == kind and kind != "Job"]:
                ready = number(dig(self.bodies[key], "status", "readyReplicas"))
                self._counted[key] = max(0, min(ready, MOST_PODS_COUNTED) - self._healthy(key))
        for key in [key for key in self.bodies if key.kind in {"Deployment", "Rollout"}]:
            self._count_older(key)

    def _count_older(self, key: ResourceKey) -> None:
        body = self.bodies[key]
        desired = number(dig(body, "spec", "replicas"))
        ready, updated = dig(body, "status", "readyReplicas"), dig(body, "status", "updatedReplicas")
        sets = self._children(key, "ReplicaSet")
        missing = number(ready) - sum(self._healthy(one) + self._counted.get(one, 0) for one in sets)
        if missing <= 0 or not sets or not isinstance(updated, int):
            return
        newest = max(
            sets, key=lambda one: (_order(self.bodies[one]), _age(self.bodies, self._children(one, "Pod")), one)
        )
        if updated >= desired and len(sets) == 1:
            self._counted[newest] = min(missing, MOST_PODS_COUNTED)
            return
        older = next((one for one in sets if one != newest), None)
        if older is None:
            older = ResourceKey("apps", "ReplicaSet", key.namespace, f"{key.name}-older")
            self.bodies[older] = {"metadata": {"name": older.name, "creationTimestamp": "2000-01-01T00:00:00Z"}}
            self._owners[older] = key
            self._owned[key].append(older)
        self._counted[older] = self._counted.get(older, 0) + min(missing, MOST_PODS_COUNTED)

    def _healthy(self, key: ResourceKey) -> int:
        return sum(pod_health(self.bodies[pod]) == HEALTHY for pod in self.pods(key))

    def health(self, key: ResourceKey) -> str:
        """Return how an object is."""
        body = self.bodies[key]
        if key.kind == "Pod":
            return pod_health(body)
        if key.kind not in _MAKERS:
            return object_health(key.kind, body)
        pods = [pod for pod in self.pods(key) if not dig(self.bodies[pod], "metadata", "deletionTimestamp")]
        health = workload_health(key.kind, body, len(pods), sum(pod_health(self.bodies[p]) == HEALTHY for p in pods))
        if key.kind == "CronJob":
            jobs = self._children(key, "Job")
            return self.health(max(jobs)) if jobs else health  # its Jobs are named by the minute they were due
        if key.kind in {"Deployment", "Rollout"} and health == HEALTHY and self._halted(key):
            return "Progressing"
        failing = any(pod_health(self.bodies[pod]) == "Degraded" for pod in pods)
        return "Progressing" if failing and health == HEALTHY and key.kind not in {"Job", "CronJob"} else health

    def _halted(self, key: ResourceKey) -> bool:
        """Whether a set of the workload has fewer pods ready than it should have."""
        sets = [self.bodies[one] for one in self._children(key, "ReplicaSet")]
        return any(
            number(dig(body, "status", "readyReplicas")) < number(dig(body, "spec", "replicas")) for body in sets
        )

    def _node(self, key: ResourceKey) -> Node:
        body = self.bodies[key]
        owner = self._owners.get(key)
        parents = [_reference(owner)] if owner else None
        information = [Information(name="Revision", value=f"Rev:{_order(body)}")] if _order(body) else []
        if reason := _reason(body):
            information.append(Information(name="Status Reason", value=reason))
        return Node(
            group=key.group,
            kind=key.kind,
            namespace=key.namespace,
            name=key.name,
            uid=str(key.path),
            parent_refs=parents,
            info=information,
            images=_images(body),
            health=Health(status=self.health(key), message=_message(key.kind, body)),
            created_at=self._created(key),
        )

    def _created(self, key: ResourceKey) -> datetime | None:
        told = moment(dig(self.bodies[key], "metadata", "creationTimestamp"))
        pods = [moment(dig(self.bodies[pod], "metadata", "creationTimestamp")) for pod in self._children(key, "Pod")]
        return told or min((time for time in pods if time), default=None)


def _told_owner(key: ResourceKey, body: Body) -> ResourceKey | None:
    reference = mapping(next(iter(sequence(dig(body, "metadata", "ownerReferences"))), None))
    name = text(reference.get("name"))
    if not name:
        return None
    group = text(reference.get("apiVersion")).rpartition("/")[0]
    kind = text(reference.get("kind"))
    return ResourceKey(group, kind, "" if kind == "Node" else key.namespace, name)


def _order(body: Body) -> int:
    annotations = mapping(dig(body, "metadata", "annotations"))
    told = annotations.get("deployment.kubernetes.io/revision") or annotations.get("rollout.argoproj.io/revision")
    return int(told) if isinstance(told, str) and told.isdecimal() else number(dig(body, "metadata", "order"))


def _age(bodies: dict[ResourceKey, Body], pods: list[ResourceKey]) -> str:
    return max((text(dig(bodies[pod], "metadata", "creationTimestamp")) for pod in pods), default="")


def _reason(body: Body) -> str:
    if dig(body, "metadata", "deletionTimestamp"):
        return "Terminating"
    for field in ("initContainerStatuses", "containerStatuses"):
        for entry in sequence(dig(body, "status", field)):
            if reason := text(dig(entry, "state", "waiting", "reason") or dig(entry, "state", "terminated", "reason")):
                return reason
    return ""


def _images(body: Body) -> list[str]:
    found = [text(dig(entry, "image")) for entry in sequence(dig(body, "spec", "containers"))]
    found += [text(image) for image in sequence(dig(body, "spec", "template", "images"))]
    return [capped(image) for image in found if image]


def _message(kind: str, body: Body) -> str:
    if told := text(dig(body, "status", "told", "message")):
        return told
    if kind in {"Deployment", "StatefulSet", "DaemonSet"}:
        for entry in sequence(dig(body, "status", "conditions")):
            if dig(entry, "status") == "False" and dig(entry, "type") == "Progressing":
                return text(dig(entry, "message")) or text(dig(entry, "reason"))
    return ""


def _uncounted(maker: ResourceKey, place: int) -> Node:
    name = f"{maker.name}-counted-{place}"
    return Node(
        kind="Pod",
        namespace=maker.namespace,
        name=name,
        uid=f"{maker.path}/{place}",
        parent_refs=[_reference(maker)],
        health=Health(status=HEALTHY),
    )


def _reference(owner: ResourceKey) -> ParentReference:
    return ParentReference(group=owner.group, kind=owner.kind, namespace=owner.namespace, name=owner.name)
