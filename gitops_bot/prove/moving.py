"""The Applications that read edited files, each as it renders before and after the edit."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from msgspec import Struct

from gitops_bot.clients.fleet import Fleet
from gitops_bot.clients.movement import Chance, Manifests, chance
from gitops_bot.clients.rendering import NotRenderable, RenderFailed, RenderInput
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


class Movements(Struct, frozen=True):
    """The subject's movement, then those of the other Applications that read an edited file, by name.

    `untouched` are the names of those that an edited file only declares, among others, and declares as before.
    """

    observed: tuple[Movement, ...]
    untouched: tuple[str, ...]


def observe_movements(fleet: Fleet, candidate: Candidate) -> Movements:
    """Return what the edit moves in the subject and in each other Application that reads an edited file.

    Raises NotRenderable where one of those cannot be rendered.
    """
    subject = fleet.applications[candidate.subject]
    others = [one for one in fleet.readers(candidate.contents) if one.name != subject.name]
    untouched = _untouched(fleet, others, candidate)
    readers = (subject, *(one for one in others if one.name not in untouched))
    # Renders wait for kustomize and helm, which run beside each other; the workspace stands still meanwhile.
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        before = list(pool.map(partial(_render, fleet), readers))
        with fleet.workspace.overlay(candidate.contents):
            after = list(pool.map(partial(_render, fleet), readers))
    found = [Movement(*states) for states in zip(readers, before, after, strict=True)]
    return Movements(tuple(_steadied(fleet, movement) for movement in found), untouched)


def _untouched(fleet: Fleet, readers: list[Application], candidate: Candidate) -> tuple[str, ...]:
    """Return those whose render is asked for with the same before and after, and reads no edited file itself.

    Of hundreds that one file declares, an edit of one need not render the others.
    """
    before = {one.name: request for one in readers if (request := _asked(fleet, one)) is not None}
    with fleet.workspace.overlay(candidate.contents):
        same = [one for one in readers if one.name in before and _asked(fleet, one) == before[one.name]]
    return tuple(one.name for one in same if not _reads(fleet, before[one.name], candidate))


def _asked(fleet: Fleet, application: Application) -> RenderInput | None:
    try:
        return fleet.request(application)
    except (RenderFailed, NotRenderable):
        return None


def _reads(fleet: Fleet, request: RenderInput, candidate: Candidate) -> bool:
    try:
        reads = fleet.renderer.reads(request)
    except NotRenderable:
        # Of a chart from elsewhere no file here counts, save of a source that it takes values from.
        return any(fleet.is_own(source) and fleet.tracks_branch(source) for source in request.sources)
    return any(reads.covers(path) for path in candidate.contents)


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
