"""A pod's manifest → what its containers and its conditions say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec import Struct

from gitops_bot.clients.argocd import Node
from gitops_bot.model.json import Json, dig, mapping, sequence, text
from gitops_bot.model.resource import ResourceKey
from gitops_bot.model.signal import ContainerFailing, PodBlocked, PodUnschedulable, Signal
from gitops_bot.observe.reading import capped, earliest, moment, number

_STARTING = frozenset({"", "ContainerCreating", "PodInitializing"})
_NEVER_READY_WITHIN = timedelta(minutes=1)
_KILLED_FROM_OUTSIDE = frozenset({0, 137, 143})
_NOT_PULLED = frozenset({"ImagePullBackOff", "ErrImagePull"})
_TELLS_NO_CAUSE = re.compile(r'Back-off pulling image(?: "[^"]*")?')
_CLAIM_REASONS = (
    ("unbound immediate PersistentVolumeClaims", "PersistentVolumeClaimUnbound"),
    ("persistentvolumeclaim", "PersistentVolumeClaimMissing"),
)


class Container(Struct, frozen=True, kw_only=True):
    """One container as the pod's status and spec give it; `initial` where it must end before the others start."""

    name: str
    image: str
    initial: bool
    ready: bool
    restarts: int
    running: bool
    waiting: str
    terminated: dict[str, Json]
    last: dict[str, Json]
    message: str


class Pod(Struct, frozen=True, kw_only=True):
    """A pod's manifest with the names that signals need."""

    application: str
    key: ResourceKey
    workload: ResourceKey
    body: dict[str, Json]
    created: datetime | None

    @property
    def containers(self) -> tuple[Container, ...]:
        """All containers, the initial ones first."""
        return (*_containers(self.body, "initContainers"), *_containers(self.body, "containers"))

    def condition(self, kind: str) -> dict[str, Json]:
        """The condition of that type, empty where there is none."""
        conditions = sequence(dig(self.body, "status", "conditions"))
        return next((mapping(entry) for entry in conditions if dig(entry, "type") == kind), {})

    @property
    def not_ready_since(self) -> datetime | None:
        """Since when it is not ready; a pod that never was counts from its creation."""
        ready = self.condition("Ready")
        if text(ready.get("status")) == "True":
            return None
        changed = moment(ready.get("lastTransitionTime"))
        if changed and self.created and changed - self.created > _NEVER_READY_WITHIN:
            return changed
        return self.created or changed


def read_pod(application: str, node: Node, workload: ResourceKey, body: dict[str, Json]) -> Pod:
    """Wrap a pod's manifest."""
    created = moment(dig(body, "metadata", "creationTimestamp")) or node.created_at
    return Pod(application=application, key=node.key, workload=workload, body=body, created=created)


def pod_signals(pod: Pod) -> tuple[Signal, ...]:
    """Return what the pod's own status shows; nothing for one that is being deleted."""
    if dig(pod.body, "metadata", "deletionTimestamp"):
        return ()
    signals: list[Signal] = [_failing(pod, container) for container in pod.containers if _is_failing(container)]
    signals += _scheduling(pod)
    if not signals and text(dig(pod.body, "status", "phase")) == "Failed":
        signals.append(
            PodBlocked(
                application=pod.application,
                resource=pod.key,
                workload=pod.workload,
                reason=capped(text(dig(pod.body, "status", "reason"))) or "Failed",
                message=capped(text(dig(pod.body, "status", "message"))),
                since=pod.not_ready_since,
                where=f"pod {pod.key.name}, status",
            )
        )
    return tuple(signals)


def needs_events(signals: tuple[Signal, ...]) -> bool:
    """Whether the state alone leaves the cause open: nothing seen, or a container that something else ended."""
    return not signals or any(isinstance(signal, ContainerFailing) and _is_open(signal) for signal in signals)


def lacks_pull_error(signal: Signal) -> bool:
    """Whether an image is not pulled and the state does not say why."""
    return (
        isinstance(signal, ContainerFailing)
        and signal.reason in _NOT_PULLED
        and _TELLS_NO_CAUSE.fullmatch(signal.message) is not None
    )


