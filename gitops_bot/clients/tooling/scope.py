"""What one incident's tools may be asked about: one Application, its namespaces, the objects of its resource tree."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Annotated

from msgspec import Meta

from gitops_bot.clients.argocd import ArgoCD, Node
from gitops_bot.clients.tooling.tool import ToolRefused
from gitops_bot.clients.tooling.wording import plain
from gitops_bot.model.application import Application
from gitops_bot.model.resource import ResourceKey

# What runs pods, and so has logs and metrics of its own in the namespace that it stands in.
_RUNS_PODS = frozenset(
    {
        "CronJob",
        "DaemonSet",
        "Deployment",
        "Job",
        "Pod",
        "ReplicaSet",
        "ReplicationController",
        "Rollout",
        "StatefulSet",
    }
)
_MOST_NAMED = 12
_LONGEST_NAME = 253

Kind = Annotated[str, Meta(max_length=63, description="kind of the object, such as Deployment")]
Name = Annotated[str, Meta(max_length=_LONGEST_NAME, description="name of the object")]
Namespace = Annotated[str, Meta(max_length=63, description="its namespace; null where kind and name say enough")]
Group = Annotated[str, Meta(max_length=_LONGEST_NAME, description="its API group; null where kind and name say enough")]


def namespaces_of(application: Application) -> frozenset[str]:
    """Return the namespaces in which the Application runs pods, with the one that it is deployed to."""
    running = {one.namespace for one in application.status.resources or () if one.kind in _RUNS_PODS}
    return frozenset({application.spec.destination.namespace, *running} - {""})


class Scope:
    """One Application as its incident's tools see it. The resource tree is read once, when it is first needed."""

    def __init__(self, application: Application, argocd: ArgoCD) -> None:
        self.application = application
        self.argocd = argocd

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """All objects of the Application's resource tree. SourceUnavailable where Argo CD does not tell."""
        return tuple(self.argocd.resource_tree(self.application).nodes or ())

    def node(self, kind: str, name: str, namespace: str | None = None, group: str | None = None) -> Node:
        """Return an object of the tree; ToolRefused for a Secret, for what is not in the tree, and for doubt."""
        if _plain_kind(kind) == "secret":
            raise ToolRefused("Secrets are never read", expected="an object of another kind")
        of_kind = [one for one in self.nodes if _plain_kind(one.kind) == _plain_kind(kind) and one.kind != "Secret"]
        found = [
            one
            for one in of_kind
            if one.name == name and namespace in (None, "", one.namespace) and group in (None, "", one.group)
        ]
        if len(found) == 1:
            return found[0]
        if found:
            raise ToolRefused(f"{len(found)} objects are called so", expected=f"namespace and group: {_listed(found)}")
        asked = str(ResourceKey(group or "", kind, namespace or "", name))
        raise ToolRefused(
            f"{plain(asked, 120)} is no object of this incident's Application",
            expected=f"one of {_listed(of_kind)}" if of_kind else f"a kind of {self._kinds()}",
        )

    def origin(self, node: Node) -> ResourceKey:
        """Return the object of the tree that an object was made for, by its chain of owners: itself where none did."""
        by_uid = {one.uid: one for one in self.nodes if one.uid}
        for _ in self.nodes:
            above = next((by_uid[one.uid] for one in node.parent_refs or () if one.uid in by_uid), None)
            if above is None:
                break
            node = above
        return node.key

    def _kinds(self) -> str:
        return ", ".join(sorted({one.kind for one in self.nodes if one.kind != "Secret"})) or "none: its tree is empty"


def _plain_kind(kind: str) -> str:
    lowered = kind.strip().lower()
    return lowered[:-1] if lowered.endswith("s") and not lowered.endswith(("ss", "ies")) else lowered


def _listed(nodes: Iterable[Node]) -> str:
    names = [f"{one.key}" if not one.group else f"{one.key} ({one.group})" for one in nodes]
    more = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
