"""One Application as different commits render it, each rendered once."""

from __future__ import annotations

from gitops_bot.clients.fleet import Fleet
from gitops_bot.clients.movement import Chance, Manifests, Moved, chance, fields_of, rendered
from gitops_bot.model.application import Application
from gitops_bot.model.difference import ObjectChange, compare
from gitops_bot.model.source import Source


class Versions:
    """What an Application renders to at commits, and what moves between them, chance left out."""

    def __init__(self, fleet: Fleet, application: Application) -> None:
        self.fleet = fleet
        self.application = application
        self.chance = Chance()
        self._known: dict[tuple[str, str], Manifests | str] = {}

    def at(self, commit: str, sources: tuple[Source, ...] | None = None) -> Manifests | str:
        """Return the objects at a commit (with the sources that Git has there, save others are given), or why none."""
        key = (commit, repr(sources))
        if key not in self._known:
            with self.fleet.workspace.at(commit):
                self._known[key] = rendered(self.fleet, self.application, sources)
        return self._known[key]

    def learn_chance(self, commit: str) -> None:
        """Find out which fields differ each time at a commit, and leave them out from now on."""
        with self.fleet.workspace.at(commit):
            self.chance = chance(self.fleet, self.application)

    def changes(self, before: Manifests | str, after: Manifests | str) -> tuple[ObjectChange, ...]:
        """Return what changes between two states; nothing where one does not render."""
        if isinstance(before, str) or isinstance(after, str):
            return ()
        return self.chance.leave_out(compare(before, after))

    def moves(self, before: Manifests | str, after: Manifests | str) -> tuple[Moved, ...]:
        """Return the fields that move between two states."""
        return self.fields(self.changes(before, after))

    @staticmethod
    def fields(changes: tuple[ObjectChange, ...]) -> tuple[Moved, ...]:
        """Return the fields of changes, each with its object."""
        return fields_of(changes)
