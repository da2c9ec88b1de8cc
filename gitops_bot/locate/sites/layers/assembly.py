"""All layers of an Application, over all of its sources that this repository renders."""

from __future__ import annotations

import msgspec
from msgspec import Struct

from gitops_bot.clients.definition import definitions_in, sources_in, specification
from gitops_bot.clients.fleet import Fleet
from gitops_bot.clients.rendering import NotRenderable
from gitops_bot.clients.rendering.directory import read_set
from gitops_bot.clients.rendering.steps import Kind, Step, plan
from gitops_bot.clients.rendering.values import SourceBroken
from gitops_bot.locate.sites.layers.application import source_layers
from gitops_bot.locate.sites.layers.flux import around, flux_layers, folder_layers
from gitops_bot.locate.sites.layers.generator import generator_layers
from gitops_bot.locate.sites.layers.helm import helm_layers
from gitops_bot.locate.sites.layers.kustomize import kustomize_layers, manifest_layers
from gitops_bot.locate.sites.layers.layer import Layer, LayerKind, Templates
from gitops_bot.locate.sites.layers.rendering import pick, request_for, sources_of
from gitops_bot.model.application import Application


class Assembly(Struct, frozen=True, kw_only=True):
    """The layers, the weakest first; where charts' templates are; and each source's folder and kind, by its index."""

    layers: tuple[Layer, ...]
    templates: tuple[Templates, ...]
    steps: dict[int, Step]


def assemble(fleet: Fleet, application: Application, chosen: tuple[int, ...]) -> Assembly:
    """Return the layers of the chosen sources."""
    sources = sources_of(fleet, application)
    above = _above(fleet, application)
    layers: list[Layer] = [*generator_layers(fleet, application), *_parent_layers(fleet, application, above)]
    templates: list[Templates] = []
    steps: dict[int, Step] = {}
    request = request_for(fleet, application, pick(sources, chosen))
    for index in sorted(chosen):
        if not sources[index].path and sources[index].ref:
            continue
        try:
            step, _ = plan(fleet.workspace, request, sources[index])
        except (SourceBroken, NotRenderable):
            continue
        steps[index] = step
        found, charts = _source(fleet, step)
        if step.source.flux is not None:
            found += flux_layers(fleet, application, step.source, above)
        else:
            found += source_layers(fleet, application, index, sources[index], step.path)
        if step.kind is Kind.HELM and not any(layer.kind is LayerKind.FLUX and layer.reachable for layer in found):
            found = _own_chart(fleet, application, step, found)
        layers += [msgspec.structs.replace(layer, source=index) for layer in found]
        templates += charts
    return Assembly(layers=tuple(layers), templates=tuple(templates), steps=steps)


def _above(fleet: Fleet, application: Application) -> list[Layer]:
    """Return the layers of the parent that renders the Application, none where there is none."""
    parent = fleet.maker(application)
    return [] if parent is None else [*assemble(fleet, parent, tuple(range(len(sources_of(fleet, parent))))).layers]


def _parent_layers(fleet: Fleet, application: Application, above: list[Layer]) -> list[Layer]:
    """Return what an Application is made of that its parent renders: the parent's own layers."""
    parent = fleet.maker(application)
    if parent is None:
        return []
    flux = any(source.flux for source in application.sources)
    return [
        msgspec.structs.replace(
            layer,
            kind=LayerKind.PARAMETER_FILE,
            title=f"{layer.title} of {parent.name}" if flux else f"{parent.name}'s {layer.title}",
            own=True,
        )
        for layer in (around(above) if flux else above)
        if layer.reachable and layer.kind not in (LayerKind.FILE, LayerKind.LINES, LayerKind.CHART)
    ]


def _source(fleet: Fleet, step: Step) -> tuple[list[Layer], list[Templates]]:
    if step.kind is Kind.HELM:
        return helm_layers(fleet.workspace, step)
    if step.source.flux is not None:
        return folder_layers(fleet.workspace, step), []
    if step.kind is Kind.KUSTOMIZE:
        return kustomize_layers(fleet.workspace, step.path), []
    return directory_layers(fleet, step), []


def directory_layers(fleet: Fleet, step: Step) -> list[Layer]:
    """Return a layer for each object in a folder of plain manifests."""
    return [
        layer
        for path in sorted(read_set(fleet.workspace, step).files, key=lambda path: path.split("/"))
        for layer in manifest_layers(fleet.workspace, path, own=True, default=False, folder=step.path)
    ]


def _own_chart(fleet: Fleet, application: Application, step: Step, layers: list[Layer]) -> list[Layer]:
    """Take a chart's own values for the environment's layer, where it has no other and nobody else uses the chart."""
    path = f"{step.path}/values.yaml".lstrip("/")
    other = [one for one in layers if one.own and one.kind in (LayerKind.VALUES, LayerKind.PARAMETERS)]
    if other or _shared(fleet, application, step, path):
        return layers
    return [
        msgspec.structs.replace(layer, own=True, default=False, title="chart's values")
        if layer.place.path == path
        else layer
        for layer in layers
    ]


def _shared(fleet: Fleet, application: Application, step: Step, path: str) -> bool:
    if any(reader.name != application.name for reader in fleet.readers((path,))):
        return True
    if not step.path:
        return False
    for file in fleet.repository.grep(fleet.commit, step.path):
        for found in definitions_in(file, fleet.workspace.read(file) or b""):
            spec = specification(found.body)
            others = sources_in(spec) if spec and not found.declares(application) else ()
            if any(source.path.strip("/") == step.path for source in others):
                return True
    return False
