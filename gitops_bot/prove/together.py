"""Several proven proposals as one: rendered with all their files at once, each moves what it moved alone."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from gitops_bot.clients.editing import NotEditable, recompute
from gitops_bot.clients.fleet import Fleet
from gitops_bot.clients.rendering import NotRenderable
from gitops_bot.model.difference import ObjectChange
from gitops_bot.model.json import Json
from gitops_bot.model.plan import Check, GitChange, RenderedChange
from gitops_bot.model.proposal import Candidate, NothingMoves, Proposal
from gitops_bot.prove.intent import SHOWN_NAMES
from gitops_bot.prove.moving import observe_movements

Moves = set[tuple[str, str, str, str]]


def joined(parts: tuple[Proposal, ...]) -> Proposal | None:
    """Return one proposal with all edits, to be judged as a whole; None where two of them edit the same file.

    It keeps the name of the first, and says of what was proven only what is true of each.
    """
    edits = tuple(edit for part in parts for edit in part.edits)
    if len({edit.path for edit in edits}) != len(edits):
        return None
    if len(parts) == 1:
        return parts[0]
    moved = {one.application for part in parts for one in part.rendered}
    return replace(
        parts[0],
        cases=tuple(case for part in parts for case in part.cases),
        edits=edits,
        rendered=tuple(RenderedChange(application=name, objects=_objects(parts, name)) for name in sorted(moved)),
        proof=_checks(parts),
        readers=tuple(sorted({name for part in parts for name in part.readers} - moved)),
        origin=min((part.origin for part in parts if part.origin), key=_age, default=None),
        how=_how(parts),
    )


def prove_together(fleet: Fleet, parts: tuple[Proposal, ...]) -> Proposal | None:
    """Return the parts as one proposal where rendering shows it to be their sum, None where it is not."""
    whole = joined(parts)
    if whole is None or len(parts) == 1:
        return whole
    files = {edit.path: fleet.repository.read(fleet.commit, edit.path) for edit in whole.edits}
    try:
        contents = recompute(whole.edits, files, fleet.repository)
        subject = next(name for name in whole.applications if name in fleet.applications)
        candidate = Candidate(subject=subject, edits=whole.edits, contents=contents, intent=NothingMoves())
        movements = observe_movements(fleet, candidate)
    except (NotEditable, NotRenderable):
        return None
    rendered = tuple(
        RenderedChange(application=one.name, objects=one.changes) for one in movements.observed if one.moves
    )
    if _moves(rendered) != _moves(one for part in parts for one in part.rendered):
        return None
    names = sorted(one.application for one in rendered)
    more = f" and {len(names) - SHOWN_NAMES} more" if len(names) > SHOWN_NAMES else ""
    detail = (
        f"rendered with all {len(whole.edits)} files changed at once: {', '.join(names[:SHOWN_NAMES])}{more} change, "
        "each as by its own file alone, and no other"
    )
    return replace(
        whole, rendered=rendered, proof=(Check(name="all files together", passed=True, detail=detail), *whole.proof)
    )


def _objects(parts: tuple[Proposal, ...], application: str) -> tuple[ObjectChange, ...]:
    found = (one for part in parts for one in part.rendered if one.application == application)
    return tuple(sorted((change for one in found for change in one.objects), key=lambda change: change.key))


def _moves(rendered: Iterable[RenderedChange]) -> Moves:
    """Return each field that moves and where to; of a whole object that comes or goes, that it does."""
    return {
        (one.application, str(change.key), pointer, value)
        for one in rendered
        for change in one.objects
        for pointer, value in _fields(change)
    }


def _fields(change: ObjectChange) -> list[tuple[str, str]]:
    whole = [("", "added" if change.added else "removed")] if change.added or change.removed else []
    return whole + [(one.pointer, _said(one.before, one.after)) for one in change.fields]


def _said(before: Json, after: Json) -> str:
    return f"{before!r} to {after!r}"


def _checks(parts: tuple[Proposal, ...]) -> tuple[Check, ...]:
    """Return what was checked of each part: one row for checks of one name, failed where one of them is."""
    named: dict[str, list[Check]] = {}
    for check in (one for part in parts for one in part.proof):
        named.setdefault(check.name, []).append(check)
    return tuple(
        Check(
            name=name,
            passed=all(one.passed for one in checks),
            detail="; ".join(dict.fromkeys(one.detail for one in checks)),
            lift=next((one.lift for one in checks if one.lift), ""),
        )
        for name, checks in named.items()
    )


def _age(origin: GitChange) -> tuple[float, str]:
    return origin.committed_at.timestamp(), origin.commit


def _how(parts: tuple[Proposal, ...]) -> str:
    image = parts[0].image
    if image is None:
        return parts[0].how
    began = sorted({part.origin.commit[:7] for part in parts if part.origin})
    whence = f", released by {', '.join(began)}" if len(began) > 1 else ""
    files = sum(len(part.edits) for part in parts)
    return f"{image.name} goes back to {image.good.lstrip(':@')} in all {files} files that name it{whence}"
