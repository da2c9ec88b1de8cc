"""What an edit must move, and nothing else: the four intents, each with its check."""

from __future__ import annotations

from msgspec import Struct

from gitops_bot.clients.fleet import Fleet, deployed_sources
from gitops_bot.clients.rendering import NotRenderable, RenderFailed
from gitops_bot.model.application import Application
from gitops_bot.model.difference import FieldChange, ObjectChange, compare
from gitops_bot.model.plan import Check
from gitops_bot.model.proposal import FieldsBecome, Intent, NothingMoves, RenderAgain, ReturnTo
from gitops_bot.model.resource import Manifest, ResourceKey
from gitops_bot.model.source import Source


class Expectation(Struct, frozen=True):
    """What must come of one Application."""

    intent: Intent


def good_state(fleet: Fleet, application: Application, intent: Intent) -> tuple[Manifest, ...] | None:
    """Return the Application as its last good commit renders it, None where the intent names none or it fails."""
    if not isinstance(intent, ReturnTo | RenderAgain) or not intent.good:
        return None
    with fleet.workspace.at(intent.good):
        try:
            return fleet.render(application, _sources_at(fleet, application, intent.good)).manifests
        except (RenderFailed, NotRenderable):
            return None


def _sources_at(fleet: Fleet, application: Application, commit: str) -> tuple[Source, ...] | None:
    deployed = [one for one in application.history if fleet.revision(application, one) == commit]
    return (deployed_sources(deployed[-1]) or None) if deployed else None


def check_intent(
    name: str,
    intent: Intent,
    changes: tuple[ObjectChange, ...],
    after: tuple[Manifest, ...],
    good: tuple[Manifest, ...] | None,
) -> Check:
    """Return whether `changes` (before to after) are what the intent says, for one Application."""
    if isinstance(intent, NothingMoves):
        problem = f"{name}: the comment changes what is rendered" if changes else ""
        return _check(f"{name}: nothing rendered changes", problem)
    if isinstance(intent, FieldsBecome):
        return _fields_become(name, intent, changes)
    if good is None:
        return _check("", f"{name} cannot be rendered at the last good commit: nothing to compare with")
    if isinstance(intent, RenderAgain):
        return _renders_again(name, intent, after, good)
    return _returns(name, intent, changes, after, good)


def _check(fine: str, problem: str) -> Check:
    return Check(name="intent", passed=not problem, detail=problem or fine)


def _fields_become(name: str, intent: FieldsBecome, changes: tuple[ObjectChange, ...]) -> Check:
    moved = [(change.key, field.pointer, field.after) for change in changes for field in change.fields]
    whole = [change for change in changes if change.added or change.removed]
    wanted = [(intent.resource, pointer, value) for pointer, value in intent.values]
    same = not whole and len(moved) == len(wanted) and all(one in wanted for one in moved)
    count = len(wanted)
    fields = "field changes" if count == 1 else "fields change"
    return _check(
        f"{name}: exactly {count} {fields} in {intent.resource}, to the intended value",
        "" if same else f"{name}: the edit would move other fields than intended: {_names(changes)}",
    )


def _renders_again(name: str, intent: RenderAgain, after: tuple[Manifest, ...], good: tuple[Manifest, ...]) -> Check:
    left = compare(good, after)
    return _check(
        f"{name} renders again, and exactly as at {intent.good[:7]}, its last good commit",
        f"{name} would render again, but not as at {intent.good[:7]}: {_names(left)}" if left else "",
    )


def _returns(
    name: str,
    intent: ReturnTo,
    changes: tuple[ObjectChange, ...],
    after: tuple[Manifest, ...],
    good: tuple[Manifest, ...],
) -> Check:
    left = compare(good, after)
    astray = [one for one in _fields(changes) if any(_overlap(one, other) for other in _fields(left))]
    if astray:
        return _check("", f"{name}: {_name(astray[0])} would not be what it was at {intent.good[:7]}")
    unmoved = [one for one in _fields(intent.suspects) if any(_overlap(one, other) for other in _fields(left))]
    if intent.suspects and unmoved:
        return _check("", f"{name}: {_name(unmoved[0])} would stay as it is")
    return _check(f"{name}: each field that moves goes back to its value at {intent.good[:7]}", "")


Moved = tuple[ResourceKey, FieldChange | None]


def _fields(changes: tuple[ObjectChange, ...]) -> list[Moved]:
    found: list[Moved] = []
    for change in changes:
        found.extend((change.key, field) for field in change.fields)
        if change.added or change.removed:
            found.append((change.key, None))
    return found


def _overlap(one: Moved, other: Moved) -> bool:
    if one[0] != other[0]:
        return False
    if one[1] is None or other[1] is None:
        return True
    first, second = one[1].label, other[1].label
    return (
        first == second
        or first.startswith((f"{second}.", f"{second}["))
        or second.startswith((f"{first}.", f"{first}["))
    )


def _name(moved: Moved) -> str:
    return f"{moved[1].label} of {moved[0]}" if moved[1] else str(moved[0])


def _names(changes: tuple[ObjectChange, ...]) -> str:
    names = [_name(one) for one in _fields(changes)]
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "") or "nothing"
