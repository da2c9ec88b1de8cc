"""From a remedy to edits: which file and which bytes in Git make it true.

`locate` yields candidates, the best first; `prove` decides which of them may be used.
"""

from __future__ import annotations

from collections.abc import Iterator

from gitops_bot.clients.fleet import Fleet
from gitops_bot.locate.blame.origin import find_origin
from gitops_bot.locate.fields import restore_fields
from gitops_bot.locate.ignore import ignore_difference
from gitops_bot.locate.manifest import set_in_manifest
from gitops_bot.locate.narrowing import restore_in_own_layer
from gitops_bot.locate.resync import resync
from gitops_bot.locate.reversal import reverse_hunks
from gitops_bot.locate.sites import ways_to_set
from gitops_bot.model.application import Application
from gitops_bot.model.diagnosis import Diagnosis, IgnoreDifference, Resync, RevertRelease, SetField
from gitops_bot.model.proposal import Candidate, NotLocated

__all__ = ["locate"]


def locate(fleet: Fleet, diagnosis: Diagnosis, fingerprint: str) -> Iterator[Candidate | NotLocated]:
    """Yield the ways to make the diagnosis's remedy true in Git, or the reasons why one is none.

    Each is computed when it is asked for: a later, costlier way only where the ones before it were not provable.
    """
    application = diagnosis.incident.application
    if reason := fleet.outside(application):
        yield NotLocated(reason=reason, settled=True)
        return
    remedy = diagnosis.remedy
    if isinstance(remedy, RevertRelease):
        yield from _take_back(fleet, diagnosis, remedy)
    elif isinstance(remedy, Resync):
        yield resync(fleet, diagnosis, fingerprint)
    elif isinstance(remedy, IgnoreDifference):
        yield ignore_difference(fleet, application, remedy)
    elif isinstance(remedy, SetField):
        yield from _set(fleet, application, remedy)
    else:
        yield NotLocated(reason="no change in Git expresses the remedy")


def _set(fleet: Fleet, application: Application, remedy: SetField) -> Iterator[Candidate | NotLocated]:
    if remedy.resource == application.key:
        yield set_in_manifest(fleet, application, remedy)
    else:
        yield from ways_to_set(fleet, application, remedy.resource, remedy.pointer, remedy.value)


def _take_back(fleet: Fleet, diagnosis: Diagnosis, remedy: RevertRelease) -> Iterator[Candidate | NotLocated]:
    origin = find_origin(fleet, diagnosis, remedy)
    if isinstance(origin, NotLocated):
        yield origin
        return
    yield reverse_hunks(fleet, diagnosis, origin)
    yield restore_fields(fleet, diagnosis, origin)
    yield from restore_in_own_layer(fleet, diagnosis, origin)
