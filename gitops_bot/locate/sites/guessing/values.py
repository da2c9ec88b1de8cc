"""Helm values: which key of the values leads to a field, and where the environment would set it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec
from msgspec import Struct

from gitops_bot.clients.fleet import Fleet
from gitops_bot.locate.sites.answer import Insertion, Mapping
from gitops_bot.locate.sites.guessing.above import patches_above
from gitops_bot.locate.sites.guessing.fitting import text_of
from gitops_bot.locate.sites.guessing.guesses import Guess
from gitops_bot.locate.sites.guessing.insert import insertion
from gitops_bot.locate.sites.layers.application import declared, source_keys
from gitops_bot.locate.sites.layers.assembly import Assembly
from gitops_bot.locate.sites.layers.flux import own_specifications
from gitops_bot.locate.sites.layers.helm import lookup
from gitops_bot.locate.sites.layers.layer import Layer, LayerKind
from gitops_bot.locate.sites.places import MISSING, Place, Token, Tokens, get
from gitops_bot.model.application import Application
from gitops_bot.model.json import Json, dig, pointer_tokens, sequence


def set_now(assembly: Assembly, path: Tokens) -> list[tuple[Layer, Json]]:
    """Return the layers that set a path of the values, the strongest first; parameters among them."""
    dotted = parameter_name(path)
    found = [
        (layer, dig(entry, "value"))
        for layer in reversed(assembly.layers)
        if layer.kind is LayerKind.PARAMETERS and isinstance(layer.value, list)
        for entry in layer.value
        if dig(entry, "name") == dotted
    ]
    return found + lookup(assembly.layers, path)


def parameter_name(path: Tokens) -> str:
    """Return a path as Helm's `--set` spells it."""
    spelled = ""
    for token in path:
        name = re.sub(r"([.,])", r"\\\1", str(token))
        spelled += f"[{token}]" if isinstance(token, int) else f".{name}"
    return spelled.lstrip(".")


def slot_of(guess: Guess) -> Tokens | None:
    """Return the path in the outermost chart's values that a guess in a layer of values sets."""
    layer = guess.layer
    if layer.kind is not LayerKind.VALUES:
        return None
    inner = guess.place.pointer.removeprefix(layer.place.pointer)
    tokens: list[Token] = list(layer.prefix)
    value: object = layer.value
    for name in pointer_tokens(inner):
        step: Token = int(name) if isinstance(value, list) and name.isdecimal() else name
        tokens.append(step)
        value = get(value, (step,)) if isinstance(value, dict | list) else MISSING
    return tuple(tokens)


class Question(Struct, frozen=True):
    """Whose values are asked about: the Application, its layers, and which of its sources."""

    fleet: Fleet
    application: Application
    assembly: Assembly
    source: int


def insertions(question: Question, slot: Tokens, core: Json, mapping: Mapping) -> Iterator[Guess]:
    """Yield the ways to set a path of the values in the environment's own layer, the most fitting first."""
    lower = _merged(question.assembly, slot)
    for layer in _own_layers(question.assembly, question.source):
        if layer.kind is LayerKind.PARAMETERS:
            yield _parameter(layer, slot, core, mapping)
            continue
        empty = layer.value is None and not layer.place.pointer
        found = insertion({} if empty else layer.value, layer.place.pointer, slot, core, lower)
        if found is not None:
            guess = _guess(layer, slot, core, mapping, found)
            end = len(question.fleet.workspace.read(layer.place.path) or b"") if empty else 0
            yield msgspec.structs.replace(guess, raw=(end, end) if empty else None)
    yield from _new_block(question, slot, core, mapping, lower)
    yield from _new_values(question, slot, core, mapping, lower)
    yield from patches_above(question.fleet, question.application, slot, core, mapping)


def _guess(layer: Layer, slot: Tokens, core: Json, mapping: Mapping, found: Insertion) -> Guess:
    return Guess(place=layer.place.at(*slot), value=core, mapping=mapping, layer=layer, insertion=found)


def _own_layers(assembly: Assembly, source: int) -> list[Layer]:
    """Return the environment's own layers: value files, the last one first, then what the Application says."""
    mine = [one for one in assembly.layers if one.own and not one.default and one.reachable and one.source == source]
    files = [layer for layer in mine if layer.kind is LayerKind.VALUES and layer.title == "values file"]
    inline = [layer for layer in mine if layer.kind is LayerKind.VALUES and layer not in files]
    parameters = [layer for layer in mine if layer.kind is LayerKind.PARAMETERS]
    return [*files[::-1], *inline[::-1], *parameters[::-1]]


def _parameter(layer: Layer, slot: Tokens, core: Json, mapping: Mapping) -> Guess:
    count = len(sequence(layer.value))
    entry: dict[str, Json] = {"name": parameter_name(slot), "value": text_of(core)}
    return Guess(
        place=layer.place.at(count, "value"),
        value=text_of(core),
        mapping=mapping,
        layer=layer,
        insertion=Insertion(pointer=f"{layer.place.pointer}/-", value=entry, leaf=("value",)),
    )


def _new_block(question: Question, slot: Tokens, core: Json, mapping: Mapping, lower: Json) -> Iterator[Guess]:
    """A `valuesObject` in the Application's own manifest, where it says nothing of values yet."""
    definition = declared(question.fleet, question.application)
    source = question.source
    if (
        definition is None
        or definition.kind != "Application"
        or any(
            layer.source == source and layer.kind is LayerKind.VALUES and layer.title.startswith("Application")
            for layer in question.assembly.layers
        )
    ):
        return
    keys = (*source_keys(definition, source), "helm", "valuesObject")
    for key in reversed(keys):
        lower = {str(key): lower}
    found = insertion(definition.body, "", (*keys, *slot), core, lower)
    if found is not None:
        place = Place(definition.path, definition.document).at(*keys)
        layer = Layer(kind=LayerKind.VALUES, title="Application's valuesObject", place=place, value=None)
        yield _guess(layer, slot, core, mapping, found)


def _new_values(question: Question, slot: Tokens, core: Json, mapping: Mapping, lower: Json) -> Iterator[Guess]:
    """`spec.values` in a HelmRelease's own manifest, or in a patch over it, where that says nothing of values yet."""
    for layer in own_specifications(question.assembly.layers):
        found = insertion(layer.value, layer.place.pointer, ("values", *slot), core, {"values": lower})
        if dig(layer.value, "values") is None and found is not None:
            place = layer.place.at("values")
            values = Layer(kind=LayerKind.VALUES, title="HelmRelease's values", place=place, value=None)
            yield _guess(values, slot, core, mapping, found)


def _merged(assembly: Assembly, slot: Tokens) -> Json:
    """Return a tree that holds, at the slot's lists, what the layers set there now."""
    for depth, token in enumerate(slot):
        if isinstance(token, int):
            found = lookup(assembly.layers, slot[:depth])
            tree: Json = found[0][1] if found else None
            for one in reversed(slot[:depth]):
                tree = {str(one): tree}
            return tree
    return None
