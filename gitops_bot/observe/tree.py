"""The resource tree with the questions that observing asks of it: who owns what, and which pods are worth a look."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime

from gitops_bot.clients.argocd import Node
from gitops_bot.model.resource import ResourceKey

WORKLOADS = frozenset({"Deployment", "StatefulSet", "DaemonSet", "Rollout", "Job", "CronJob"})
MOST_PODS_ALIKE = 3
MOST_PODS = 24
_DEEPEST = 8
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
# Of these only the newest that an owner made tells of the present; the others are kept as history.
_KEPT_AS_HISTORY = frozenset({"Job", "AnalysisRun", "Experiment"})


class Tree:
    """The nodes in a fixed order, with parents and children resolved."""

    def __init__(self, nodes: list[Node] | None) -> None:
        self.nodes = tuple(sorted(nodes or (), key=lambda node: (node.key, node.uid)))
        by_uid = {node.uid: node for node in self.nodes if node.uid}
        by_key = {node.key: node for node in self.nodes}
        self._parents: dict[ResourceKey, Node] = {}
        self._children: dict[ResourceKey, list[Node]] = defaultdict(list)
        for node in self.nodes:
            for reference in node.parent_refs or ():
                key = ResourceKey(reference.group, reference.kind, reference.namespace, reference.name)
                parent = by_uid.get(reference.uid) or by_key.get(key)
                if parent is not None and parent is not node:
                    self._parents[node.key] = parent
                    self._children[parent.key].append(node)
                    break

    def parent(self, node: Node) -> Node | None:
        """The object that owns the node, where the tree has it."""
        return self._parents.get(node.key)

    def children(self, node: Node, kind: str) -> list[Node]:
        """The objects of one kind that the node owns itself."""
        return [child for child in self._children.get(node.key, ()) if child.kind == kind]

    def pods(self, node: Node) -> list[Node]:
        """The pods that the node owns, at any depth."""
        found: list[Node] = []
        level = [node]
        for _ in range(_DEEPEST):
            level = [child for owner in level for child in self._children.get(owner.key, ())]
            found += [child for child in level if child.kind == "Pod"]
        return found

    def workload(self, node: Node) -> Node:
        """The outermost workload that the node belongs to, or the node itself."""
        outermost, seen = node, node
        for _ in range(_DEEPEST):
            above = self.parent(seen)
            if above is None:
                break
            seen = above
            if seen.kind in WORKLOADS:
                outermost = seen
        return outermost

    def workloads(self) -> list[Node]:
        """All workloads that belong to no other workload."""
        return [node for node in self.nodes if node.kind in WORKLOADS and self.workload(node) is node]

    def is_left_over(self, node: Node) -> bool:
        """Whether the node's health tells of the past: its owner does well without it, or has made a newer one."""
        owner = self.parent(node)
        if owner is None:
            return False
        if owner.status == "Healthy":
            return True
        if node.kind in _KEPT_AS_HISTORY and node is not max(self.children(owner, node.kind), key=age):
            return True
        return owner.kind in _KEPT_AS_HISTORY and self.is_left_over(owner)

    def unhealthy_pods(self) -> list[Node]:
        """The pods to look into: of each owner and reason the first few, so that a large fleet costs no more."""
        alike: dict[tuple[str, str], int] = defaultdict(int)
        chosen = []
        for pod in self._candidates():
            owner = self.parent(pod)
            group = (owner.uid if owner else pod.uid, pod.information("Status Reason"))
            alike[group] += 1
            if alike[group] <= MOST_PODS_ALIKE:
                chosen.append(pod)
        return chosen[:MOST_PODS]

    def _candidates(self) -> Iterator[Node]:
        for node in self.nodes:
            if node.kind != "Pod" or node.group or node.status in {"Healthy", ""}:
                continue
            if node.information("Status Reason") != "Terminating" and not self.is_left_over(node):
                yield node


def age(node: Node) -> tuple[datetime, str]:
    """A sort key: when the object was made, then its name."""
    return node.created_at or _LONG_AGO, node.name
