"""The layers that say something about a field, the strongest first, and which of them decides."""

from __future__ import annotations

from collections.abc import Iterator

from gitops_bot.clients.workspace import Workspace
from gitops_bot.locate.sites.answer import Link, Site
from gitops_bot.locate.sites.guessing.finders import says
from gitops_bot.locate.sites.guessing.fitting import image_parts, text_of
from gitops_bot.locate.sites.guessing.values import parameter_name, slot_of
from gitops_bot.locate.sites.layers.assembly import Assembly
from gitops_bot.locate.sites.layers.layer import Layer, LayerKind
from gitops_bot.locate.sites.places import Place, Tokens, line_of
from gitops_bot.locate.sites.proving.trial import Proven
from gitops_bot.locate.sites.target import Target, shown
from gitops_bot.model.json import Json, dig, sequence

_HELM = (LayerKind.VALUES, LayerKind.PARAMETERS, LayerKind.CHART)
_KUSTOMIZED = (LayerKind.KUSTOMIZATION, LayerKind.OPTIONS, LayerKind.FLUX)


def chain(
    workspace: Workspace, assembly: Assembly, target: Target, proven: list[Proven], sites: tuple[Site, ...]
) -> tuple[Link, ...]:
    """Return one link for each layer that sets the field or would if a stronger one did not."""
    now = next((site for site in sites if site.exists), None)
    guess = next((one.guess for one in proven if one.guess.insertion is None), None)
    slot = slot_of(guess) if guess is not None else None
    if guess is not None and guess.layer.kind in _HELM:
        found = list(_values(assembly, guess.place, slot))
    else:
        found = [one for layer in reversed(assembly.layers) if layer.kind not in _HELM for one in _said(layer, target)]
        found = [one for one in found if one[0].kind is not LayerKind.PARAMETER_FILE or _alike(one[1], now)]
    links: dict[tuple[str, int], Link] = {}
    for layer, place, value in found:
        line = line_of(workspace.read(place.path) or b"", place)
        decides = now is not None and place == now.place
        link = Link(path=place.path, line=line, layer=layer.title, text=shown(value), decides=decides)
        links.setdefault((place.path, line), link)
    return tuple(links.values())


def _alike(place: Place, site: Site | None) -> bool:
    """Whether a parameter has the name of the one that decides: all others set something else."""
    return site is not None and place.pointer.rpartition("/")[2] == site.place.pointer.rpartition("/")[2]


def _said(layer: Layer, target: Target) -> Iterator[tuple[Layer, Place, Json]]:
    if not layer.reachable or layer.kind in (LayerKind.FILE, LayerKind.LINES):
        return
    for said in says(layer, target):
        if layer.kind not in _KUSTOMIZED or said.mapping is not None or _concerns(layer, said.place, target):
            yield layer, said.place, said.value


def _concerns(layer: Layer, place: Place, target: Target) -> bool:
    """Whether an entry of `images` is about this image; what else a kustomization says is about the field."""
    tokens = place.pointer.removeprefix(layer.place.pointer).split("/")[1:]
    if not target.is_image or len(tokens) < 2 or tokens[0] not in ("images", "imageTags"):
        return True
    parts = image_parts(text_of(target.value)) or {}
    entry = dig(layer.value, tokens[0], int(tokens[1]))
    return parts.get("name") in (dig(entry, "name"), dig(entry, "newName"))


def _values(assembly: Assembly, place: Place, slot: Tokens | None) -> Iterator[tuple[Layer, Place, Json]]:
    known = slot if slot is not None else _parameter(assembly, place)
    for layer in reversed(assembly.layers):
        if not layer.reachable:
            continue
        if layer.kind is LayerKind.PARAMETERS:
            for index, entry in enumerate(sequence(layer.value)):
                if known is not None and dig(entry, "name") == parameter_name(known):
                    yield layer, layer.place.at(index, "value"), dig(entry, "value")
        elif layer.kind is LayerKind.VALUES and known is not None and known[: len(layer.prefix)] == layer.prefix:
            inner = known[len(layer.prefix) :]
            value = dig(layer.value, *inner)
            if value is not None:
                yield layer, layer.place.at(*inner), value
        elif layer.kind is LayerKind.CHART and layer.place.path == place.path:
            yield layer, place, dig(layer.value, place.pointer[1:])


def _parameter(assembly: Assembly, place: Place) -> Tokens | None:
    """Return the path that a parameter sets, None where the place is no parameter."""
    for layer in assembly.layers:
        if layer.kind is LayerKind.PARAMETERS and place.path == layer.place.path:
            inner = place.pointer.removeprefix(layer.place.pointer).split("/")
            if len(inner) == 3 and inner[1].isdecimal():
                name = dig(sequence(layer.value)[int(inner[1])], "name")
                return tuple(str(name).split(".")) if name else None
    return None
