"""Taking back one field of a shared file for one application alone: the old value goes into the application's layer."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from gitops_bot.clients.fleet import Fleet
from gitops_bot.clients.movement import rendered
from gitops_bot.locate.blame.origin import Origin
from gitops_bot.locate.sites import ways_to_set
from gitops_bot.model.diagnosis import Diagnosis
from gitops_bot.model.json import Json, at
from gitops_bot.model.proposal import Candidate, NotLocated, ReturnTo
from gitops_bot.model.resource import ResourceKey


def restore_in_own_layer(fleet: Fleet, diagnosis: Diagnosis, origin: Origin) -> Iterator[Candidate | NotLocated]:
    """Yield the places that give the one field at fault its old value, the shared ones first.

    Nothing comes where an object came or went whole, where more than one field is at fault, or where the field no
    longer has the value that the culprit gave it.
    """
    intent = origin.intent
    if not isinstance(intent, ReturnTo) or any(change.added or change.removed for change in intent.suspects):
        return
    fields = [(change.key, field) for change in intent.suspects for field in change.fields]
    if len(fields) != 1 or fields[0][1].absent_before or fields[0][1].absent_after:
        return
    key, field = fields[0]
    if _now(fleet, diagnosis, key, field.pointer) != field.after:
        return  # somebody has set it to something else since: that is not ours to undo
    for way in ways_to_set(fleet, diagnosis.incident.application, key, field.pointer, field.before):
        if isinstance(way, Candidate):
            yield replace(way, intent=intent, origin=origin.change, how=f"the value from before is {way.how}")
        else:
            yield way


def _now(fleet: Fleet, diagnosis: Diagnosis, key: ResourceKey, pointer: str) -> Json:
    manifests = rendered(fleet, diagnosis.incident.application)
    if isinstance(manifests, str):
        return None
    found = next((manifest for manifest in manifests if manifest.key == key), None)
    return at(found.body, pointer) if found else None
