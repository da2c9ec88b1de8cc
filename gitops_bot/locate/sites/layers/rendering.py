"""Rendering of those of an Application's sources that this repository holds."""

from __future__ import annotations

import msgspec

from gitops_bot.clients.fleet import Fleet
from gitops_bot.clients.rendering import NotRenderable, Rendered, RenderFailed, RenderInput
from gitops_bot.locate.sites.layers.parent import made_sources
from gitops_bot.model.application import Application
from gitops_bot.model.source import HelmOptions, Source


def render(fleet: Fleet, application: Application, chosen: tuple[int, ...], *, lenient: bool = False) -> Rendered | str:
    """Return the chosen sources' render at the workspace's present state, or the text with which it fails.

    `lenient` passes over charts' schemas: a sentinel need not be a value that the chart allows.
    """
    sources = sources_of(fleet, application)
    wanted = pick(sources, tuple(index for index in chosen if index < len(sources)))
    if lenient:
        wanted = tuple(_without_schema(source) for source in wanted)
    whole = len(wanted) == len(sources) and not lenient and sources == fleet.sources(application)
    try:
        return fleet.render(application, None if whole else wanted)
    except RenderFailed as failure:
        return failure.message or "rendering fails"
    except NotRenderable as refusal:
        return refusal.reason


def _without_schema(source: Source) -> Source:
    if source.helm is None:
        return source
    options: HelmOptions = msgspec.structs.replace(source.helm, skip_schema_validation=True)
    return msgspec.structs.replace(source, helm=options)


def sources_of(fleet: Fleet, application: Application) -> tuple[Source, ...]:
    """Return the sources as Git declares them now, else as Argo CD has them.

    A manifest that says another place than Argo CD has is not what Argo CD was given: an overlay patches it on its way.
    What the parent renders, where there is one that is known, is then what it was given.
    """
    declared = fleet.sources(application)
    trusted = _same_places(declared, application.sources)
    if not trusted or (fleet.definition(application) is None and declared == application.sources):
        made = made_sources(fleet, application)
        declared = made if made and _same_places(made, application.sources) else application.sources
    return declared


def _same_places(declared: tuple[Source, ...], live: tuple[Source, ...]) -> bool:
    places = [[(source.path.strip("/"), source.chart) for source in sources] for sources in (declared, live)]
    return not live or places[0] == places[1]


def pick(sources: tuple[Source, ...], chosen: tuple[int, ...]) -> tuple[Source, ...]:
    """Return the sources of these indexes, in their order."""
    return tuple(sources[index] for index in sorted(chosen))


def request_for(fleet: Fleet, application: Application, sources: tuple[Source, ...]) -> RenderInput:
    """Return what rendering the sources is asked with."""
    urls = tuple({source.repo_url for source in sources if fleet.is_own(source)})
    return RenderInput(
        application=application.name,
        namespace=application.spec.destination.namespace,
        sources=sources,
        repository_urls=urls or ("none",),
        project=application.spec.project,
    )
