"""Taking back a change's hunks in the files that an Application reads."""

from __future__ import annotations

from gitops_bot.clients.editing import NotEditable, NothingToChange, blob_id, make_edit
from gitops_bot.clients.fleet import Fleet
from gitops_bot.clients.rendering import RenderFailed
from gitops_bot.locate.origin import Origin
from gitops_bot.model.application import Application
from gitops_bot.model.diagnosis import Diagnosis
from gitops_bot.model.incident import Trouble
from gitops_bot.model.plan import Edit, HunkReversal
from gitops_bot.model.proposal import Candidate, NotLocated, RenderAgain, ReturnTo
from gitops_bot.model.resource import Manifest


def reverse_hunks(fleet: Fleet, diagnosis: Diagnosis, origin: Origin) -> Candidate | NotLocated:
    """Return the edits that take back what the culprit commits did to the Application's files."""
    edits: list[Edit] = []
    contents: dict[str, bytes | None] = {}
    taken_back = []
    for path in origin.paths:
        touching = tuple(commit for commit in origin.commits if _touches(fleet, commit, path))
        before = fleet.repository.read(fleet.commit, path)
        try:
            edit, after = make_edit(path, before, HunkReversal(commits=touching), fleet.repository)
        except NothingToChange:
            taken_back.append(path)
            continue
        except NotEditable as refusal:
            return NotLocated(reason=refusal.reason)
        edits.append(edit)
        contents[path] = after
    needed = _needed(fleet, diagnosis.incident.application, contents)
    edits = [edit for edit in edits if edit.path in needed]
    contents = {path: content for path, content in contents.items() if path in needed}
    if not edits:
        return NotLocated(
            reason=f"Git has already taken back {origin.change.commit[:7]} in {', '.join(taken_back)}; "
            f"Argo CD has not deployed {fleet.commit[:7]} yet",
            settled=True,
        )
    # What was never rendered was never deployed: the state to return to is the one before the culprit.
    before_culprit = fleet.repository.parent(origin.commits[-1]) or origin.span.good
    return Candidate(
        subject=diagnosis.incident.application.name,
        edits=tuple(edits),
        contents=contents,
        intent=RenderAgain(good=before_culprit)
        if diagnosis.incident.trouble is Trouble.RENDER
        else ReturnTo(good=origin.span.good, suspects=origin.suspects),
        origin=origin.change,
        how="the change is taken back line for line",
    )


def _needed(fleet: Fleet, application: Application, contents: dict[str, bytes | None]) -> set[str]:
    """Return the files without whose change the Application would render otherwise: a commit may touch others' too."""
    if len(contents) < 2:
        return set(contents)
    needed = dict(contents)
    whole = _rendered(fleet, application, needed)
    for path in sorted(contents):
        rest = {other: content for other, content in needed.items() if other != path}
        if _rendered(fleet, application, rest) == whole:
            needed = rest
    return set(needed)


def _rendered(fleet: Fleet, application: Application, contents: dict[str, bytes | None]) -> tuple[Manifest, ...] | str:
    with fleet.workspace.overlay(contents):
        try:
            return fleet.render(application).manifests
        except RenderFailed as failure:
            return failure.message


def _touches(fleet: Fleet, commit: str, path: str) -> bool:
    parent = fleet.repository.parent(commit)
    before = fleet.repository.read(parent, path) if parent else None
    after = fleet.repository.read(commit, path)
    return (before is None) is not (after is None) or (
        before is not None and after is not None and blob_id(before) != blob_id(after)
    )
