"""Edits of an Application's own manifest, where this repository writes it out and another Application deploys it."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from gitops_bot.clients.definition import Definition
from gitops_bot.clients.editing import NotEditable, NothingToChange, make_edit
from gitops_bot.clients.fleet import Fleet
from gitops_bot.model.application import Application
from gitops_bot.model.diagnosis import SetField
from gitops_bot.model.difference import differences
from gitops_bot.model.json import Json, dig
from gitops_bot.model.plan import FieldPatch, Operation
from gitops_bot.model.proposal import Candidate, FieldsBecome, NotLocated

Operations = Callable[[Definition], tuple[Operation, ...]]


def edit_manifest(fleet: Fleet, application: Application, operations: Operations, how: str) -> Candidate | NotLocated:
    """Return the edit that `operations` (RFC 6902, made for the manifest that is found) mean, or why there is none."""
    definition = fleet.search_definition(application)
    if definition is None:
        membership = fleet.membership(application)
        where = f"in {membership.label}, for all that it makes" if membership else "where it is made"
        return NotLocated(
            reason=f"the manifest of the Application {application.name} is not written out in this repository: it "
            f"must be changed {where}"
        )
    parent = fleet.parent(application)
    if parent is None:
        return NotLocated(reason=f"{definition.path} declares {application.name}, but no Application deploys that file")
    wanted = operations(definition)
    if not wanted:
        return NotLocated(reason=f"{definition.path} already says so", settled=True)
    before = fleet.repository.read(fleet.commit, definition.path)
    change = FieldPatch(document=definition.document, operations=wanted)
    try:
        edit, after = make_edit(definition.path, before, change, fleet.repository)
    except NothingToChange as nothing:
        return NotLocated(reason=nothing.reason, settled=True)
    except NotEditable as refusal:
        return NotLocated(reason=refusal.reason)
    return Candidate(
        subject=parent.name,
        edits=(edit,),
        contents={definition.path: after},
        intent=FieldsBecome(resource=application.key, values=_intended(definition, wanted)),
        how=how,
    )


def set_in_manifest(fleet: Fleet, application: Application, remedy: SetField) -> Candidate | NotLocated:
    """Return the edit that gives one field of the Application's own manifest a value."""

    def operations(definition: Definition) -> tuple[Operation, ...]:
        steps = remedy.pointer.split("/")[1:]
        known = dig(definition.body, *steps)
        if known is not None:
            return (
                Operation(op="test", path=remedy.pointer, value=known),
                Operation(op="replace", path=remedy.pointer, value=remedy.value),
            )
        # The innermost parent that is there takes the rest of the way as new maps.
        depth = next(
            depth for depth in range(len(steps) - 1, -1, -1) if dig(definition.body, *steps[:depth]) is not None
        )
        value = remedy.value
        for step in reversed(steps[depth + 1 :]):
            value = {step: value}
        return (Operation(op="add", path="/" + "/".join(steps[: depth + 1]), value=value),)

    return edit_manifest(fleet, application, operations, "the Application's own manifest is changed")


def append(path: str, known: Json, value: Json) -> Operation:
    """Return what puts a value at the end of a list that may not be there yet."""
    if isinstance(known, list):
        return Operation(op="add", path=f"{path}/-", value=value)
    return Operation(op="add", path=path, value=[value])


def _intended(definition: Definition, operations: tuple[Operation, ...]) -> tuple[tuple[str, Json], ...]:
    """Return the fields that the operations move, with their new values, as RFC 6902 means them."""
    import jsonpatch

    steps = [
        {"op": one.op, "path": one.path} | ({} if one.op == "remove" else {"value": msgspec.to_builtins(one.value)})
        for one in operations
    ]
    after = jsonpatch.apply_patch(definition.body, steps)
    return tuple((change.pointer, change.after) for change in differences(definition.body, after))
