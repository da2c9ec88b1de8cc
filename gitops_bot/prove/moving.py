"""The Applications that read edited files, each as it renders before and after the edit."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from msgspec import Struct

from gitops_bot.clients.fleet import Fleet
from gitops_bot.clients.movement import Chance, Manifests, chance
from gitops_bot.clients.rendering import NotRenderable, RenderFailed
from gitops_bot.model.application import Application
from gitops_bot.model.difference import ObjectChange, compare
from gitops_bot.model.proposal import Candidate


class Movement(Struct, frozen=True):
    """One Application before and after: its objects, or the text with which rendering fails."""

    application: Application
    before: Manifests | str
    after: Manifests | str
    chance: Chance = Chance()

    @property
    def name(self) -> str:
        """The Application's name."""
        return self.application.name

    @property
    def fails(self) -> bool:
        """Whether it renders neither before nor after: then nothing can be told, and nothing is deployed."""
        return isinstance(self.before, str) and isinstance(self.after, str)

    @property
    def changes(self) -> tuple[ObjectChange, ...]:
        """How the objects change; a render that fails has none."""
        if isinstance(self.before, str) or isinstance(self.after, str):
            return ()
        return self.chance.leave_out(compare(self.before, self.after))

    @property
    def moves(self) -> bool:
        """Whether anything is different, a failure that comes or goes included."""
        return isinstance(self.before, str) is not isinstance(self.after, str) or bool(self.changes)


def observe_movements(fleet: Fleet, candidate: Candidate) -> list[Movement]:
    """Return the subject, then each other Application that reads an edited file, by name. Raises NotRenderable."""
    readers = _readers(fleet, candidate)
    # Renders wait for kustomize and helm, which run beside each other; the workspace stands still meanwhile.
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        before = list(pool.map(partial(_render, fleet), readers))
        with fleet.workspace.overlay(candidate.contents):
            after = list(pool.map(partial(_render, fleet), readers))
    found = [Movement(*states) for states in zip(readers, before, after, strict=True)]
    return [_steadied(fleet, movement) for movement in found]


def _readers(fleet: Fleet, candidate: Candidate) -> tuple[Application, ...]:
    subject = fleet.applications[candidate.subject]
    others = [one for one in fleet.readers(candidate.contents) if one.name != subject.name]
    return (subject, *others)


def _render(fleet: Fleet, application: Application) -> Manifests | str:
    try:
        return fleet.render(application).manifests
    except RenderFailed as failure:
        return failure.message or "rendering fails"
    except NotRenderable as refusal:
        raise NotRenderable(f"{application.name}: {refusal.reason}") from None


def _steadied(fleet: Fleet, movement: Movement) -> Movement:
    if not movement.changes:
        return movement
    return Movement(movement.application, movement.before, movement.after, chance(fleet, movement.application))
