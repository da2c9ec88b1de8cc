"""Which of several commits is to blame: the one that moved what is suspected, or that broke the rendering.

Each commit is compared with its own parents. A history with merges is no line: the commit that stands before another in
the log may be of another branch, and the difference to it would be nobody's doing.
"""

from __future__ import annotations

import msgspec
from msgspec import Struct

from gitops_bot.clients.movement import Manifests, Moved, overlap
from gitops_bot.clients.repository import Commit
from gitops_bot.locate.blame.references import referenced
from gitops_bot.locate.blame.versions import Versions
from gitops_bot.model.diagnosis import RevertRelease
from gitops_bot.model.difference import ObjectChange
from gitops_bot.model.incident import Incident, Trouble
from gitops_bot.model.resource import ResourceKey

TEMPLATE = "/spec/template"
CONTENT = ("/data", "/binaryData", "/stringData", "/spec", "/immutable")


class Blame(Struct, frozen=True, kw_only=True):
    """The culprits (newest first), and what is suspected of all that moved; `unclear` says why it cannot be told."""

    culprits: tuple[Commit, ...] = ()
    suspects: tuple[ObjectChange, ...] = ()
    unclear: str = ""


def breakers(versions: Versions, commits: tuple[Commit, ...]) -> Blame:
    """Blame the last commit that does not render though each of its parents does."""
    broke = [
        commit
        for commit in commits
        if isinstance(versions.at(commit.sha), str)
        if commit.parents and not any(isinstance(versions.at(parent), str) for parent in commit.parents)
    ]
    return Blame(culprits=tuple(broke[-1:]))


def movers(
    versions: Versions,
    commits: tuple[Commit, ...],
    good: Manifests | str,
    bad: str,
    incident: Incident,
    remedy: RevertRelease,
) -> Blame:
    """Blame the commits that moved what is suspected between the state `good` and the commit `bad`.

    Suspected is, in turn: what the remedy names, what the object refers to, the rest of the object.
    """
    now = versions.at(bad)
    if isinstance(good, str) or isinstance(now, str) or not versions.changes(good, now):
        return Blame()
    versions.learn_chance(bad)
    total = versions.changes(good, now)
    resource = remedy.resource or incident.resource
    if resource in versions.chance.renames:
        return Blame(unclear=f"{resource} renders under another name each time: what changed it cannot be told")
    itself = frozenset({resource})
    used = referenced(good, resource) | referenced(now, resource)
    passes: list[tuple[frozenset[ResourceKey], tuple[str, ...]]] = [(itself, remedy.fields), (itself, ())]
    if incident.trouble is not Trouble.SYNC:
        passes = [(itself, remedy.fields)]
        if not remedy.fields or TEMPLATE in remedy.fields:
            # Where a rule names less than the whole template, nothing else can be the cause: no image fills a cluster.
            passes += [(used, CONTENT), (itself, ("/spec",))]
    moves: dict[str, tuple[Moved, ...]] = {}
    for objects, fields in passes:
        suspects = _suspected(total, objects, fields, resource)
        wanted = versions.fields(suspects)
        if not wanted:
            continue
        moves = moves or {commit.sha: _own_moves(versions, commit) for commit in commits}
        culprits = [commit for commit in commits if _meet(moves[commit.sha], wanted)]
        if culprits:
            return Blame(culprits=tuple(culprits[::-1]), suspects=suspects)
    return Blame()


def _meet(moves: tuple[Moved, ...], wanted: tuple[Moved, ...]) -> bool:
    return any(overlap(one, other) for one in moves for other in wanted)


def _own_moves(versions: Versions, commit: Commit) -> tuple[Moved, ...]:
    """Return what a commit itself moves; of a merge, what is as none of its parents has it."""
    here = versions.at(commit.sha)
    first, *others = [versions.moves(versions.at(parent), here) for parent in commit.parents] or [()]
    return tuple(one for one in first if all(_meet((one,), other) for other in others))


def _suspected(
    total: tuple[ObjectChange, ...], objects: frozenset[ResourceKey], fields: tuple[str, ...], resource: ResourceKey
) -> tuple[ObjectChange, ...]:
    found = []
    for change in total:
        if change.key not in objects or (change.removed and change.key == resource):
            continue
        kept = tuple(one for one in change.fields if not fields or any(_within(one.pointer, each) for each in fields))
        if kept or change.added or change.removed:
            found.append(msgspec.structs.replace(change, fields=kept))
    return tuple(found)


def _within(pointer: str, prefix: str) -> bool:
    """Whether the field is the one that is named, is inside it, or holds it."""
    return pointer == prefix or pointer.startswith(f"{prefix}/") or prefix.startswith(f"{pointer}/")
