"""Taking back a change field by field, where its hunks cannot go back whole.

The culprit's own difference says which fields it moved; of these, only the ones that move the Application at fault are
set back, at the place where they stand now, and only if they still have the culprit's value.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from gitops_bot.clients.editing import NotEditable, make_edit
from gitops_bot.clients.fleet import Fleet
from gitops_bot.clients.rendering import RenderFailed
from gitops_bot.locate.origin import Origin
from gitops_bot.model.application import Application
from gitops_bot.model.diagnosis import Diagnosis
from gitops_bot.model.difference import FieldChange, differences
from gitops_bot.model.json import Json, dig, mapping
from gitops_bot.model.plan import Edit, FieldPatch, Operation
from gitops_bot.model.proposal import Candidate, NotLocated, ReturnTo
from gitops_bot.model.resource import Manifest
from gitops_bot.yamlpatch import PatchInvalid, PatchRefused, load_documents

MAXIMUM_FIELDS = 16


class Place(Struct, frozen=True):
    """One document of one file, and the operations that set one field of it back."""

    path: str
    document: int
    operations: tuple[Operation, ...]


def restore_fields(fleet: Fleet, diagnosis: Diagnosis, origin: Origin) -> Candidate | NotLocated:
    """Return the edits that give the Application's own fields their values from before the culprit."""
    if len(origin.commits) > 1:
        return NotLocated(
            reason=f"{len(origin.commits)} commits moved the same fields: no single one can be taken back"
        )
    places = [place for path in origin.paths for place in _places(fleet, origin, path)]
    if not places:
        return NotLocated(
            reason=f"no field that {origin.change.commit[:7]} changed still has the value that it gave it"
        )
    if len(places) > MAXIMUM_FIELDS:
        return NotLocated(reason=f"{origin.change.commit[:7]} changed {len(places)} fields: too many to tell apart")
    application = diagnosis.incident.application
    own = [place for place in places if _moves(fleet, application, place)]
    if not own:
        return NotLocated(reason=f"no single field that {origin.change.commit[:7]} changed moves {application.name}")
    edited = _edits(fleet, own)
    if isinstance(edited, NotLocated):
        return edited
    edits, contents = edited
    return Candidate(
        subject=application.name,
        edits=edits,
        contents=contents,
        intent=ReturnTo(good=origin.span.good, suspects=origin.suspects),
        origin=origin.change,
        how="the fields of this application alone are set back",
    )


def _places(fleet: Fleet, origin: Origin, path: str) -> Iterator[Place]:
    culprit = origin.commits[0]
    parent = fleet.repository.parent(culprit)
    versions = [fleet.repository.read(commit, path) for commit in (parent or culprit, culprit, fleet.commit)]
    good, bad, now = (_documents(version) for version in versions)
    for number, document in enumerate(bad):
        before = _counterpart(good, document, number, len(bad))
        here = _index(now, document, number, len(bad))
        if before is None or here is None:
            continue
        for change in differences(before, document):
            operations = _operations(change, now[here])
            if operations:
                yield Place(path, here, operations)


def _documents(content: bytes | None) -> list[Json]:
    try:
        loaded = load_documents(content or b"")
    except (PatchInvalid, PatchRefused):
        return []
    return [value if isinstance(value, dict | list) else None for value in loaded]


def _identity(document: Json) -> tuple[Json, ...]:
    metadata = mapping(dig(document, "metadata"))
    return dig(document, "apiVersion"), dig(document, "kind"), metadata.get("namespace"), metadata.get("name")


def _index(documents: list[Json], wanted: Json, number: int, count: int) -> int | None:
    """Return which document is the wanted one: by its identity, or by its number where it has none."""
    identity = _identity(wanted)
    if any(identity):
        found = [index for index, document in enumerate(documents) if _identity(document) == identity]
        return found[0] if len(found) == 1 else None
    return number if len(documents) == count else None


def _counterpart(documents: list[Json], wanted: Json, number: int, count: int) -> Json:
    index = _index(documents, wanted, number, count)
    return None if index is None else documents[index]


def _operations(change: FieldChange, now: Json) -> tuple[Operation, ...]:
    """Return what sets the field back, nothing where it no longer has the culprit's value."""
    path = change.pointer
    if change.absent_after:
        return (Operation(op="add", path=path, value=change.before),)
    if _at(now, path) != change.after:
        return ()
    test = Operation(op="test", path=path, value=change.after)
    if change.absent_before:
        return (test, Operation(op="remove", path=path))
    return (test, Operation(op="replace", path=path, value=change.before))


def _at(value: Json, pointer: str) -> Json:
    for token in pointer.split("/")[1:]:
        key = token.replace("~1", "/").replace("~0", "~")
        value = dig(value, int(key) if isinstance(value, list) and key.isdecimal() else key)
    return value


def _moves(fleet: Fleet, application: Application, place: Place) -> bool:
    before = fleet.repository.read(fleet.commit, place.path)
    try:
        _, after = make_edit(place.path, before, _patch(place.document, [place]), fleet.repository)
    except NotEditable:
        return False
    was = _rendered(fleet, application)
    with fleet.workspace.overlay({place.path: after}):
        return _rendered(fleet, application) != was


def _rendered(fleet: Fleet, application: Application) -> tuple[Manifest, ...] | str:
    try:
        return fleet.render(application).manifests
    except RenderFailed as failure:
        return failure.message


def _patch(document: int, places: list[Place]) -> FieldPatch:
    operations = tuple(operation for place in places for operation in place.operations)
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
