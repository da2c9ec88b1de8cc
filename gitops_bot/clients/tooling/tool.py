"""A tool from a typed function: its schema from the arguments' type, its failures in words for a model."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Generic, TypeVar

import msgspec
from msgspec import Struct

from gitops_bot.clients.http_errors import UnexpectedStatus
from gitops_bot.errors import GitopsBotError
from gitops_bot.model.dialogue import ToolDescription
from gitops_bot.model.json import Json, mapping, sequence
from gitops_bot.untrusted import one_line

A = TypeVar("A", bound=Struct)
_LONGEST_REASON = 300
# Where our servers are is nothing to a model, whoever says it.
_ADDRESS = re.compile(r"\b[a-z][a-z+]*://[^\s\"']+|\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b|\blocalhost:\d+")


class ToolRefused(GitopsBotError):
    """A question that a tool does not answer: words by which a model asks a better one."""


class TypedTool(Generic[A]):
    """Fulfils the port `Tool` by a function of one frozen struct.

    `arguments` must forbid unknown fields; its fields' annotations carry bounds and descriptions. `answer` returns text
    that is capped, and may raise any GitopsBotError: what a model is told of it names no address of ours.
    """

    def __init__(self, name: str, purpose: str, arguments: type[A], answer: Callable[[A], str]) -> None:
        self._arguments = arguments
        self._answer = answer
        self._description = ToolDescription(name=name, description=purpose, parameters=_schema(arguments))

    @property
    def description(self) -> ToolDescription:
        """What the model is told of it."""
        return self._description

    def run(self, arguments: dict[str, Json]) -> str:
        """Return the (untrusted, not yet redacted) answer; ToolRefused with what the model may correct."""
        try:
            asked = msgspec.convert(arguments, self._arguments, strict=False)
        except msgspec.ValidationError as error:
            raise ToolRefused(
                f"{self._description.name} cannot be asked so",
                found=one_line(str(error), _LONGEST_REASON),
                expected=", ".join(self._arguments.__struct_fields__) or "no argument",
            ) from None
        try:
            return self._answer(asked)
        except ToolRefused:
            raise
        except GitopsBotError as error:
            raise ToolRefused(_words(error)) from None


def _words(error: GitopsBotError) -> str:
    """Return what a model is told of a failure: no address, no path of this machine, no advice for people."""
    told = f"{error.what}: {error.found}" if isinstance(error, UnexpectedStatus) and error.found else error.what
    return one_line(_ADDRESS.sub("[address]", told), _LONGEST_REASON)


def _schema(arguments: type[Struct]) -> dict[str, Json]:
    """Return the arguments' JSON schema: closed, every field required; what may be left out may be null instead."""
    told: dict[str, Json] = msgspec.json.schema(arguments)
    given = mapping(mapping(told.get("$defs")).get(arguments.__name__))
    properties: dict[str, Json] = {
        name: _nullable(mapping(inner)) for name, inner in mapping(given.get("properties")).items()
    }
    return {
        "type": "object",
        "properties": properties,
        "required": [*properties],
        "additionalProperties": False,
    }


def _nullable(field: dict[str, Json]) -> dict[str, Json]:
    """Return a field's schema with `X or null` as one type, which small models read better than a choice."""
    merged: dict[str, Json] = {key: value for key, value in field.items() if key not in ("anyOf", "default")}
    for choice in map(mapping, sequence(field.get("anyOf"))):
        if choice != {"type": "null"}:
            merged = {**choice, **merged}
    if "enum" in merged:
        merged["type"] = "string"
    if "default" in field:
        merged["type"] = [merged.get("type"), "null"]
        if "enum" in merged and None not in sequence(merged["enum"]):
            merged["enum"] = [*sequence(merged["enum"]), None]
    return merged
