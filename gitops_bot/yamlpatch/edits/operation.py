"""RFC 6902 operations as given by the caller → checked values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gitops_bot.yamlpatch.errors import PatchInvalid
from gitops_bot.yamlpatch.navigate import parse_pointer
from gitops_bot.yamlpatch.scalars import Json

_NAMES = frozenset({"test", "replace", "add", "remove"})


@dataclass(frozen=True, slots=True)
class Operation:
    """One checked operation: `name` is test, replace, add or remove; `path` a valid RFC 6901 pointer."""

    name: str
    path: str
    value: Json


def check_operation(operation: object) -> Operation:
    """The operation, checked; raises PatchInvalid when it is no RFC 6902 operation of the four kinds."""
    if not isinstance(operation, Mapping):
        raise PatchInvalid(f"an operation is a mapping, not {operation!r}")
    name, path = operation.get("op"), operation.get("path")
    if not isinstance(name, str) or name not in _NAMES:
        raise PatchInvalid(f"'op' is test, replace, add or remove, not {name!r}")
    parse_pointer(path)
    if name != "remove" and "value" not in operation:
        raise PatchInvalid(f"the operation {name} needs a 'value'")
    try:
        return Operation(name, str(path), to_json(operation.get("value")))
    except RecursionError as error:
        raise PatchInvalid("the value is nested too deeply, or contains itself") from error


def to_json(value: object) -> Json:
    """The value as plain JSON types (subclasses become those); raises PatchInvalid for anything else."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return _integer(value)
    if isinstance(value, float):
        return float(value)
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) for key in value):
            raise PatchInvalid("a mapping in a value has a key that is no string")
        return {_text(key): to_json(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [to_json(item) for item in value]
    raise PatchInvalid(f"a value is JSON, not {type(value).__name__}")


def _integer(value: int) -> int:
    try:
        int.__repr__(value)
    except ValueError as error:
        raise PatchInvalid("a whole number has too many digits to be written out") from error
    return int(value)


def _text(value: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise PatchInvalid("a string holds half of a surrogate pair, which no YAML can") from error
    return str(value)
