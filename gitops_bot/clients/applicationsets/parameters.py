"""Parameters as the generators give them: of paths, flattened, and in Go's own print."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from decimal import Decimal

from gitops_bot.clients.applicationsets.values import Parameters
from gitops_bot.model.json import Json

NO_VALUE = "<no value>"
_LONGEST_NAME = 253
# From 1e+06 on Go prints floats, and so all numbers of a file, with an exponent.
_EXPONENT_FROM = 6


def normalized(name: str) -> str:
    """Return the name as a DNS name may be: lower case, other characters as `-`, at most 253."""
    return re.sub(r"[^-a-z0-9.]", "-", name.lower())[:_LONGEST_NAME].strip("-.")


def directory_parameters(path: str, prefix: str, *, go: bool) -> Parameters:
    """Return the parameters of a directory, beneath `prefix` where one is given."""
    base = posixpath.basename(path) or "."
    named = {"basename": base, "basenameNormalized": normalized(base)}
    return _placed(path, named, prefix, go=go)


def file_parameters(path: str, prefix: str, *, go: bool) -> Parameters:
    """Return the parameters of a file's path, beneath `prefix` where one is given."""
    folder = posixpath.dirname(path) or "."
    base, file = posixpath.basename(folder) or ".", posixpath.basename(path)
    named = {
        "basename": base,
        "filename": file,
        "basenameNormalized": normalized(base),
        "filenameNormalized": normalized(file),
    }
    return _placed(folder, named, prefix, go=go)


def _placed(folder: str, named: dict[str, str], prefix: str, *, go: bool) -> Parameters:
    segments = folder.split("/")
    if go:
        inner: Parameters = {"path": folder, **named, "segments": [*segments]}
        return {prefix: {"path": inner}} if prefix else {"path": inner}
    name = f"{prefix}.path" if prefix else "path"
    found: Parameters = {name: folder}
    found.update({f"{name}.{key}": value for key, value in named.items()})
    found.update({f"{name}[{index}]": segment for index, segment in enumerate(segments) if segment})
    return found


def flattened(values: Parameters) -> dict[str, str]:
    """Return the values with dotted keys, in Go's print; list items are counted from 0."""
    return {key: printed(value) for key, value in _flat(values, "")}


def _flat(value: Json, name: str) -> Iterator[tuple[str, Json]]:
    if not isinstance(value, dict | list) or (not value and name):
        yield name, value
        return
    items = value.items() if isinstance(value, dict) else ((str(index), one) for index, one in enumerate(value))
    for key, inner in items:
        yield from _flat(inner, f"{name}.{key}" if name else key)


def printed(value: Json) -> str:
    """Return a value as Go's `%v` prints it; all numbers are floats, as they are once JSON has been read."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _number(float(value))
    if isinstance(value, list):
        return f"[{' '.join(printed(one) for one in value)}]"
    if isinstance(value, dict):
        return f"map[{' '.join(f'{key}:{printed(value[key])}' for key in sorted(value))}]"
    return "<nil>" if value is None else value


def _number(value: float) -> str:
    shortest = Decimal(repr(value)).normalize()
    sign, digits, exponent = shortest.as_tuple()
    if not isinstance(exponent, int):
        return {"Infinity": "+Inf", "-Infinity": "-Inf"}.get(str(shortest), "NaN")
    point = len(digits) + exponent - 1
    if -4 <= point < _EXPONENT_FROM or not value:
        return f"{shortest:f}"
    mantissa = str(digits[0]) + (f".{''.join(map(str, digits[1:]))}" if len(digits) > 1 else "")
    return f"{'-' if sign else ''}{mantissa}e{'-' if point < 0 else '+'}{abs(point):02d}"
