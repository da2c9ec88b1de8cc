"""Renders every reader of the edited files before and after, and compares the movement with the intent."""

from __future__ import annotations

from collections.abc import Mapping

from gitops_bot.clients.fleet import Fleet
from gitops_bot.clients.movement import Manifests
from gitops_bot.clients.rendering import NotRenderable
from gitops_bot.model.difference import ObjectChange, compare
from gitops_bot.model.plan import Check, RenderedChange
from gitops_bot.model.proposal import Candidate, Intent, NothingMoves, Proof, RenderAgain, ReturnTo
from gitops_bot.prove.faithful import faithful
from gitops_bot.prove.intent import SHOWN_NAMES, Expectation, Outcome, check_intent, good_state, left_over
from gitops_bot.prove.moving import Movement, Movements, observe_movements
from gitops_bot.prove.schemas import Problem, schema_problems, schemas_installed
from gitops_bot.prove.unseen import unseen_readers

# Our render differs from Argo CD's: what it proves is proven of another render.
DOUBT = 10


def prove(fleet: Fleet, candidate: Candidate, companions: Mapping[str, Expectation]) -> Proof:
    """Return what rendering shows for the candidate.

    `companions` are the Applications that have the same trouble, and may move too, each with what must come of it; any
    other Application that moves refuses the candidate.
    """
    try:
        movements = observe_movements(fleet, candidate)
    except NotRenderable as refusal:
        return Proof(refusal=f"not provable by rendering: {refusal.reason}")
    moved = [movement for movement in movements.observed if movement.moves]
    checks = [
        _steady(moved),
        _blast_radius(fleet, movements, candidate, companions),
        _renders(movements.observed, candidate),
        _valid(fleet, moved, candidate),
        *_intents(fleet, moved, candidate, companions),
    ]
    failed = [check for check in checks if not check.passed]
    alike = faithful(fleet, fleet.applications[candidate.subject])
    return Proof(
        checks=(*(check for check in checks if check.detail), *([alike] if alike else [])),
        doubt=0 if alike is None or alike.passed else DOUBT,
        rendered=tuple(
            RenderedChange(application=movement.name, objects=_shown(fleet, candidate, movement)) for movement in moved
        ),
        moved=tuple(movement.name for movement in moved),
        readers=tuple(
            sorted((*movements.untouched, *(movement.name for movement in movements.observed if not movement.moves)))
        ),
        refusal=failed[0].detail if failed else "",
    )


def _blast_radius(
    fleet: Fleet, movements: Movements, candidate: Candidate, companions: Mapping[str, Expectation]
) -> Check:
    allowed = {candidate.subject, *companions}
    moved = [movement for movement in movements.observed if movement.moves]
    strangers = [one.name for one in moved if one.name not in allowed and not _carries(fleet, one, allowed)]
    lift = "a change in the application's own layer alone"
    if strangers:
        detail = f"the edit would also change {', '.join(strangers)}, where nothing is wrong"
        return Check(name="blast radius", passed=False, detail=detail, lift=lift)
    if unseen := unseen_readers(fleet, candidate.contents):
        detail = f"{', '.join(unseen)} may read the files too, and cannot be rendered here to see"
        return Check(name="blast radius", passed=False, detail=detail, lift=lift)
    names = ", ".join(movement.name for movement in moved) or "nothing"
    detail = f"rendered before and after: {names} change{'' if len(moved) > 1 else 's'}, and no other"
    if untouched := movements.untouched:
        more = f" and {len(untouched) - SHOWN_NAMES} more" if len(untouched) > SHOWN_NAMES else ""
        shown = ", ".join(untouched[:SHOWN_NAMES]) + more
        detail += f"; the edited files declare {shown} too, and as before"
    if failing := [one.name for one in movements.observed if one.fails and one.name != candidate.subject]:
        detail += f"; {', '.join(failing)} does not render, before or after"
    return Check(name="blast radius", passed=True, detail=detail)


def _carries(fleet: Fleet, movement: Movement, allowed: set[str]) -> bool:
    """Whether all that moves in an Application is the declaration of Applications that may move (app of apps).

    An ApplicationSet may move where all that it makes is rendered too: what moves there is judged by itself.
    """
    keys = [change.key for change in movement.changes]
    declared = {fleet.applications[name].key for name in allowed}
    return bool(keys) and all(
        key in declared or (key.kind == "ApplicationSet" and key.group == "argoproj.io" and fleet.expands(key.name))
        for key in keys
    )


