"""Flux's post-build substitution: `${VARIABLE}`s in the text of each object that a build gives."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from gitops_bot.clients.rendering.flux.expressions import Lookup, expand
from gitops_bot.clients.rendering.manifests import decode
from gitops_bot.clients.rendering.values import SourceBroken
from gitops_bot.model.json import Json, dig, mapping
from gitops_bot.model.source import FluxOptions, FluxReference

_DISABLING = "kustomize.toolkit.fluxcd.io/substitute"
_VARIABLE = re.compile(r"[_a-zA-Z][_a-zA-Z0-9]*")
# What keeps a text from standing in YAML without quotes.
_QUOTED = re.compile(r"""^[\s#,\[\]{}&*!|>'"%@`]|^[-?:](?:\s|$)|:(?:\s|$)|\s#|\s$""")


def substituted(bodies: Iterable[dict[str, Json]], options: FluxOptions) -> list[dict[str, Json]]:
    """Return the objects with values in place of expressions; SourceBroken where one is malformed.

    As in Flux nothing is replaced where no variable is known at all, and values change types: `${replicas}` becomes a
    number. An expression whose variable may be in a ConfigMap or Secret that Git does not hold stays as it is.
    """
    variables = known_variables(options)
    if not variables and not hidden(options):
        return list(bodies)
    for name in variables:
        if not _VARIABLE.fullmatch(name):
            raise SourceBroken(f"variable substitution failed: {name!r} var name is invalid")
    fallback = None if hidden(options) else ""
    return [
        body if opts_out(body) else mapping(_value(body, lambda name: variables.get(name, fallback))) for body in bodies
    ]


def known_variables(options: FluxOptions) -> dict[str, str]:
    """Return the variables that Git tells: those of ConfigMaps in their order, then the object's own over them."""
    found: dict[str, str] = {}
    for given in (*(reference.data or {} for reference in options.substitute_from or ()), options.substitute or {}):
        found |= {name: value.replace("\n", "") for name, value in given.items()}
    return found


def hidden(options: FluxOptions) -> list[FluxReference]:
    """Return the objects with variables that Git does not hold; a ConfigMap that may lack is taken to."""
    unknown = [one for one in options.substitute_from or () if one.data is None]
    return [one for one in unknown if one.kind == "Secret" or not one.optional]


def opts_out(body: dict[str, Json]) -> bool:
    """Return whether nothing is replaced in an object, since its metadata says so."""
    metadata = body.get("metadata")
    return "disabled" in (dig(metadata, "labels", _DISABLING), dig(metadata, "annotations", _DISABLING))


def _value(value: Json, lookup: Lookup) -> Json:
    if isinstance(value, dict):
        return {str(_value(key, lookup)): _value(inner, lookup) for key, inner in value.items()}
    if isinstance(value, list):
        return [_value(inner, lookup) for inner in value]
    if not isinstance(value, str) or "$" not in value:
        return value
    if "\n" in value:
        # A block of text stays one.
        return expand(value, lookup)
    # Flux replaces in the object's YAML text: what a value becomes there depends on how it had to be quoted.
    text = expand(_written(value), lookup)
    return value if text == _written(value) else _read(text)


def _written(value: str) -> str:
    if not _QUOTED.search(value):
        return value
    printable = all(character.isprintable() for character in value)
    return "'" + value.replace("'", "''") + "'" if printable else msgspec.json.encode(value).decode()


def _read(text: str) -> Json:
    [document] = decode(f"value: {text}\n".encode())
    return dig(document, "value")
