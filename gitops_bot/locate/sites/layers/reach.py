"""Which of an Application's sources this repository's HEAD renders, and why the others are out of reach."""

from __future__ import annotations

import re

from gitops_bot.clients.fleet import Fleet
from gitops_bot.clients.rendering import NotRenderable
from gitops_bot.locate.sites.layers.rendering import pick, request_for, sources_of
from gitops_bot.model.application import Application
from gitops_bot.model.source import Source

_HYDRATED = "it has no source of its own: it deploys a hydrated branch; edit what its dry source names"
_FIXED = re.compile(r"[*<>~^=]|^v?\d+(?:\.[\dx]+)+|^[0-9a-f]{40}$")


def renderable(fleet: Fleet, application: Application) -> tuple[tuple[int, ...], str]:
    """Return which of the Application's sources can be rendered here, and why the first of the others cannot.

    The sources that others refer to for value files count as rendered with those; none is where nothing gives objects.
    """
    sources = sources_of(fleet, application)
    references = [index for index, one in enumerate(sources) if one.ref and not (one.path or one.chart)]
    references = references if len(sources) > 1 else []
    chosen: list[int] = []
    reason = "" if sources else _HYDRATED
    for index, source in enumerate(sources):
        if index in references:
            continue
        refusal = _pinned(fleet, source) or _refused(fleet, application, pick(sources, (index, *references)))
        if refusal:
            reason = reason or refusal
        else:
            chosen.append(index)
    return ((*chosen, *references) if chosen else ()), reason


def looks_fixed(revision: str) -> bool:
    """Return whether a `targetRevision` is a version, a range of versions or a commit, rather than a branch's name."""
    return _FIXED.search(revision) is not None


def _refused(fleet: Fleet, application: Application, sources: tuple[Source, ...]) -> str:
    try:
        fleet.renderer.reads(request_for(fleet, application, sources))
    except NotRenderable as refusal:
        itself = f". What the HelmRelease itself says can be asked with --resource {application.key.path}"
        remedy = _remedy(refusal.reason)
        return f"{refusal.reason}: {remedy}{itself if application.key.kind == 'HelmRelease' else ''}"
    return ""


def _remedy(reason: str) -> str:
    if "registry" in reason or "chart" in reason:
        return "put the chart into this repository to see and prove what its values do"
    if "Secret" in reason or "ConfigMap" in reason:
        return "put what this field needs into the HelmRelease's own `spec.values`, and drop the reference"
    if "plugin" in reason or "Jsonnet" in reason:
        return "only what is written in Git as manifests, Kustomize or Helm can be proven here"
    if "pinned" in reason:
        return "change its targetRevision, or ask at that revision"
    return "ask in the repository that holds the files"


def _pinned(fleet: Fleet, source: Source) -> str:
    """Return why a commit on the branch at hand does not reach the source, empty where it does or that is not known."""
    target = source.target_revision.removeprefix("refs/heads/")
    if source.chart or not fleet.is_own(source) or target in ("", "HEAD", fleet.branch):
        return ""
    repository = fleet.repository
    branches = [f"refs/remotes/origin/{target}", f"refs/heads/{target}"]
    known = [name for name in branches if repository.has(name)]
    if known:
        there = any(repository.commit(name).sha == fleet.commit for name in known)
        # Without a branch of its own, the commit at hand stands for all that contain it.
        above = not fleet.branch and any(repository.is_ancestor(fleet.commit, name) for name in known)
        return "" if there or above else f"its source follows the branch {target}: ask at that branch"
    if target.startswith("refs/tags/") or repository.has(f"refs/tags/{target}") or looks_fixed(target):
        return f"its source is pinned to {target}: no commit reaches it until its targetRevision moves"
    return ""
