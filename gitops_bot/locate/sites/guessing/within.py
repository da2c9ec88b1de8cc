"""Which values stand somewhere in a text: one that a template makes of several of them."""

from __future__ import annotations

import re

import msgspec

from gitops_bot.locate.sites.answer import Mapping
from gitops_bot.locate.sites.guessing.finders import says
from gitops_bot.locate.sites.guessing.fitting import SHORTEST_PART, text_of
from gitops_bot.locate.sites.guessing.guesses import Guess, similarity
from gitops_bot.locate.sites.guessing.values import parameter_name, slot_of
from gitops_bot.locate.sites.layers.layer import Layer, LayerKind
from gitops_bot.locate.sites.target import Target
from gitops_bot.model.json import Json, dig, pointer_tokens, text

LONG_ENOUGH = 6
_VALUES = (LayerKind.VALUES, LayerKind.PARAMETERS, LayerKind.CHART)


def within(layers: tuple[Layer, ...], target: Target) -> list[Guess]:
    """Return the values that stand in the field's text, of each only what the strongest layer says.

    The longest come first: a short one stands in many a text by chance.
    """
    live = target.plain
    if not isinstance(live, str):
        return []
    found: dict[str, Guess] = {}
    for number, layer in enumerate(layers):
        if layer.kind not in _VALUES or not layer.reachable:
            continue
        for said in says(layer, target):
            around = occurrence(said.value, live)
            guess = Guess(place=said.place, value=said.value, mapping=around or Mapping(), layer=layer)
            name = _name(guess)
            found.pop(name, None)
            # Another value of what the object's name is made of would make another object.
            names = isinstance(said.value, str) and len(said.value) >= SHORTEST_PART and said.value in target.key.name
            if around is not None and not names:
                nearness = similarity(target, pointer_tokens(said.place.pointer))
                length = min(len(text_of(said.value)), LONG_ENOUGH)
                found[name] = msgspec.structs.replace(guess, rank=(-length, -nearness, -number))
    return sorted(found.values(), key=lambda guess: guess.rank)


def _name(guess: Guess) -> str:
    """Return by which name Helm knows a value, whichever layer sets it."""
    if guess.layer.kind is LayerKind.PARAMETERS:
        return text(dig(guess.layer.value, int(pointer_tokens(guess.place.pointer)[-2]), "name"))
    slot = slot_of(guess)
    return guess.place.path + guess.place.pointer if slot is None else parameter_name(slot)


def occurrence(value: Json, live: str) -> Mapping | None:
    """Return how a text has a value in it, None where it has not; a number or a short word only as one of its own."""
    source = text_of(value).rstrip("\n")
    if not source or isinstance(value, bool | dict | list):
        return None
    pattern = re.escape(source)
    if not isinstance(value, str):
        pattern = rf"(?<![\d.]){pattern}(?!\d)"
    elif len(source) < SHORTEST_PART:
        pattern = rf"(?<![0-9A-Za-z]){pattern}(?![0-9A-Za-z])"
    match = re.search(pattern, live) or re.search(pattern, live, re.IGNORECASE)
    if match is None:
        return None
    whole = text_of(value)
    return Mapping(live_before=live[: match.start()], live_after=live[match.end() :], site_after=whole[len(source) :])
