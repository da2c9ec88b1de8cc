"""Taking back a change field by field, where its hunks cannot go back whole.

The culprit's own difference says which fields it moved; of these, only the ones that move the Application at fault are
set back, at the place where they stand now, and only if they still have the culprit's value.
"""

from __future__ import annotations

from gitops_bot.clients.editing import NotEditable, make_edit
from gitops_bot.clients.fleet import Fleet
from gitops_bot.clients.movement import chance, rendered
from gitops_bot.locate.blame.origin import Origin
from gitops_bot.locate.places import Place, find_places, in_order
from gitops_bot.model.application import Application
from gitops_bot.model.diagnosis import Diagnosis
from gitops_bot.model.plan import Edit, FieldPatch
from gitops_bot.model.proposal import Candidate, NotLocated

MAXIMUM_FIELDS = 16


def restore_fields(fleet: Fleet, diagnosis: Diagnosis, origin: Origin) -> Candidate | NotLocated:
    """Return the edits that give the Application's own fields their values from before the culprit."""
    culprit = origin.change.commit[:7]
    if len(origin.commits) > 1:
        return NotLocated(
            reason=f"{len(origin.commits)} commits moved the same fields: no single one can be taken back"
        )
    places = [place for path in origin.paths for place in find_places(fleet, origin.commits[0], path)]
    if not places:
        return NotLocated(reason=f"no field that {culprit} changed still has the value that it gave it")
    if len(places) > MAXIMUM_FIELDS:
        return NotLocated(reason=f"{culprit} changed {len(places)} fields: too many to tell apart")
    application = diagnosis.incident.application
    own = [place for place in places if _moves(fleet, application, place)]
    if not own:
        return NotLocated(reason=f"no single field that {culprit} changed moves {application.name}")
    edited = _edits(fleet, own)
    if isinstance(edited, NotLocated):
        return edited
    edits, contents = edited
    return Candidate(
        subject=application.name,
        edits=edits,
        contents=contents,
        intent=origin.intent,
        origin=origin.change,
        how="the fields of this application alone are set back",
    )


def _moves(fleet: Fleet, application: Application, place: Place) -> bool:
    before = fleet.repository.read(fleet.commit, place.path)
    try:
        _, after = make_edit(place.path, before, _patch(place.document, [place]), fleet.repository)
    except NotEditable:
        return False
    was, known = rendered(fleet, application), chance(fleet, application)
    with fleet.workspace.overlay({place.path: after}):
        return not known.same(rendered(fleet, application), was)


def _patch(document: int, places: list[Place]) -> FieldPatch:
    operations = tuple(operation for place in in_order(places) for operation in place.operations)
    return FieldPatch(document=document, operations=operations)


def _edits(fleet: Fleet, places: list[Place]) -> tuple[tuple[Edit, ...], dict[str, bytes | None]] | NotLocated:
    edits: list[Edit] = []
    contents: dict[str, bytes | None] = {}
    for path in sorted({place.path for place in places}):
        inside = [place for place in places if place.path == path]
        numbers = {place.document for place in inside}
        if len(numbers) > 1:
            return NotLocated(reason=f"the fields stand in {len(numbers)} documents of {path}")
        before = fleet.repository.read(fleet.commit, path)
        try:
            edit, after = make_edit(path, before, _patch(numbers.pop(), inside), fleet.repository)
        except NotEditable as refusal:
            return NotLocated(reason=refusal.reason)
        edits.append(edit)
        contents[path] = after
    return tuple(edits), contents
