"""Renders every reader of the edited files before and after, and compares the movement with the intent."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from gitops_bot.clients.fleet import Fleet
from gitops_bot.clients.rendering import NotRenderable, RenderFailed
from gitops_bot.model.application import Application
from gitops_bot.model.difference import ObjectChange, compare
from gitops_bot.model.plan import Check, RenderedChange
from gitops_bot.model.proposal import Candidate, NothingMoves, Proof, RenderAgain
from gitops_bot.model.resource import Manifest
from gitops_bot.prove.intent import Expectation, check_intent, good_state


class Movement(Struct, frozen=True):
    """One Application before and after: its objects, or the text with which rendering fails."""

    application: Application
    before: tuple[Manifest, ...] | str
    after: tuple[Manifest, ...] | str

    @property
    def changes(self) -> tuple[ObjectChange, ...]:
        """How the objects change; a render that fails has none."""
        if isinstance(self.before, str) or isinstance(self.after, str):
            return ()
        return compare(self.before, self.after)

    @property
    def moves(self) -> bool:
        """Whether anything is different, a failure that comes or goes included."""
        return self.before != self.after


def prove(fleet: Fleet, candidate: Candidate, companions: Mapping[str, Expectation]) -> Proof:
    """Return what rendering shows for the candidate.

    `companions` are the Applications that have the same trouble, and may move too, each with what must come of it; any
    other Application that moves refuses the candidate.
    """
    readers = _readers(fleet, candidate)
    try:
        before = {one.name: _render(fleet, one) for one in readers}
        with fleet.workspace.overlay(candidate.contents):
            movements = [Movement(one, before[one.name], _render(fleet, one)) for one in readers]
    except NotRenderable as refusal:
        return Proof(refusal=f"not provable by rendering: {refusal.reason}")
    moved = [movement for movement in movements if movement.moves]
    checks = [
        _blast_radius(moved, candidate, companions),
        _renders(movements, candidate),
        *_intents(fleet, moved, candidate, companions),
    ]
    failed = [check for check in checks if not check.passed]
    return Proof(
        checks=tuple(checks),
        rendered=tuple(
            RenderedChange(application=movement.application.name, objects=_shown(fleet, candidate, movement))
            for movement in moved
        ),
        moved=tuple(movement.application.name for movement in moved),
        readers=tuple(movement.application.name for movement in movements if not movement.moves),
        refusal=failed[0].detail if failed else "",
    )


def _readers(fleet: Fleet, candidate: Candidate) -> tuple[Application, ...]:
    subject = fleet.applications[candidate.subject]
    others = [one for one in fleet.readers(candidate.contents) if one.name != subject.name]
    return (subject, *others)


def _render(fleet: Fleet, application: Application) -> tuple[Manifest, ...] | str:
    try:
        return fleet.render(application).manifests
    except RenderFailed as failure:
        return failure.message or "rendering fails"


def _blast_radius(moved: list[Movement], candidate: Candidate, companions: Mapping[str, Expectation]) -> Check:
    allowed = {candidate.subject, *companions}
    strangers = [
        movement.application.name
        for movement in moved
        if movement.application.name not in allowed and not _carries(movement, allowed)
    ]
    if strangers:
        return Check(
            name="blast radius",
            passed=False,
            detail=f"the edit would also change {', '.join(strangers)}, where nothing is wrong",
            lift="Narrow the change to the application's own layer.",
        )
    names = ", ".join(movement.application.name for movement in moved) or "nothing"
    return Check(name="blast radius", passed=True, detail=f"rendered before and after: {names} changes, and no other")


def _carries(movement: Movement, allowed: set[str]) -> bool:
    """Whether all that moves in an Application is the declaration of Applications that may move (app of apps)."""
    keys = [change.key for change in movement.changes]
    return bool(keys) and all(key.kind == "Application" and key.name in allowed for key in keys)


def _renders(movements: list[Movement], candidate: Candidate) -> Check:
    broken = [
        movement.application.name
        for movement in movements
        if isinstance(movement.after, str)
        and (movement.application.name == candidate.subject or not isinstance(movement.before, str))
    ]
    if broken:
        return Check(name="renders", passed=False, detail=f"{', '.join(broken)} would not render after the edit")
    names = ", ".join(movement.application.name for movement in movements)
    return Check(name="renders", passed=True, detail=f"after the edit all that read the files render: {names}")


def _intents(
    fleet: Fleet, moved: list[Movement], candidate: Candidate, companions: Mapping[str, Expectation]
) -> list[Check]:
    if not any(movement.application.name == candidate.subject for movement in moved):
        if isinstance(candidate.intent, NothingMoves):
            return [
                Check(
                    name="intent", passed=not moved, detail="no rendered byte changes: the commit only asks for a sync"
                )
            ]
        return [Check(name="intent", passed=False, detail="the edit changes nothing that is rendered")]
    checks = []
    for movement in moved:
        name = movement.application.name
        expected = Expectation(candidate.intent) if name == candidate.subject else companions.get(name)
        if expected is not None and not isinstance(movement.after, str):
            good = good_state(fleet, movement.application, expected.intent)
            checks.append(check_intent(name, expected.intent, movement.changes, movement.after, good))
    return checks


def _shown(fleet: Fleet, candidate: Candidate, movement: Movement) -> tuple[ObjectChange, ...]:
    """Return the change to show: where nothing rendered before, the difference to the last good state."""
    if isinstance(movement.before, str) and not isinstance(movement.after, str):
        if isinstance(candidate.intent, RenderAgain):
            good = good_state(fleet, movement.application, candidate.intent)
            return compare(good, movement.after) if good is not None else ()
        return ()
    return movement.changes
