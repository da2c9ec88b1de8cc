"""A reason for Argo CD to sync: an empty commit, or a changed comment where the Application watches its own paths only.

Auto-sync tries once for each new commit. With `argocd.argoproj.io/manifest-generate-paths` a commit counts only when it
changes a byte beneath those paths.
"""

from __future__ import annotations

import posixpath

from gitops_bot.clients.editing import NotEditable, make_edit
from gitops_bot.clients.fleet import Fleet
from gitops_bot.model.application import REFRESH_PATHS, Application
from gitops_bot.model.diagnosis import Diagnosis
from gitops_bot.model.plan import CommentTouch
from gitops_bot.model.proposal import Candidate, NothingMoves, NotLocated

PREFERRED = ("kustomization.yaml", "kustomization.yml", "values.yaml")


def resync(fleet: Fleet, diagnosis: Diagnosis, fingerprint: str) -> Candidate | NotLocated:
    """Return the commit that makes Argo CD sync the Application once more."""
    application = diagnosis.incident.application
    if not application.automated:
        return NotLocated(reason=f"{application.name} is synced by hand: no commit makes Argo CD sync it")
    subject = application.name
    watched = _watched(fleet, application)
    if watched is None:
        return Candidate(subject=subject, edits=(), contents={}, intent=NothingMoves(), how="an empty commit")
    text = f"resync {fingerprint} at {fleet.commit[:7]}"
    for path in _files(fleet, application, watched):
        before = fleet.repository.read(fleet.commit, path)
        try:
            edit, after = make_edit(path, before, CommentTouch(text=text), fleet.repository)
        except NotEditable:
            continue
        return Candidate(
            subject=subject, edits=(edit,), contents={path: after}, intent=NothingMoves(), how="a changed comment"
        )
    return NotLocated(reason=f"no YAML file that {application.name} reads lies beneath the paths that it watches")


def _watched(fleet: Fleet, application: Application) -> tuple[str, ...] | None:
    """Return the watched folders and files relative to the repository's root, None where every commit counts."""
    annotation = (application.metadata.annotations or {}).get(REFRESH_PATHS, "")
    if not annotation:
        return None
    index = fleet.own_index(application) or 0
    base = application.sources[index].path
    found = []
    for path in annotation.split(";"):
        if path.startswith("/"):
            found.append(posixpath.normpath(path[1:] or "."))
        elif path:
            found.append(posixpath.normpath(posixpath.join(base, path)))
    return tuple(found)


def _files(fleet: Fleet, application: Application, watched: tuple[str, ...]) -> list[str]:
    reads = fleet.reads(application)
    if reads is None:
        return []
    inside = [
        path
        for folder in watched
        for path in fleet.repository.files(fleet.commit, "" if folder == "." else folder)
        if path.endswith((".yaml", ".yml")) and reads.covers(path) and "/templates/" not in path
    ]
    return sorted(inside, key=lambda path: (posixpath.basename(path) not in PREFERRED, path))
