"""Telling Argo CD, in the Application's own manifest, that a field belongs to somebody else.

`ignoreDifferences` alone hides the difference; with the sync option `RespectIgnoreDifferences=true` a sync leaves the
live value too. Taking the field out of Git instead would make the API server fall back to its default at the next sync:
a Deployment without `replicas` goes down to one pod before its autoscaler notices.
"""

from __future__ import annotations

from gitops_bot.clients.definition import Definition
from gitops_bot.clients.fleet import Fleet
from gitops_bot.locate.manifest import append, edit_manifest
from gitops_bot.model.application import Application
from gitops_bot.model.diagnosis import IgnoreDifference
from gitops_bot.model.json import Json, dig, sequence
from gitops_bot.model.plan import Operation
from gitops_bot.model.proposal import Candidate, NotLocated

RESPECT = "RespectIgnoreDifferences=true"


def ignore_difference(fleet: Fleet, application: Application, remedy: IgnoreDifference) -> Candidate | NotLocated:
    """Return the edit of the Application's manifest that hands the fields over."""

    def operations(definition: Definition) -> tuple[Operation, ...]:
        return _operations(definition.body, remedy)

    return edit_manifest(fleet, application, operations, "Argo CD is told to leave the field alone")


def _operations(body: dict[str, Json], remedy: IgnoreDifference) -> tuple[Operation, ...]:
    entry: dict[str, Json] = {"kind": remedy.resource.kind, "name": remedy.resource.name}
    if remedy.resource.group:
        entry = {"group": remedy.resource.group, **entry}
    entry["jsonPointers"] = list(remedy.pointers)
    operations = []
    known = dig(body, "spec", "ignoreDifferences")
    if not _covered(known, remedy):
        operations.append(append("/spec/ignoreDifferences", known, entry))
    policy = dig(body, "spec", "syncPolicy")
    options = dig(policy, "syncOptions")
    if policy is None:
        operations.append(Operation(op="add", path="/spec/syncPolicy", value={"syncOptions": [RESPECT]}))
    elif RESPECT not in sequence(options):
        operations.append(append("/spec/syncPolicy/syncOptions", options, RESPECT))
    return tuple(operations)


def _covered(known: Json, remedy: IgnoreDifference) -> bool:
    for entry in sequence(known):
        same = dig(entry, "kind") == remedy.resource.kind and dig(entry, "name") in (None, "", remedy.resource.name)
        if same and set(remedy.pointers) <= {str(one) for one in sequence(dig(entry, "jsonPointers"))}:
            return True
    return False
