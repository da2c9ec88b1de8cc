"""The files that an ApplicationSet makes an Application of: its own manifest, and its generators' parameter files."""

from __future__ import annotations

from collections.abc import Iterator

from gitops_bot.clients.fleet import Fleet
from gitops_bot.clients.rendering import NotRenderable
from gitops_bot.locate.sites.layers.layer import Layer, LayerKind
from gitops_bot.locate.sites.layers.rendering import request_for, sources_of
from gitops_bot.locate.sites.places import Place, documents
from gitops_bot.model.application import Application
from gitops_bot.model.json import Json, dig

ENDINGS = (".yaml", ".yml", ".json")


def generator_layers(fleet: Fleet, application: Application) -> Iterator[Layer]:
    """Yield a layer for each place that the Application's sources come of; none where a manifest declares it."""
    if fleet.search_definition(application) is not None or fleet.membership(application) is None:
        return
    for path in sorted(_declaring(fleet, application)):
        content = fleet.workspace.read(path)
        for number, document in enumerate(documents(content or b"") if path.endswith(ENDINGS) else ()):
            place = Place(path, number)
            if dig(document, "kind") == "ApplicationSet":
                yield from _manifest(place, document)
            else:
                yield _layer("generator's parameters", place, document)


def _manifest(place: Place, document: Json) -> Iterator[Layer]:
    for keys in (("generators",), ("template", "spec", "source"), ("template", "spec", "sources")):
        value = dig(document, "spec", *keys)
        if value is not None:
            title = "ApplicationSet's generator" if keys == ("generators",) else "ApplicationSet's template"
            yield _layer(title, place.at("spec", *keys), value)


def _layer(title: str, place: Place, value: Json) -> Layer:
    return Layer(kind=LayerKind.PARAMETER_FILE, title=title, place=place, value=value)


def _declaring(fleet: Fleet, application: Application) -> frozenset[str]:
    """Return what the Application reads beyond its sources."""
    reads = fleet.reads(application)
    if reads is None:
        return frozenset()
    return _beyond(fleet, application, reads.files)


def _beyond(fleet: Fleet, application: Application, files: frozenset[str]) -> frozenset[str]:
    try:
        rendered = fleet.renderer.reads(request_for(fleet, application, sources_of(fleet, application)))
    except NotRenderable:
        return frozenset()
    return files - rendered.files
