"""Whether we render as Argo CD does: our render of the unpatched tree against Argo CD's own at the same commit."""

from __future__ import annotations

from gitops_bot.clients.fleet import TRACKING, Fleet
from gitops_bot.clients.movement import Manifests, chance, fields_of, named, rendered
from gitops_bot.model.application import Application
from gitops_bot.model.difference import compare
from gitops_bot.model.json import Json, mapping
from gitops_bot.model.plan import Check
from gitops_bot.model.resource import Manifest

NAME = "renders as Argo CD does"
# By one of these Argo CD marks what it owns; no source says them.
_MARKS = (TRACKING, "app.kubernetes.io/instance", "argocd.argoproj.io/instance")


def faithful(fleet: Fleet, application: Application) -> Check | None:
    """Return whether the two renders are the same, None where Argo CD tells no render or we do not have its commit."""
    commit = fleet.compared_revision(application)
    if not commit or not fleet.repository.has(commit):
        return None
    theirs = fleet.argocd_renders(application)
    if theirs is None:
        return None
    with fleet.workspace.at(commit):
        ours = rendered(fleet, application, application.sources)
        if isinstance(ours, str):
            return None
        left = compare(_unmarked(theirs), _unmarked(ours))
        left = chance(fleet, application).leave_out(left) if left else left
    if not left:
        return Check(
            name=NAME, passed=True, detail=f"our render of {application.name} at {commit[:7]} is Argo CD's own"
        )
    fields = ", ".join(named(one) for one in fields_of(left)[:3])
    return Check(
        name=NAME,
        passed=False,
        detail=f"our render of {application.name} at {commit[:7]} is not Argo CD's own: {fields}",
        lift="the versions of kustomize and helm that Argo CD has",
    )


def _unmarked(manifests: Manifests) -> Manifests:
    return tuple(Manifest(manifest.key, _without_marks(manifest.body)) for manifest in manifests)


def _without_marks(body: dict[str, Json]) -> dict[str, Json]:
    metadata = dict(mapping(body.get("metadata")))
    for part in ("annotations", "labels"):
        kept = {name: value for name, value in mapping(metadata.pop(part, None)).items() if name not in _MARKS}
        if kept:
            metadata[part] = kept
    return {**body, "metadata": metadata}
