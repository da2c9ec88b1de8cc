"""What a scalar's text means: under YAML 1.1, under the YAML 1.2 core schema, and as Kubernetes reads it.

Kubernetes (sigs.k8s.io/yaml) reads YAML 1.1 booleans and octals, no base-60 numbers, and keeps dates as strings.
"""

from __future__ import annotations

import math
import re
from enum import Enum
from functools import lru_cache
from typing import Union

Json = Union[bool, int, float, str, list["Json"], dict[str, "Json"], None]  # noqa: UP007  (recursive)


class Special(Enum):
    """A reading that JSON has no value for."""

    TIMESTAMP = "timestamp"
    MERGE = "merge"
    DEFAULT_VALUE = "value"


Scalar = Union[bool, int, float, str, None]  # noqa: UP007  (YAML and JSON tell int from float)
Reading = Union[bool, int, float, str, Special, None]  # noqa: UP007

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_CORE_BOOLEANS = {
    word: value
    for lower, value in (("true", True), ("false", False))
    for word in (lower, lower.capitalize(), lower.upper())
}
_OLD_BOOLEANS = _CORE_BOOLEANS | {
    word: value
    for lower, value in (("y", True), ("yes", True), ("on", True), ("n", False), ("no", False), ("off", False))
    for word in (lower, lower.capitalize(), lower.upper())
}
_INFINITY = re.compile(r"[-+]?\.(?:inf|Inf|INF)")
_NAN = re.compile(r"\.(?:nan|NaN|NAN)")
_CORE_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_CORE_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_OLD_INT = re.compile(r"[-+]?(?:0b[01_]+|0[0-7_]+|0x[0-9a-fA-F_]+|0|[1-9][0-9_]*)")
_OLD_FLOAT = re.compile(r"[-+]?(?:[0-9][0-9_]*\.[0-9_]*|\.[0-9][0-9_]*)(?:[eE][-+][0-9]+)?")
_BASE_60 = re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?")
_TIMESTAMP = re.compile(
    r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}"
    r"(?:(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(?:\.[0-9]*)?(?:[ \t]*(?:Z|[-+][0-9]{1,2}(?::?[0-9]{2})?))?)?"
)
_GO_INT = re.compile(r"[-+]?(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)")
# Beyond 4,000 digits Python makes no number of a text.
_MAYBE_NUMBER = re.compile(r"[-+.0-9].{0,3999}\Z", re.DOTALL)


def read_core(text: str) -> Reading:
    """A plain scalar under the YAML 1.2 core schema."""
    if text in _NULLS:
        return None
    if text in _CORE_BOOLEANS:
        return _CORE_BOOLEANS[text]
    if not _MAYBE_NUMBER.match(text):
        return text
    if _CORE_INT.fullmatch(text):
        return _integer(text, old=False)
    if _CORE_FLOAT.fullmatch(text):
        return float(text)
    return _special_float(text)


def read_old(text: str) -> Reading:
    """A plain scalar under YAML 1.1's types."""
    if text in _NULLS:
        return None
    if text in _OLD_BOOLEANS:
        return _OLD_BOOLEANS[text]
    if text == "<<":
        return Special.MERGE
    if text == "=":
        return Special.DEFAULT_VALUE
    if not _MAYBE_NUMBER.match(text):
        return text
    if _TIMESTAMP.fullmatch(text):
        return Special.TIMESTAMP
    if _OLD_INT.fullmatch(text):
        return _integer(text.replace("_", ""), old=True)
    if _BASE_60.fullmatch(text):
        return _base_60(text.replace("_", ""))
    if _OLD_FLOAT.fullmatch(text):
        return float(text.replace("_", ""))
    return _special_float(text)


@lru_cache(maxsize=65536)
def read_kubernetes(text: str) -> Scalar:
    """A plain scalar as sigs.k8s.io/yaml reads it; a merge key's `<<` stays a string here."""
    if text in _NULLS:
        return None
    if text in _OLD_BOOLEANS:
        return _OLD_BOOLEANS[text]
    if not _MAYBE_NUMBER.match(text):
        return text
    bare = text.replace("_", "") if text[0] != "." else text
    if _GO_INT.fullmatch(bare):
        return _integer(bare, old=True)
    if _CORE_FLOAT.fullmatch(bare):
        return float(bare)
    return _special_float(text)


def readings(text: str) -> tuple[Reading, Reading, Reading]:
    """All three readings of a plain scalar."""
    return read_core(text), read_old(text), read_kubernetes(text)


def is_always_string(text: str) -> bool:
    """Does every schema read this plain scalar as this string?"""
    return all(reading == text and isinstance(reading, str) for reading in readings(text))


def same(left: object, right: object) -> bool:
    """JSON equality with types: 1 is neither True nor "1"; 1 and 1.0 differ; NaN equals NaN."""
    if type(left) is not type(right):
        return False
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    return left == right or (left != left and right != right)


def _integer(text: str, *, old: bool) -> int | str:
    sign = -1 if text[0] == "-" else 1
    digits = text.lstrip("+-").lower()
    for prefix, base in (("0x", 16), ("0b", 2), ("0o", 8)):
        if digits.startswith(prefix):
            return sign * int(digits[2:], base) if len(digits) > len(prefix) else text
    if old and len(digits) > 1 and digits[0] == "0":
        return sign * int(digits, 8)
    return sign * int(digits)


def _base_60(text: str) -> int | float:
    sign = -1 if text[0] == "-" else 1
    total: int | float = 0
    for part in text.lstrip("+-").split(":"):
        total = total * 60 + (float(part) if "." in part else int(part))
    return sign * total


def _special_float(text: str) -> float | str:
    if _INFINITY.fullmatch(text):
        return -math.inf if text[0] == "-" else math.inf
    if _NAN.fullmatch(text):
        return math.nan
    return text
