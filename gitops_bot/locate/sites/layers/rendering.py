"""Rendering of those of an Application's sources that this repository holds."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from gitops_bot.clients.definition import same_places
from gitops_bot.clients.fleet import Fleet
from gitops_bot.clients.rendering import NotRenderable, Rendered, RenderFailed, RenderInput
from gitops_bot.model.application import Application
from gitops_bot.model.source import HelmOptions, HelmParameter, Source


def render(
    fleet: Fleet,
    application: Application,
    chosen: tuple[int, ...],
    *,
    lenient: bool = False,
    given: Mapping[int, list[HelmParameter]] | None = None,
) -> Rendered | str:
    """Return the chosen sources' render at the workspace's present state, or the text with which it fails.

    `lenient` passes over charts' schemas: a sentinel need not be a value that the chart allows. `given` are parameters
    over those that a chart's source, by its index, has.
    """
    sources = sources_of(fleet, application)
    for index, parameters in (given or {}).items():
        sources = (*sources[:index], _with(sources[index], parameters), *sources[index + 1 :])
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


def _with(source: Source, parameters: list[HelmParameter]) -> Source:
    options = source.helm or HelmOptions()
    return msgspec.structs.replace(
        source, helm=msgspec.structs.replace(options, parameters=[*(options.parameters or ()), *parameters])
    )


def sources_of(fleet: Fleet, application: Application) -> tuple[Source, ...]:
    """Return the sources as Git declares them now, of the places that Argo CD has; else as Argo CD has them.

    Where a trial varies a path or a chart's name, what is there instead says nothing about the field in question.
    """
    declared = fleet.sources(application)
    return declared if not application.sources or same_places(declared, application.sources) else application.sources


def pick(sources: tuple[Source, ...], chosen: tuple[int, ...]) -> tuple[Source, ...]:
    """Return the sources of these indexes, in their order."""
    return tuple(sources[index] for index in sorted(chosen))


def request_for(fleet: Fleet, application: Application, sources: tuple[Source, ...]) -> RenderInput:
    """Return what rendering the sources is asked with."""
    urls = tuple({source.repo_url for source in sources if fleet.is_own(source)})
    return RenderInput(
        application=application.instance,
        namespace=application.spec.destination.namespace,
        sources=sources,
        repository_urls=urls or ("none",),
        project=application.spec.project,
    )
