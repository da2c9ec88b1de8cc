"""What has been read so far, whatever the form it came in: objects piece by piece, events, logs, messages."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from msgspec import Struct

from gitops_bot.clients.argocd import Event
from gitops_bot.model.json import Json, mapping, sequence, text
from gitops_bot.model.resource import ResourceKey
from gitops_bot.observe.texts.naming import CLUSTER_WIDE

MOST_OBJECTS = 2_000
MOST_EVENTS = 2_000
Body = dict[str, Json]
_BY_NAME = frozenset({"containers", "initContainers", "containerStatuses", "initContainerStatuses"})
_BY_TYPE = frozenset({"conditions"})


class Log(Struct, frozen=True, kw_only=True):
    """What a container said; `pod` and `container` are empty where they are not told."""

    text: str
    pod: str = ""
    container: str = ""


class Message(Struct, frozen=True, kw_only=True):
    """A tool's or a person's words: an error, an alert, a sentence."""

    text: str
    where: str
    resource: ResourceKey | None = None


class Field(Struct, frozen=True, kw_only=True):
    """A line that differs between Git and the cluster."""

    resource: ResourceKey
    path: str
    live: str | None
    desired: str | None


class Board:
    """Collects facts; nothing is concluded here. `now` is the moment that ages count back from."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.bodies: dict[ResourceKey, Body] = {}
        self.events: list[Event] = []
        self.logs: list[Log] = []
        self.applications: dict[str, Body] = {}
        self.refusals: list[Message] = []
        self.renderings: list[Message] = []
        self.prose: list[Message] = []
        self.drifted: list[Field] = []
        self.namespaces: Counter[str] = Counter()
        self.names: Counter[str] = Counter()
        self._placed: dict[tuple[str, str], str] = {}

    def note(self, key: ResourceKey, body: Body) -> None:
        """Add what is told of an object to what is known of it."""
        if key not in self.bodies and len(self.bodies) >= MOST_OBJECTS:
            return
        if key.namespace:
            self.namespaces[key.namespace] += 1
        self.bodies[key] = merged(self.bodies.get(key, {}), body)

    def add(self, event: Event) -> None:
        """Add an event."""
        if len(self.events) < MOST_EVENTS:
            self.events.append(event)
            if namespace := event.involved_object.namespace:
                self.namespaces[namespace] += 1

    def application(self, name: str) -> Body:
        """Return what is told of an Application, to be added to."""
        return self.applications.setdefault(name, {"metadata": {"name": name}, "spec": {}, "status": {}})

    @property
    def usual(self) -> str:
        """The namespace that is spoken of most, empty where none is."""
        return next((name for name, _ in self.namespaces.most_common(1)), "")

    def settle(self) -> None:
        """Give the objects that were named without a namespace the one of a namesake, else the usual one."""
        self._placed = {(key.kind, key.name): key.namespace for key in self.bodies if key.namespace}
        found: dict[ResourceKey, Body] = {}
        for key, body in self.bodies.items():
            placed = self.placed(key)
            found[placed] = merged(found[placed], body) if placed in found else body
        self.bodies = found

    def placed(self, key: ResourceKey) -> ResourceKey:
        """Return the key with a namespace: that of a namesake, else the usual one."""
        if key.namespace or key.kind in CLUSTER_WIDE:
            return key
        namespace = self._placed.get((key.kind, key.name), self.usual)
        return ResourceKey(key.group, key.kind, namespace, key.name)


def merged(old: Json, new: Json) -> Body:
    """Return both; where both speak of the same field the fuller one wins, the older where both are full."""
    result = dict(mapping(old))
    for name, value in mapping(new).items():
        present = result.get(name)
        if isinstance(present, dict) and isinstance(value, dict):
            result[name] = merged(present, value)
        elif isinstance(present, list) and isinstance(value, list):
            result[name] = _listed(name, present, value)
        elif present in (None, "", [], {}):
            result[name] = value
    return result


def _listed(name: str, old: list[Json], new: list[Json]) -> list[Json]:
    if name not in _BY_NAME | _BY_TYPE:
        return old or new
    by = "type" if name in _BY_TYPE else "name"
    known = {text(mapping(entry).get(by)): mapping(entry) for entry in old}
    more = {text(mapping(entry).get(by)): mapping(entry) for entry in new}
    if "" in known or "" in more:  # a table of pods does not name the containers that it speaks of
        return _anonymous(known, more)
    return list(sequence([merged(known.get(key), more.get(key)) for key in {**known, **more}]))


def _anonymous(known: dict[str, Body], more: dict[str, Body]) -> list[Json]:
    named, unnamed = (more, known) if "" in known else (known, more)
    if set(named) == {""}:
        return [merged(known[""], more.get("", {}))]
    restarts = unnamed[""].get("restartCount")
    return [{"restartCount": restarts, **entry} if len(named) == 1 else entry for entry in named.values()]
