"""All layers of an Application, over all of its sources that this repository renders."""

from __future__ import annotations

from msgspec import Struct

from gitops_bot.clients.fleet import Fleet
from gitops_bot.clients.rendering import NotRenderable, Rendered, RenderFailed, RenderInput
from gitops_bot.clients.rendering.steps import Kind, Step, plan
from gitops_bot.clients.rendering.values import SourceBroken
from gitops_bot.locate.sites.layers import Layer, Templates
from gitops_bot.locate.sites.shapes.application import source_layers
from gitops_bot.locate.sites.shapes.helm import helm_layers
from gitops_bot.locate.sites.shapes.kustomize import kustomize_layers, manifest_layers
from gitops_bot.model.application import Application
from gitops_bot.model.source import Source


class Assembly(Struct, frozen=True, kw_only=True):
    """The layers, the weakest first; where charts' templates are; and the folder and kind of each source, by its index."""

    layers: tuple[Layer, ...]
    templates: tuple[Templates, ...]
    steps: dict[int, Step]


def renderable(fleet: Fleet, application: Application) -> tuple[tuple[int, ...], str]:
    """Return which of the Application's sources this repository renders, and why the others cannot be rendered.

    The sources that other sources refer to for value files count as rendered with those.
    """
    sources = fleet.sources(application)
    references = [index for index, one in enumerate(sources) if one.ref and not (one.path or one.chart)]
    chosen: list[int] = []
    reason = ""
    for index in range(len(sources)):
        if index in references and len(sources) > 1:
            continue
        try:
            fleet.renderer.reads(_request(fleet, application, _pick(sources, (index, *references))))
        except NotRenderable as refusal:
            reason = reason or refusal.reason
        else:
            chosen.append(index)
    return (*chosen, *references), reason


def render(fleet: Fleet, application: Application, chosen: tuple[int, ...]) -> Rendered | str:
    """Return the chosen sources' render at the workspace's present state, or the text with which it fails."""
    sources = fleet.sources(application)
    wanted = _pick(sources, tuple(index for index in chosen if index < len(sources)))
    try:
        return fleet.render(application, None if len(wanted) == len(sources) else wanted)
    except RenderFailed as failure:
        return failure.message or "rendering fails"
    except NotRenderable as refusal:
        return refusal.reason


def _pick(sources: tuple[Source, ...], chosen: tuple[int, ...]) -> tuple[Source, ...]:
    return tuple(sources[index] for index in sorted(chosen))


def _request(fleet: Fleet, application: Application, sources: tuple[Source, ...]) -> RenderInput:
    urls = tuple({source.repo_url for source in sources if fleet.is_own(source)})
    return RenderInput(
        application=application.name,
        namespace=application.spec.destination.namespace,
        sources=sources,
        repository_urls=urls or ("none",),
    )


def assemble(fleet: Fleet, application: Application, chosen: tuple[int, ...]) -> Assembly:
    """Return the layers of the chosen sources."""
    sources = fleet.sources(application)
    layers: list[Layer] = []
    templates: list[Templates] = []
    steps: dict[int, Step] = {}
    request = _request(fleet, application, _pick(sources, chosen))
    for index in sorted(chosen):
        if not sources[index].path and sources[index].ref:
            continue
        try:
            step, _ = plan(fleet.workspace, request, sources[index])
        except (SourceBroken, NotRenderable):
            continue
        steps[index] = step
        found, charts = _source(fleet, step)
        layers += found
        templates += charts
        layers += source_layers(fleet, application, index, sources[index], step.path)
    return Assembly(layers=tuple(layers), templates=tuple(templates), steps=steps)


def _source(fleet: Fleet, step: Step) -> tuple[list[Layer], list[Templates]]:
    if step.kind is Kind.HELM:
        return helm_layers(fleet.workspace, step)
    if step.kind is Kind.KUSTOMIZE:
        return kustomize_layers(fleet.workspace, step.path), []
    return directory_layers(fleet, step), []


def directory_layers(fleet: Fleet, step: Step) -> list[Layer]:
    """Return a layer for each object in a folder of plain manifests."""
    from gitops_bot.clients.rendering.directory import read_set

    reads = read_set(fleet.workspace, step)
    return [
        layer
        for path in sorted(reads.files, key=lambda path: path.split("/"))
        for layer in manifest_layers(fleet.workspace, path, own=True, default=False, folder=step.path)
    ]
