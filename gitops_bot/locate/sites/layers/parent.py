"""Applications that another Application renders: where no manifest is written out, the parent's render has it."""

from __future__ import annotations

from functools import lru_cache

import msgspec

from gitops_bot.clients.definition import definitions_in
from gitops_bot.clients.fleet import TRACKING, Fleet
from gitops_bot.clients.rendering import NotRenderable, RenderFailed
from gitops_bot.clients.repository import ConfigRepository
from gitops_bot.model.application import Application, ApplicationSpec
from gitops_bot.model.source import Source

INSTANCE = "app.kubernetes.io/instance"


def parent_of(fleet: Fleet, application: Application) -> Application | None:
    """Return the Application that deploys this one, by Argo CD's tracking; None where it is not known.

    It is one of the fleet's, or written out in the repository.
    """
    tracked = (application.metadata.annotations or {}).get(TRACKING, "")
    name = tracked.partition(":")[0].rpartition("_")[2] or application.labels.get(INSTANCE, "")
    made = any(one.kind == "ApplicationSet" for one in application.metadata.owner_references or ())
    if not name or made or name == application.name:
        return None
    return fleet.applications.get(name) or _written(fleet.repository, fleet.commit, name)


@lru_cache(maxsize=64)
def _written(repository: ConfigRepository, commit: str, name: str) -> Application | None:
    found = [
        definition
        for path in repository.grep(commit, name)
        for definition in definitions_in(path, repository.read(commit, path) or b"")
        if definition.name == name
    ]
    if len(found) != 1:
        return None
    try:
        return msgspec.convert(found[0].body, Application, strict=False)
    except msgspec.ValidationError:
        return None


def made_sources(fleet: Fleet, application: Application) -> tuple[Source, ...]:
    """Return the sources that the parent's render gives the Application now; none where that is not known."""
    parent = parent_of(fleet, application)
    if parent is None:
        return ()
    try:
        manifests = fleet.render(parent).manifests
    except (RenderFailed, NotRenderable):
        return ()
    for manifest in manifests:
        if (manifest.key.kind, manifest.key.name) == ("Application", application.name):
            return _sources(manifest.body.get("spec"), application.sources)
    return ()


def _sources(spec: object, live: tuple[Source, ...]) -> tuple[Source, ...]:
    try:
        found = msgspec.convert(spec, ApplicationSpec, strict=False)
    except msgspec.ValidationError:
        return ()
    sources = tuple(found.sources) if found.sources else (found.source,) if found.source else ()
    if len(sources) != len(live):
        return sources
    # Argo CD may know the repository by another host than the manifest says.
    pairs = zip(sources, live, strict=True)
    return tuple(msgspec.structs.replace(one, repo_url=other.repo_url) for one, other in pairs)