def signal_from_tree(application: str, node: Node, workload: ResourceKey) -> ContainerFailing | None:
    """Return what the resource tree alone says of a pod whose manifest could not be read, where that is something."""
    reason = node.information("Status Reason").removeprefix("Init:")
    if not reason.endswith(("BackOff", "Error", "OOMKilled", "ErrImagePull", "InvalidImageName")):
        return None
    restarts = node.information("Restart Count")
    return ContainerFailing(
        application=application,
        resource=node.key,
        workload=workload,
        container="",
        image=capped((node.images or [""])[0]),
        initial=node.information("Status Reason").startswith("Init:"),
        reason=capped(reason),
        message=capped(node.message),
        restarts=int(restarts) if restarts.isdecimal() else 0,
        since=node.created_at,
        where=f"pod {node.name}, resource tree",
    )


def _containers(body: dict[str, Json], field: str) -> Iterator[Container]:
    declared = {text(dig(entry, "name")): entry for entry in sequence(dig(body, "spec", field))}
    status = "initContainerStatuses" if field == "initContainers" else "containerStatuses"
    for entry in sequence(dig(body, "status", status)):
        name = text(dig(entry, "name"))
        spec = declared.get(name)
        state = mapping(dig(entry, "state"))
        waiting, terminated = mapping(state.get("waiting")), mapping(state.get("terminated"))
        yield Container(
            name=capped(name),
            image=capped(text(dig(spec, "image")) or text(dig(entry, "image"))),
            # An init container that always restarts is a sidecar: it runs beside the others.
            initial=field == "initContainers" and dig(spec, "restartPolicy") != "Always",
            ready=dig(entry, "ready") is True,
            restarts=number(dig(entry, "restartCount")),
            running="running" in state,
            waiting=capped(text(waiting.get("reason"))),
            terminated=terminated,
            last=mapping(dig(entry, "lastState", "terminated")),
            message=capped(text(waiting.get("message")) or text(terminated.get("message"))),
        )


def _is_failing(container: Container) -> bool:
    if container.terminated:
        return number(container.terminated.get("exitCode")) != 0
    if container.waiting not in _STARTING:
        return True
    if not container.running or container.ready:
        return False
    # Running just now, between two failures.
    if container.last.get("reason") == "OOMKilled":
        return container.restarts > 0
    return container.restarts > 1 and number(container.last.get("exitCode")) != 0


def _failing(pod: Pod, container: Container) -> ContainerFailing:
    ended = container.terminated or container.last
    code = ended.get("exitCode")
    place = "state" if container.terminated or not container.last else "lastState"
    return ContainerFailing(
        application=pod.application,
        resource=pod.key,
        workload=pod.workload,
        container=container.name,
        image=container.image,
        initial=container.initial,
        reason=container.waiting or capped(text(container.terminated.get("reason"))),
        message=container.message,
        last_reason=capped(text(ended.get("reason"))),
        last_message=capped(text(ended.get("message"))),
        exit_code=code if isinstance(code, int) else None,
        restarts=container.restarts,
        since=earliest(pod.not_ready_since, moment(ended.get("finishedAt"))),
        where=f"pod {pod.key.name}, container {container.name}, {place}",
    )


def _is_open(signal: ContainerFailing) -> bool:
    killed = signal.last_reason != "OOMKilled" and signal.exit_code in _KILLED_FROM_OUTSIDE
    return killed or lacks_pull_error(signal)


def _scheduling(pod: Pod) -> list[Signal]:
    condition = pod.condition("PodScheduled")
    if condition.get("status") != "False" or condition.get("reason") != "Unschedulable":
        return []
    message = capped(text(condition.get("message")))
    since = moment(condition.get("lastTransitionTime")) or pod.created
    where = f"pod {pod.key.name}, condition PodScheduled"
    for words, reason in _CLAIM_REASONS:
        if words in message:
            return [
                PodBlocked(
                    application=pod.application,
                    resource=pod.key,
                    workload=pod.workload,
                    reason=reason,
                    message=message,
                    since=since,
                    where=where,
                )
            ]
    return [
        PodUnschedulable(
            application=pod.application,
            resource=pod.key,
            workload=pod.workload,
            message=message,
            since=since,
            where=where,
        )
    ]
