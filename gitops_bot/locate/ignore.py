"""Telling Argo CD, in the Application's own manifest, that a field belongs to somebody else.

`ignoreDifferences` alone hides the difference; with the sync option `RespectIgnoreDifferences=true` a sync leaves the
live value too. Taking the field out of Git instead would make the API server fall back to its default at the next sync:
a Deployment without `replicas` goes down to one pod before its autoscaler notices.
"""

from __future__ import annotations

import msgspec

from gitops_bot.clients.definition import Definition
from gitops_bot.clients.editing import NotEditable, NothingToChange, make_edit
from gitops_bot.clients.fleet import Fleet
from gitops_bot.model.diagnosis import Diagnosis, IgnoreDifference
from gitops_bot.model.json import Json, dig, sequence
from gitops_bot.model.plan import FieldPatch, Operation
from gitops_bot.model.proposal import Candidate, FieldsBecome, NotLocated

RESPECT = "RespectIgnoreDifferences=true"


def ignore_difference(fleet: Fleet, diagnosis: Diagnosis, remedy: IgnoreDifference) -> Candidate | NotLocated:
    """Return the edit of the Application's manifest that hands the fields over."""
    application = diagnosis.incident.application
    definition = fleet.search_definition(application)
    parent = fleet.parent(application)
    if definition is None:
        return NotLocated(
            reason=f"the manifest of the Application {application.name} is not written out in this repository: add "
            f"`ignoreDifferences` for {remedy.resource.kind} {remedy.resource.name} where it is made"
        )
    if parent is None:
        return NotLocated(reason=f"{definition.path} declares {application.name}, but no Application deploys that file")
    operations = _operations(definition, remedy)
    before = fleet.repository.read(fleet.commit, definition.path)
    try:
        edit, after = make_edit(
            definition.path,
            before,
            FieldPatch(document=definition.document, operations=operations),
            fleet.repository,
        )
    except NothingToChange:
        return NotLocated(reason=f"{definition.path} already ignores the difference", settled=True)
    except NotEditable as refusal:
        return NotLocated(reason=refusal.reason)
    return Candidate(
        subject=parent.name,
        edits=(edit,),
        contents={definition.path: after},
        intent=FieldsBecome(resource=application.key, values=_intended(definition, operations)),
        how="Argo CD is told to leave the field alone",
    )


def _operations(definition: Definition, remedy: IgnoreDifference) -> tuple[Operation, ...]:
    entry: dict[str, Json] = {"kind": remedy.resource.kind, "name": remedy.resource.name}
    if remedy.resource.group:
        entry = {"group": remedy.resource.group, **entry}
    entry["jsonPointers"] = list(remedy.pointers)
    operations = []
    known = dig(definition.body, "spec", "ignoreDifferences")
    if not _covered(known, remedy):
        operations.append(_append("/spec/ignoreDifferences", known, entry))
    policy = dig(definition.body, "spec", "syncPolicy")
    options = dig(policy, "syncOptions")
    if policy is None:
        operations.append(Operation(op="add", path="/spec/syncPolicy", value={"syncOptions": [RESPECT]}))
    elif RESPECT not in sequence(options):
        operations.append(_append("/spec/syncPolicy/syncOptions", options, RESPECT))
    return tuple(operations)


def _append(path: str, known: Json, value: Json) -> Operation:
    if isinstance(known, list):
        return Operation(op="add", path=f"{path}/-", value=value)
    return Operation(op="add", path=path, value=[value])


def _covered(known: Json, remedy: IgnoreDifference) -> bool:
    for entry in sequence(known):
        same = dig(entry, "kind") == remedy.resource.kind and dig(entry, "name") in (None, "", remedy.resource.name)
        if same and set(remedy.pointers) <= {str(one) for one in sequence(dig(entry, "jsonPointers"))}:
            return True
    return False


def _intended(definition: Definition, operations: tuple[Operation, ...]) -> tuple[tuple[str, Json], ...]:
    values = []
    for operation in operations:
        path = operation.path
        if path.endswith("/-"):
            listed = sequence(dig(definition.body, *path.split("/")[1:-1]))
            path = f"{path[:-1]}{len(listed)}"
        values.append((path, msgspec.to_builtins(operation.value)))
    return tuple(values)
