"""One Application that needs a look → its signals and workloads, with no more reads than that takes."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from gitops_bot.clients.argocd import ArgoCD, ManagedResource, Node
from gitops_bot.model.application import Application
from gitops_bot.model.incident import Skipped
from gitops_bot.model.json import Json, dig
from gitops_bot.model.resource import ResourceKey
from gitops_bot.model.signal import PodBlocked, Signal, Workload
from gitops_bot.observe.autoscalers import autoscalers
from gitops_bot.observe.drift import drift_signals
from gitops_bot.observe.events import creation_signals, event_signals
from gitops_bot.observe.pods import needs_events, pod_signals, read_pod, signal_from_tree
from gitops_bot.observe.reader import Outage, Reader
from gitops_bot.observe.reading import capped
from gitops_bot.observe.syncing import is_failing, syncing_signals
from gitops_bot.observe.tree import Tree
from gitops_bot.observe.workloads import unhealthy_objects, workloads

MOST_MANIFESTS = 12
_WITH_CONDITIONS = frozenset(
    {"Deployment", "StatefulSet", "DaemonSet", "Rollout", "Job", "HorizontalPodAutoscaler", "PersistentVolumeClaim"}
)
_POD_MAKERS = frozenset({"ReplicaSet", "StatefulSet", "DaemonSet", "Job"})

Manifests = dict[ResourceKey, dict[str, Json]]


class Findings(Struct, frozen=True, kw_only=True):
    """What one Application showed; `application` is the whole of it where it could be read."""

    application: Application
    signals: tuple[Signal, ...] = ()
    workloads: tuple[Workload, ...] = ()
    unread: tuple[Skipped, ...] = ()


def needs_a_look(application: Application) -> bool:
    """Whether the list alone says that something may be wrong; Progressing counts, for a crashing canary is that."""
    status = application.status
    if status.health.status != "Healthy" or status.sync.status != "Synced" or is_failing(status.operation_state):
        return True
    return any(condition.type.endswith("Error") for condition in status.conditions or ())


def inspect(argocd: ArgoCD, listed: Application, *, insist: bool, outage: Outage, now: datetime) -> Findings:
    """Read what the Application's state calls for and return what it shows.

    What cannot be read is named in `unread` and the rest goes on. An Application that recovered since the list was read
    is left at that, unless the caller insists.
    """
    reader = Reader(argocd, listed.name, outage)
    application = reader.attempt("the Application", lambda: argocd.application(listed.metadata.name, listed.outside))
    if application is None:
        return Findings(application=listed, unread=tuple(reader.unread))
    if not insist and not needs_a_look(application):
        return Findings(application=application)
    whole = application
    answer = reader.attempt("the resource tree", lambda: argocd.resource_tree(whole))
    tree = Tree(answer.nodes if answer else None)
    managed: tuple[ManagedResource, ...] = ()
    if application.status.sync.status == "OutOfSync":
        managed = reader.attempt("what Git declares", lambda: argocd.managed_resources(whole)) or ()
    manifests = _manifests(reader, application, tree)
    scalers = autoscalers(managed, manifests)
    signals: list[Signal] = syncing_signals(application)
    signals += _pods(reader, application, tree)
    drifted = drift_signals(application, managed, scalers)
    explained = frozenset(signal.resource for signal in (*signals, *drifted))
    signals += unhealthy_objects(application, tree, manifests, now, explained)
    return Findings(
        application=application,
        signals=(*signals, *drifted),
        workloads=tuple(workloads(tree, manifests, scalers)),
        unread=tuple(reader.unread),
    )


def _manifests(reader: Reader, application: Application, tree: Tree) -> Manifests:
    """Manifests of unhealthy objects whose conditions tell more than Argo CD's health message."""
    found: Manifests = {}
    wanted = [
        node
        for node in tree.nodes
        if node.kind in _WITH_CONDITIONS
        and node.status not in {"", "Healthy", "Missing"}
        and not tree.is_left_over(node)
    ]
    for node in wanted[:MOST_MANIFESTS]:
        body = _manifest(reader, application, node)
        if body is not None:
            found[node.key] = body
    return found


def _manifest(reader: Reader, application: Application, node: Node) -> dict[str, Json] | None:
    return reader.attempt(str(node.key), lambda: reader.argocd.resource(application, node))


def _pods(reader: Reader, application: Application, tree: Tree) -> list[Signal]:
    found: list[Signal] = []
    unhealthy = tree.unhealthy_pods()
    for node in unhealthy:
        found += _pod(reader, application, node, tree.workload(node).key)
    busy = {owner.key for node in unhealthy if (owner := tree.parent(node))}
    for node in tree.nodes:
        idle = node.kind in _POD_MAKERS and node.status in {"Progressing", "Degraded"} and node.key not in busy
        if idle and not tree.is_left_over(node):
            found += _maker(reader, application, node, tree.workload(node).key)
    return found


def _pod(reader: Reader, application: Application, node: Node, workload: ResourceKey) -> tuple[Signal, ...]:
    body = _manifest(reader, application, node)
    if body is None:
        told = signal_from_tree(application.name, node, workload)
        return (told,) if told else ()
    pod = read_pod(application.name, node, workload, body)
    signals = pod_signals(pod)
    if dig(body, "metadata", "deletionTimestamp") or not needs_events(signals):
        return signals
    events = reader.attempt(f"the events of {node.key}", lambda: reader.argocd.events(application, node))
    return event_signals(pod, signals, events or ())


def _maker(reader: Reader, application: Application, node: Node, workload: ResourceKey) -> tuple[Signal, ...]:
    if node.kind == "ReplicaSet" and node.status == "Degraded":
        # Argo CD holds a ReplicaSet to be degraded for one reason alone: it may not make its pods.
        return (
            PodBlocked(
                application=application.name,
                resource=node.key,
                workload=workload,
                reason="FailedCreate",
                message=capped(node.message),
                since=node.created_at,
                where=f"ReplicaSet {node.name}, health",
            ),
        )
    events = reader.attempt(f"the events of {node.key}", lambda: reader.argocd.events(application, node))
    return creation_signals(application.name, node, workload, events or ())
