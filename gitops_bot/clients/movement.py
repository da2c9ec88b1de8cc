"""What an Application renders to now, and what moves between two such states, chance left out.

A chart may give other objects each time it is rendered (`randAlphaNum`, `genCA`, `now`). Such fields say nothing about
an edit: what differs between two renders of the very same state is left out of every comparison.
"""

from __future__ import annotations

import msgspec
from msgspec import Struct

from gitops_bot.clients.fleet import Fleet
from gitops_bot.clients.rendering import NotRenderable, RenderFailed
from gitops_bot.model.application import Application
from gitops_bot.model.difference import FieldChange, ObjectChange, compare
from gitops_bot.model.resource import Manifest, ResourceKey
from gitops_bot.model.source import Source

Manifests = tuple[Manifest, ...]
Moved = tuple[ResourceKey, FieldChange | None]


class Chance(Struct, frozen=True):
    """The fields and whole objects that differ from one render of a state to the next."""

    moves: tuple[Moved, ...] = ()

    @property
    def renames(self) -> tuple[ResourceKey, ...]:
        """The objects that have another name each time: of them it cannot be told what an edit does to them."""
        return tuple(key for key, field in self.moves if field is None)

    def leave_out(self, changes: tuple[ObjectChange, ...]) -> tuple[ObjectChange, ...]:
        """Return the changes without those that chance makes."""
        if not self.moves:
            return changes
        kept = (
            msgspec.structs.replace(
                change, fields=tuple(field for field in change.fields if not self._makes((change.key, field)))
            )
            for change in changes
        )
        return tuple(change for change in kept if change.fields or change.added or change.removed)

    def same(self, one: Manifests | str, other: Manifests | str) -> bool:
        """Return whether two states are the same but for chance; of failures, whether they are the same failure."""
        if isinstance(one, str) or isinstance(other, str):
            return one == other
        return not self.leave_out(compare(one, other))

    def _makes(self, moved: Moved) -> bool:
        return any(overlap(moved, one) for one in self.moves)


def rendered(fleet: Fleet, application: Application, sources: tuple[Source, ...] | None = None) -> Manifests | str:
    """Return what the Application renders to at the workspace's present state, or why it does not."""
    try:
        return fleet.render(application, sources).manifests
    except RenderFailed as failure:
        return failure.message or "rendering fails"
    except NotRenderable as refusal:
        return refusal.reason


def chance(fleet: Fleet, application: Application) -> Chance:
    """Return what differs between two renders of the workspace's present state. Only Helm's charts can vary."""
    sources = fleet.sources(application)
    if not any(fleet.workspace.read(f"{source.path}/Chart.yaml".lstrip("/")) for source in sources):
        return Chance()
    # A source's name tells it apart for people and changes nothing: it keeps the answer from coming from memory.
    renamed = tuple(msgspec.structs.replace(source, name=f"{source.name} once more") for source in sources)
    first, second = rendered(fleet, application), rendered(fleet, application, renamed)
    if isinstance(first, str) or isinstance(second, str):
        return Chance()
    return Chance(fields_of(compare(first, second)))


def fields_of(changes: tuple[ObjectChange, ...]) -> tuple[Moved, ...]:
    """Return each field that moves with its object; None for an object that comes or goes whole."""
    found: list[Moved] = []
    for change in changes:
        found.extend((change.key, field) for field in change.fields)
        if change.added or change.removed:
            found.append((change.key, None))
    return tuple(found)


def overlap(one: Moved, other: Moved) -> bool:
    """Return whether two moves concern the same field, or one holds the other."""
    return covers(one, other) or covers(other, one)


def covers(outer: Moved, inner: Moved) -> bool:
    """Return whether the first move concerns all of what the second one does."""
    if outer[0] != inner[0] or outer[1] is None or inner[1] is None:
        return outer[0] == inner[0] and outer[1] is None
    label = outer[1].label
    return inner[1].label == label or inner[1].label.startswith((f"{label}.", f"{label}["))


def named(moved: Moved) -> str:
    """Return a move in words: `spec.replicas of Deployment shop/web`."""
    return f"{moved[1].label} of {moved[0]}" if moved[1] else str(moved[0])
