"""What an edit must move, and nothing else: the four intents, each with its check."""

from __future__ import annotations

from msgspec import Struct

from gitops_bot.clients.fleet import Fleet, deployed_sources
from gitops_bot.clients.movement import Chance, Manifests, fields_of, named, overlap, rendered
from gitops_bot.model.application import Application
from gitops_bot.model.difference import ObjectChange, compare
from gitops_bot.model.plan import Check
from gitops_bot.model.proposal import FieldsBecome, Intent, NothingMoves, RenderAgain, ReturnTo
from gitops_bot.model.source import Source

SHOWN_NAMES = 5


class Expectation(Struct, frozen=True):
    """What must come of one Application."""

    intent: Intent


class Outcome(Struct, frozen=True, kw_only=True):
    """What rendering shows for one Application.

    `changes` lead from before the edit to after it, `left` from the last good state to the one after the edit (None
    where there is no such state); `later` are the commits that touched what it reads after the one that is taken back.
    """

    name: str
    changes: tuple[ObjectChange, ...]
    left: tuple[ObjectChange, ...] | None = None
    later: tuple[str, ...] = ()


def good_state(fleet: Fleet, application: Application, intent: Intent) -> Manifests | None:
    """Return the Application as its last good commit renders it, None where the intent names none or it fails."""
    if not isinstance(intent, ReturnTo | RenderAgain) or not intent.good:
        return None
    with fleet.workspace.at(intent.good):
        state = rendered(fleet, application, _sources_at(fleet, application, intent.good))
    return None if isinstance(state, str) else state


def left_over(good: Manifests | None, after: Manifests, chance: Chance) -> tuple[ObjectChange, ...] | None:
    """Return what is not as it was in the good state, None where there is none."""
    return None if good is None else chance.leave_out(compare(good, after))


def _sources_at(fleet: Fleet, application: Application, commit: str) -> tuple[Source, ...] | None:
    deployed = [one for one in application.history if fleet.revision(application, one) == commit]
    return (deployed_sources(deployed[-1]) or None) if deployed else None


def check_intent(intent: Intent, outcome: Outcome) -> Check:
    """Return whether what moves is what the intent says, for one Application."""
    name = outcome.name
    if isinstance(intent, NothingMoves):
        moves = f"{name}: the comment changes what is rendered: {_names(outcome.changes)}"
        return _check(f"{name}: nothing rendered changes", moves if outcome.changes else "")
    if isinstance(intent, FieldsBecome):
        return _fields_become(intent, outcome)
    if outcome.left is None:
        good = f"{intent.good[:7]}, its last good commit"
        return _check("", f"{name} cannot be rendered at {good}: nothing to compare with")
    if isinstance(intent, RenderAgain):
        return _renders_again(intent, outcome, outcome.left)
    return _returns(intent, outcome, outcome.left)


def _check(fine: str, problem: str) -> Check:
    return Check(name="intent", passed=not problem, detail=problem or fine)


def _fields_become(intent: FieldsBecome, outcome: Outcome) -> Check:
    changes = outcome.changes
    moved = [(change.key, field.pointer, field.after) for change in changes for field in change.fields]
    whole = [change for change in changes if change.added or change.removed]
    wanted = [(intent.resource, pointer, value) for pointer, value in intent.values]
    same = not whole and len(moved) == len(wanted) and all(one in wanted for one in moved)
    count = len(wanted)
    fields = "field changes" if count == 1 else "fields change"
    return _check(
        f"{outcome.name}: exactly {count} {fields} in {intent.resource}, to the intended value",
        "" if same else f"{outcome.name}: the edit would move other fields than intended: {_names(changes)}",
    )


def _renders_again(intent: RenderAgain, outcome: Outcome, left: tuple[ObjectChange, ...]) -> Check:
    name, good = outcome.name, intent.good[:7]
    if not left:
        return _check(f"{name} renders again, and exactly as at {good}, its last good commit", "")
    if not outcome.later:
        return _check("", f"{name} would render again, but not as at {good}: {_names(left)}")
    # What was committed while nothing rendered was never deployed; it comes along with whatever mends the rendering.
    commits = ", ".join(commit[:7] for commit in outcome.later)
    return _check(f"{name} renders again as at {good}, save for what {commits} changed since: {_names(left)}", "")


def _returns(intent: ReturnTo, outcome: Outcome, left: tuple[ObjectChange, ...]) -> Check:
    name, remaining = outcome.name, fields_of(left)
    astray = [one for one in fields_of(outcome.changes) if any(overlap(one, other) for other in remaining)]
    if astray:
        return _check("", f"{name}: {named(astray[0])} would not be what it was at {intent.good[:7]}")
    unmoved = [one for one in fields_of(intent.suspects) if any(overlap(one, other) for other in remaining)]
    if unmoved:
        return _check("", f"{name}: {named(unmoved[0])} would stay as it is")
    return _check(f"{name}: each field that moves goes back to its value at {intent.good[:7]}", "")


def _names(changes: tuple[ObjectChange, ...]) -> str:
    names = [named(one) for one in fields_of(changes)]
    more = f" and {len(names) - SHOWN_NAMES} more" if len(names) > SHOWN_NAMES else ""
    return ", ".join(names[:SHOWN_NAMES]) + more or "nothing"
