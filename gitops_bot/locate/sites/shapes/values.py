"""Helm values: which key of the values leads to a field, and where the environment would set it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gitops_bot.clients.fleet import Fleet
from gitops_bot.clients.workspace import Workspace
from gitops_bot.locate.sites.answer import Insertion, Mapping
from gitops_bot.locate.sites.assembly import Assembly
from gitops_bot.locate.sites.guesses import Guess, similarity
from gitops_bot.locate.sites.layers import Layer, LayerKind
from gitops_bot.locate.sites.places import MISSING, Token, Tokens, get
from gitops_bot.locate.sites.shapes.application import declared, source_place
from gitops_bot.locate.sites.shapes.helm import lookup, references, template_lines
from gitops_bot.locate.sites.shapes.insert import insertion
from gitops_bot.locate.sites.target import Target, element_name, plain_word
from gitops_bot.model.application import Application
from gitops_bot.model.json import Json, dig, text

NEAR = 3


def referenced(workspace: Workspace, assembly: Assembly, target: Target) -> list[tuple[str, ...]]:
    """Return the paths of the values that the templates name where they write the field's key, the likeliest first."""
    found: dict[tuple[str, ...], int] = {}
    words = target.words
    key = re.compile(rf"(?:^|[\s{{,\"'-]){re.escape(str(target.tokens[-1]))}[\"']?\s*:")
    for chart, _, _, line in template_lines(workspace, list(assembly.templates)):
        for path in references(line):
            on_line = bool(key.search(line))
            for tokens in _completed(path, target, words, on_line=on_line):
                score = 10 * on_line + similarity(target, tokens)
                for full in {(*(str(token) for token in chart.prefix), *tokens), tokens}:
                    found[full] = max(found.get(full, 0), score)
    return sorted(found, key=lambda path: (-found[path], len(path)))


def _completed(
    path: tuple[str, ...], target: Target, words: tuple[str, ...], *, on_line: bool
) -> Iterator[tuple[str, ...]]:
    """Yield the path itself where it gives the field, and beneath it where it gives a map that holds the field."""
    last = plain_word(path[-1])
    if on_line or last == words[-1]:
        yield path
    for depth in range(len(words) - 1):
        if words[depth] == last or words[depth].endswith(last):
            rest = target.tokens[depth + 1 :]
            if all(isinstance(token, str) for token in rest):
                yield (*path, *(str(token) for token in rest))
    element = target.element
    if element is not None and last in words and element_name(element):
        yield (*path, element_name(element))


def set_now(assembly: Assembly, path: tuple[str, ...]) -> list[tuple[Layer, Json]]:
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
    for token in inner.split("/")[1:]:
        name = token.replace("~1", "/").replace("~0", "~")
        step: Token = int(name) if isinstance(value, list) and name.isdecimal() else name
        tokens.append(step)
        value = get(value, (step,)) if isinstance(value, dict | list) else MISSING  # type: ignore[arg-type]
    return tuple(tokens)


def insertions(
    fleet: Fleet, application: Application, assembly: Assembly, slot: Tokens, core: Json, mapping: Mapping, source: int
) -> Iterator[Guess]:
    """Yield the ways to set a path of the values in the environment's own layer, the most fitting first."""
    lower = _merged(assembly, slot)
    for layer in _own_layers(assembly):
        if layer.kind is LayerKind.PARAMETERS:
            yield _parameter(layer, slot, core, mapping)
            continue
        found = insertion(layer.value, layer.place.pointer, slot, core, lower)
        if found is not None:
            yield _guess(layer, slot, core, mapping, found)
    yield from _new_block(fleet, application, assembly, slot, core, mapping, source)


def _guess(layer: Layer, slot: Tokens, core: Json, mapping: Mapping, found: Insertion) -> Guess:
    return Guess(place=layer.place.at(*slot), value=core, mapping=mapping, layer=layer, insertion=found)


def _own_layers(assembly: Assembly) -> list[Layer]:
    """Return the layers that belong to the environment: value files, the last one first, then what the Application says."""
    mine = [layer for layer in assembly.layers if layer.own and not layer.default and layer.reachable]
    files = [layer for layer in mine if layer.kind is LayerKind.VALUES and layer.title == "values file"]
    inline = [layer for layer in mine if layer.kind is LayerKind.VALUES and layer not in files]
    parameters = [layer for layer in mine if layer.kind is LayerKind.PARAMETERS]
    return [*files[::-1], *inline[::-1], *parameters[::-1]]


def _parameter(layer: Layer, slot: Tokens, core: Json, mapping: Mapping) -> Guess:
    count = len(layer.value) if isinstance(layer.value, list) else 0
    entry: dict[str, Json] = {
        "name": parameter_name(slot),
        "value": core if isinstance(core, str) else text(core) or f"{core}",
    }
    return Guess(
        place=layer.place.at(count, "value"),
        value=core if isinstance(core, str) else f"{core}",
        mapping=mapping,
        layer=layer,
        insertion=Insertion(pointer=f"{layer.place.pointer}/-", value=entry, leaf=("value",)),
    )


def _new_block(
    fleet: Fleet, application: Application, assembly: Assembly, slot: Tokens, core: Json, mapping: Mapping, source: int
) -> Iterator[Guess]:
    definition = declared(fleet, application)
    if definition is None or any(
        layer.kind is LayerKind.VALUES and "Application" in layer.title for layer in assembly.layers
    ):
        return
    place = source_place(definition, source)
    tokens = (*place.pointer.split("/")[1:], "helm", "valuesObject", *slot)
    known: Tokens = tuple(
        int(token) if str(token).isdecimal() and index == 2 else token for index, token in enumerate(tokens)
    )
    found = insertion(definition.body, "", known, core, {})
    if found is not None:
        layer = Layer(
            kind=LayerKind.VALUES,
            title="Application's valuesObject",
            place=place.at("helm", "valuesObject"),
            value=None,
        )
        yield _guess(layer, slot, core, mapping, found)


def _merged(assembly: Assembly, slot: Tokens) -> Json:
    """Return a tree that holds, at the slot's lists, what the layers set there now."""
    for depth, token in enumerate(slot):
        if isinstance(token, int):
            found = lookup(assembly.layers, tuple(str(one) for one in slot[:depth]))
            tree: Json = found[0][1] if found else None
            for one in reversed(slot[:depth]):
                tree = {str(one): tree}
            return tree
    return None
