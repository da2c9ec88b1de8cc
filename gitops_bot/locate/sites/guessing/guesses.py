"""Where in a layer a field may be set, each with how the live value would come of it. Nothing here is proven yet."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec
from msgspec import Struct

from gitops_bot.clients.workspace import Workspace
from gitops_bot.locate.sites.answer import Insertion, Mapping
from gitops_bot.locate.sites.guessing.finders import says
from gitops_bot.locate.sites.guessing.fitting import fit, text_of
from gitops_bot.locate.sites.layers.layer import Layer, LayerKind
from gitops_bot.locate.sites.places import Place, Tokens
from gitops_bot.locate.sites.target import Target, plain_word
from gitops_bot.model.json import Json, dig, pointer_tokens, text

PART_ORDER = ("", "digest", "tag", "name", "registry")
RENAMING = (LayerKind.KUSTOMIZATION, LayerKind.OPTIONS, LayerKind.FLUX)
VALUES = (LayerKind.VALUES, LayerKind.PARAMETERS)
STRUCTURAL = (LayerKind.MANIFEST, LayerKind.STRATEGIC, LayerKind.JSON6902)


class Guess(Struct, frozen=True, kw_only=True):
    """A place that may set the field. `rank` orders guesses, the likeliest (smallest) first.

    `raw` is the span of bytes in a file that is no YAML.
    """

    place: Place
    value: Json
    mapping: Mapping
    layer: Layer
    rank: tuple[int, ...] = ()
    raw: tuple[int, int] | None = None
    insertion: Insertion | None = None


def guesses(workspace: Workspace, layers: tuple[Layer, ...], target: Target) -> list[Guess]:
    """Return the places whose value fits the field's, the likeliest first."""
    found = []
    for number, layer in enumerate(layers):
        if not layer.reachable:
            continue
        for guess in _fitting(workspace, layer, target):
            nearness = similarity(target, (*layer.prefix, *_path(guess)))
            other = layer.kind in STRUCTURAL and dig(layer.value, "metadata", "name") != target.key.name
            rank = (PART_ORDER.index(guess.mapping.part), not guess.mapping.whole, other, -nearness, -number)
            found.append(msgspec.structs.replace(guess, rank=rank))
    if any(guess.layer.kind in RENAMING for guess in found) and target.is_image:
        # The name in a manifest is what an `images` entry is found by: another one is another image.
        found = [guess for guess in found if guess.layer.kind not in STRUCTURAL or guess.mapping.part != "name"]
    return sorted(found, key=lambda guess: guess.rank)


def _fitting(workspace: Workspace, layer: Layer, target: Target) -> Iterator[Guess]:
    if layer.kind in (LayerKind.FILE, LayerKind.LINES):
        yield from _generated(workspace, layer, target)
        return
    for said in says(layer, target):
        found = said.mapping or fit(said.value, target.plain, image=target.is_image)
        if layer.kind in STRUCTURAL and said.value == target.plain:
            found = Mapping()
        if found is None and layer.kind in VALUES and recased(said.value, target.plain):
            found = Mapping()
        if found is not None:
            yield Guess(place=said.place, value=said.value, mapping=found, layer=layer)


def recased(value: Json, live: Json) -> bool:
    """Whether a template may write a value in capitals, or in small letters."""
    return isinstance(value, str) and isinstance(live, str) and value != live and value.casefold() == live.casefold()


def _path(guess: Guess) -> Tokens:
    """Return the keys by which a guess's likeness is judged: a parameter's are in its name."""
    tokens = pointer_tokens(guess.place.pointer)
    if guess.layer.kind is LayerKind.PARAMETERS:
        return tuple(text(dig(guess.layer.value, int(tokens[-2]), "name")).split("."))
    return tokens


def _generated(workspace: Workspace, layer: Layer, target: Target) -> Iterator[Guess]:
    """Where a generator reads a file: the file is the value, or has a line KEY=VALUE."""
    if target.key.kind not in ("ConfigMap", "Secret") or text(layer.value) not in target.key.name:
        return
    content = workspace.read(layer.place.path)
    if content is None:
        return
    key, value = str(target.tokens[-1]), text_of(target.plain)
    if layer.kind is LayerKind.FILE and layer.target == key:
        if content.decode("utf-8", "replace") == value:
            yield Guess(place=layer.place, value=value, mapping=Mapping(), layer=layer, raw=(0, len(content)))
        return
    if layer.kind is LayerKind.LINES:
        for match in re.finditer(rb"(?m)^\s*" + re.escape(key.encode()) + rb"=([^\r\n]*)", content):
            if match[1].decode("utf-8", "replace") == value:
                yield Guess(place=layer.place, value=value, mapping=Mapping(), layer=layer, raw=match.span(1))


def similarity(target: Target, tokens: Tokens) -> int:
    """Return how alike two paths are: how many of the last keys of one are among the other's, the last one twice."""
    words = target.words
    names = [plain_word(str(token)) for token in tokens if not str(token).isdecimal()]
    if not names or not words:
        return 0
    last = 2 * (names[-1] == words[-1]) + (names[-1] in words)
    kind = any(name and name in plain_word(target.key.name) for name in names[:-1])
    return 2 * last + sum(name in words for name in names[-4:-1]) + kind
