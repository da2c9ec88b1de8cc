"""All layers of an Application, over all of its sources that this repository renders."""

from __future__ import annotations

import msgspec
from msgspec import Struct

from gitops_bot.clients.definition import definitions_in
from gitops_bot.clients.fleet import Fleet
from gitops_bot.clients.rendering import NotRenderable
from gitops_bot.clients.rendering.directory import read_set
from gitops_bot.clients.rendering.steps import Kind, Step, plan
from gitops_bot.clients.rendering.values import SourceBroken
from gitops_bot.locate.sites.layers.application import declared, source_layers
from gitops_bot.locate.sites.layers.generator import generator_layers
from gitops_bot.locate.sites.layers.helm import helm_layers
from gitops_bot.locate.sites.layers.kustomize import kustomize_layers, manifest_layers
from gitops_bot.locate.sites.layers.layer import Layer, LayerKind, Templates
from gitops_bot.locate.sites.layers.parent import made_sources, parent_of
from gitops_bot.locate.sites.layers.rendering import pick, request_for, sources_of
from gitops_bot.model.application import Application
from gitops_bot.model.json import dig, sequence, text


class Assembly(Struct, frozen=True, kw_only=True):
    """The layers, the weakest first; where charts' templates are; and each source's folder and kind, by its index."""

    layers: tuple[Layer, ...]
    templates: tuple[Templates, ...]
    steps: dict[int, Step]


def assemble(fleet: Fleet, application: Application, chosen: tuple[int, ...]) -> Assembly:
    """Return the layers of the chosen sources."""
    sources = sources_of(fleet, application)
    layers: list[Layer] = [*generator_layers(fleet, application), *_parent_layers(fleet, application)]
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
        found += source_layers(fleet, application, index, sources[index], step.path)
        if step.kind is Kind.HELM:
            found = _own_chart(fleet, application, step, found)
        layers += [msgspec.structs.replace(layer, source=index) for layer in found]
        templates += charts
    return Assembly(layers=tuple(layers), templates=tuple(templates), steps=steps)


def _parent_layers(fleet: Fleet, application: Application) -> list[Layer]:
    """Return what an Application is made of that its parent renders: the parent's own layers."""
    parent = parent_of(fleet, application) if made_sources(fleet, application) else None
    if parent is None or declared(fleet, application) is not None or parent_of(fleet, parent) == application:
        return []
    every = tuple(range(len(sources_of(fleet, parent))))
    return [
        msgspec.structs.replace(layer, kind=LayerKind.PARAMETER_FILE, title=f"{parent.name}'s {layer.title}", own=True)
        for layer in assemble(fleet, parent, every).layers
        if layer.reachable and layer.kind not in (LayerKind.FILE, LayerKind.LINES, LayerKind.CHART)
    ]


def _source(fleet: Fleet, step: Step) -> tuple[list[Layer], list[Templates]]:
    if step.kind is Kind.HELM:
        return helm_layers(fleet.workspace, step)
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
            places = [dig(found.body, "spec", "source"), *sequence(dig(found.body, "spec", "sources"))]
            if found.name != application.name and any(
                text(dig(place, "path")).strip("/") == step.path for place in places
            ):
                return True
    return False
