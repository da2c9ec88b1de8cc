"""The shapes of Argo CD's answers, as far as they are read: unknown fields are passed over, and lists may be null."""

from __future__ import annotations

from datetime import datetime

from gitops_bot.model.application import Health
from gitops_bot.model.resource import ResourceKey
from gitops_bot.model.source import Wire


class ParentReference(Wire, frozen=True):
    """The object that owns a node of the resource tree."""

    group: str = ""
    kind: str = ""
    namespace: str = ""
    name: str = ""
    uid: str = ""


class Information(Wire, frozen=True):
    """A line that Argo CD shows beside a node: `Status Reason`, `Restart Count`, `Revision`, ..."""

    name: str = ""
    value: str = ""


class NetworkingInformation(Wire, frozen=True):
    """Labels of a pod, as far as the tree has them."""

    labels: dict[str, str] | None = None


class Node(Wire, frozen=True):
    """One object of the resource tree: declared in Git, or made by another one of the tree."""

    group: str = ""
    version: str = ""
    kind: str = ""
    namespace: str = ""
    name: str = ""
    uid: str = ""
    parent_refs: list[ParentReference] | None = None
    info: list[Information] | None = None
    networking_info: NetworkingInformation | None = None
    images: list[str] | None = None
    health: Health | None = None
    created_at: datetime | None = None

    @property
    def key(self) -> ResourceKey:
        """The object."""
        return ResourceKey(self.group, self.kind, self.namespace, self.name)

    @property
    def status(self) -> str:
        """The health status, empty where Argo CD judges none."""
        return self.health.status if self.health else ""

    @property
    def message(self) -> str:
        """What the health status rests on."""
        return self.health.message if self.health else ""

    def information(self, name: str) -> str:
        """The value of the line `name` that Argo CD shows, or an empty string."""
        return next((line.value for line in self.info or () if line.name == name), "")


class ResourceTree(Wire, frozen=True):
    """`/resource-tree`: all objects that belong to an Application."""

    nodes: list[Node] | None = None


class ManagedResource(Wire, frozen=True):
    """One object that Git declares, as Argo CD compares it; the states are JSON text, `null` or empty: not there."""

    group: str = ""
    kind: str = ""
    namespace: str = ""
    name: str = ""
    hook: bool = False
    modified: bool = False
    target_state: str = ""
    live_state: str = ""
    normalized_live_state: str = ""
    predicted_live_state: str = ""

    @property
    def key(self) -> ResourceKey:
        """The object."""
        return ResourceKey(self.group, self.kind, self.namespace, self.name)


class ManagedResources(Wire, frozen=True):
    """`/managed-resources`."""

    items: list[ManagedResource] | None = None


class ObjectReference(Wire, frozen=True):
    """The object that an event is about; `field_path` names a container as `spec.containers{api}`."""

    kind: str = ""
    namespace: str = ""
    name: str = ""
    field_path: str = ""


class EventSeries(Wire, frozen=True):
    """How often an event was seen again."""

    count: int | None = None
    last_observed_time: datetime | None = None


class Event(Wire, frozen=True):
    """One Kubernetes event; times are UTC."""

    type: str = ""
    reason: str = ""
    message: str = ""
    count: int | None = None
    first_timestamp: datetime | None = None
    last_timestamp: datetime | None = None
    event_time: datetime | None = None
    involved_object: ObjectReference = ObjectReference()
    series: EventSeries | None = None

    @property
    def first(self) -> datetime | None:
        """When it was first seen."""
        return self.first_timestamp or self.event_time or self.last_timestamp

    @property
    def last(self) -> datetime | None:
        """When it was last seen."""
        again = self.series.last_observed_time if self.series else None
        return again or self.last_timestamp or self.event_time or self.first_timestamp

    @property
    def times(self) -> int:
        """How often it was seen."""
        return (self.series.count if self.series else None) or self.count or 1


class Events(Wire, frozen=True):
    """`/events`."""

    items: list[Event] | None = None


class ResourceManifest(Wire, frozen=True):
    """`/resource`: the object as JSON text."""

    manifest: str = ""


class LogEntry(Wire, frozen=True):
    """One line of a container's log; `last` marks the entry that ends the stream. `time_stamp` is UTC."""

    content: str = ""
    time_stamp: datetime | None = None
    last: bool = False


class LogError(Wire, frozen=True):
    """What went wrong."""

    message: str = ""


class LogMessage(Wire, frozen=True):
    """One message of the stream `/logs`: an entry, or what went wrong half way."""

    result: LogEntry | None = None
    error: LogError | None = None
