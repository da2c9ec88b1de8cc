"""The layers that an Application itself holds: in its own manifest in Git, and in `.argocd-source` files."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from gitops_bot.clients.definition import Definition, definitions_in
from gitops_bot.clients.fleet import Fleet
from gitops_bot.clients.workspace import Workspace
from gitops_bot.locate.sites.layers.kustomize import listed_patches
from gitops_bot.locate.sites.layers.layer import Layer, LayerKind
from gitops_bot.locate.sites.places import Place, documents
from gitops_bot.model.application import Application
from gitops_bot.model.json import Json, dig, mapping, text
from gitops_bot.model.source import Source


def source_layers(fleet: Fleet, application: Application, index: int, source: Source, path: str) -> list[Layer]:
    """Return what the Application's manifest and the override files say about one source, the weakest first."""
    found: list[Layer] = []
    definition = declared(fleet, application)
    if definition is not None:
        place = source_place(definition, index)
        value = dig(definition.body, *source_keys(definition, index))
        title = "Application"
        found += _layers(fleet.workspace, place, value, title, path)
    else:
        inline = msgspec.to_builtins(source)
        unknown = _layers(fleet.workspace, Place(""), inline, "Application", path)
        found += [msgspec.structs.replace(layer, reachable=False) for layer in unknown]
    for name in (".argocd-source.yaml", f".argocd-source-{application.instance}.yaml"):
        file = f"{path}/{name}".lstrip("/")
        content = fleet.workspace.read(file)
        for number, value in enumerate(documents(content)[:1] if content is not None else ()):
            found += _layers(fleet.workspace, Place(file, number), value, "override file", path)
    return [msgspec.structs.replace(layer, source=index) for layer in found]


def declared(fleet: Fleet, application: Application) -> Definition | None:
    """Return the Application's manifest as the workspace has it now, None where this repository does not declare it."""
    fleet.search_definition(application)
    known = fleet.deployed_definition(application)
    if known is None:
        return None
    content = fleet.workspace.read(known.path) or b""
    same = [
        one for one in definitions_in(known.path, content) if (one.name, one.namespace) == (known.name, known.namespace)
    ]
    return same[0] if same else None


def source_keys(definition: Definition, index: int) -> tuple[str | int, ...]:
    """Return the keys that lead to a source in an Application's manifest."""
    several = isinstance(dig(definition.body, "spec", "sources"), list)
    return ("spec", "sources", index) if several else ("spec", "source")


def source_place(definition: Definition, index: int) -> Place:
    """Return where an Application's manifest declares a source."""
    return Place(definition.path, definition.document).at(*source_keys(definition, index))


def _layers(workspace: Workspace, place: Place, value: Json, title: str, folder: str) -> Iterator[Layer]:
    helm = mapping(dig(value, "helm"))
    inner = place.at("helm")
    if isinstance(helm.get("valuesObject"), dict):
        yield Layer(
            kind=LayerKind.VALUES,
            title=f"{title}'s valuesObject",
            place=inner.at("valuesObject"),
            value=helm["valuesObject"],
        )
    elif inline := text(helm.get("values")):
        found = documents(inline.encode())
        if found:
            yield Layer(
                kind=LayerKind.VALUES,
                title=f"{title}'s values",
                place=inner.at("values").enter(),
                value=found[0],
            )
    if isinstance(helm.get("parameters"), list):
        yield Layer(
            kind=LayerKind.PARAMETERS,
            title=f"{title}'s parameters",
            place=inner.at("parameters"),
            value=helm["parameters"],
        )
    options = mapping(dig(value, "kustomize"))
    if options:
        outer = place.at("kustomize")
        for patch in listed_patches(workspace, folder, outer, options):
            yield msgspec.structs.replace(patch, title=f"{title}'s {patch.title}")
        yield Layer(kind=LayerKind.OPTIONS, title=f"{title}'s Kustomize options", place=outer, value=options)
