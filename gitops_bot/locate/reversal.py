"""Taking back a change's hunks in the files that an Application reads."""

from __future__ import annotations

from gitops_bot.clients.editing import NotEditable, NothingToChange, blob_id, make_edit
from gitops_bot.clients.fleet import Fleet
from gitops_bot.clients.movement import Manifests, chance, rendered
from gitops_bot.locate.blame.origin import Origin
from gitops_bot.model.application import Application
from gitops_bot.model.diagnosis import Diagnosis
from gitops_bot.model.plan import Edit, HunkReversal
from gitops_bot.model.proposal import Candidate, NotLocated

# Beyond, whether each file is needed is not asked: that takes a render a file.
MAXIMUM_TRIED = 8


def reverse_hunks(fleet: Fleet, diagnosis: Diagnosis, origin: Origin) -> Candidate | NotLocated:
    """Return the edits that take back what the culprit commits did to the Application's files."""
    application = diagnosis.incident.application
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
            if not _mattered(fleet, application, touching, path):
                continue
            return NotLocated(reason=refusal.reason)
        edits.append(edit)
        contents[path] = after
    if not edits:
        return NotLocated(
            reason=f"Git has already taken back {origin.change.commit[:7]} in {', '.join(taken_back)}; "
            f"Argo CD has not deployed {fleet.commit[:7]} yet",
            settled=True,
        )
    needed = _needed(fleet, application, contents)
    return Candidate(
        subject=application.name,
        edits=tuple(edit for edit in edits if edit.path in needed),
        contents={path: content for path, content in contents.items() if path in needed},
        intent=origin.intent,
        origin=origin.change,
        how="the change is taken back line for line",
    )


def _needed(fleet: Fleet, application: Application, contents: dict[str, bytes | None]) -> set[str]:
    """Return the files without whose change the Application would render otherwise: a commit may touch others' too."""
    if not 1 < len(contents) <= MAXIMUM_TRIED:
        return set(contents)
    needed = dict(contents)
    known = chance(fleet, application)
    whole = _overlaid(fleet, application, needed)
    for path in sorted(contents):
        rest = {other: content for other, content in needed.items() if other != path}
        if rest and known.same(_overlaid(fleet, application, rest), whole):
            needed = rest
    return set(needed)


def _mattered(fleet: Fleet, application: Application, commits: tuple[str, ...], path: str) -> bool:
    """Whether what the commits did to a file moved the Application then: if not, the file need not go back."""
    for commit in commits:
        parent = fleet.repository.parent(commit)
        with fleet.workspace.at(commit):
            without = {path: fleet.repository.read(parent, path) if parent else None}
            plain, known = rendered(fleet, application), chance(fleet, application)
            if not known.same(_overlaid(fleet, application, without), plain):
                return True
    return False


def _overlaid(fleet: Fleet, application: Application, contents: dict[str, bytes | None]) -> Manifests | str:
    with fleet.workspace.overlay(contents):
        return rendered(fleet, application)


def _touches(fleet: Fleet, commit: str, path: str) -> bool:
    parent = fleet.repository.parent(commit)
    before = fleet.repository.read(parent, path) if parent else None
    after = fleet.repository.read(commit, path)
    return (before is None) is not (after is None) or (
        before is not None and after is not None and blob_id(before) != blob_id(after)
    )