def _steady(moved: list[Movement]) -> Check:
    renames = {key.kind: movement.name for movement in moved for key in movement.chance.renames}
    if not renames:
        return Check(name="steady", passed=True, detail="")
    kind, name = next(iter(renames.items()))
    detail = f"{name} renders a {kind} under another name each time, so what the edit moves cannot be told"
    return Check(name="steady", passed=False, detail=detail, lift="a fixed name of the object in the chart")


def _renders(movements: tuple[Movement, ...], candidate: Candidate) -> Check:
    broken = [
        movement.name
        for movement in movements
        if isinstance(movement.after, str)
        and (movement.name == candidate.subject or not isinstance(movement.before, str))
    ]
    if broken:
        return Check(name="renders", passed=False, detail=f"{', '.join(broken)} would not render after the edit")
    names = ", ".join(movement.name for movement in movements if not movement.fails)
    return Check(name="renders", passed=True, detail=f"after the edit all that read the files render: {names}")


def _valid(fleet: Fleet, moved: list[Movement], candidate: Candidate) -> Check:
    if not schemas_installed():
        return Check(name="schemas", passed=True, detail="not checked: the extra `schemas` is not installed")
    found = frozenset[Problem]()
    for movement in moved:
        # What the cluster took before, it takes again: only what is new in the edit counts.
        good = good_state(fleet, movement.application, candidate.intent) or ()
        before = () if isinstance(movement.before, str) else movement.before
        after = () if isinstance(movement.after, str) else movement.after
        touched = {change.key for change in movement.changes} or {manifest.key for manifest in after}
        known = schema_problems(manifest for manifest in (*before, *good) if manifest.key in touched)
        found |= schema_problems(manifest for manifest in after if manifest.key in touched) - known
    if found:
        key, problem = min(found)
        return Check(name="schemas", passed=False, detail=f"the API server would refuse {key}: {problem}")
    return Check(name="schemas", passed=True, detail="what changes fits Kubernetes' own schemas")


def _intents(
    fleet: Fleet, moved: list[Movement], candidate: Candidate, companions: Mapping[str, Expectation]
) -> list[Check]:
    if not any(movement.name == candidate.subject for movement in moved):
        if isinstance(candidate.intent, NothingMoves):
            detail = "no rendered byte changes: the commit only asks for a sync"
            return [Check(name="intent", passed=not moved, detail=detail)]
        return [Check(name="intent", passed=False, detail="the edit changes nothing that is rendered")]
    checks = []
    for movement in moved:
        intent = _expected(movement, candidate, companions)
        if intent is not None and not isinstance(movement.after, str):
            outcome = Outcome(
                name=movement.name,
                changes=movement.changes,
                left=left_over(good_state(fleet, movement.application, intent), movement.after, movement.chance),
                later=_later(fleet, movement, candidate, intent),
            )
            checks.append(check_intent(intent, outcome))
    return checks


def _expected(movement: Movement, candidate: Candidate, companions: Mapping[str, Expectation]) -> Intent | None:
    if movement.name == candidate.subject:
        return candidate.intent
    if movement.name in companions:
        return companions[movement.name].intent
    if isinstance(candidate.intent, ReturnTo | RenderAgain):
        # A parent carries the change in the declaration of its child: that goes back as well, and to nothing else.
        return ReturnTo(good=candidate.intent.good)
    return None


def _later(fleet: Fleet, movement: Movement, candidate: Candidate, intent: Intent) -> tuple[str, ...]:
    """Return the commits after the culprit that touched what an Application reads which did not render meanwhile."""
    reads = fleet.reads(movement.application) if isinstance(intent, RenderAgain) and candidate.origin else None
    if reads is None or candidate.origin is None:
        return ()
    commits = fleet.repository.commits(candidate.origin.commit, fleet.commit, reads.paths)
    return tuple(commit.sha for commit in commits)


def _shown(fleet: Fleet, candidate: Candidate, movement: Movement) -> tuple[ObjectChange, ...]:
    """Return the change to show: where nothing rendered before, the difference to the last good state."""
    if isinstance(movement.before, str) and not isinstance(movement.after, str):
        good: Manifests | None = None
        if isinstance(candidate.intent, RenderAgain):
            good = good_state(fleet, movement.application, candidate.intent)
        return compare(good, movement.after) if good is not None else ()
    return movement.changes
