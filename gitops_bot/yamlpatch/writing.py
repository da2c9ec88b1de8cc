"""A JSON value → YAML text in a given style, read alike by YAML 1.1, YAML 1.2 and Kubernetes."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from gitops_bot.yamlpatch.scalars import Json, Scalar, is_always_string

DOUBLE = '"'
_NOT_PRINTABLE = re.compile("[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r", "\b": "\\b", "\f": "\\f"}
_MUST_ESCAPE = re.compile('[\\\\"\t\n]|' + _NOT_PRINTABLE.pattern)
_UNSAFE_START = re.compile(r"[\[\]{},#&*!|>'\"%@`]|[-?:](?:\s|$)|---|\.\.\.|[?:]")
_UNSAFE_INSIDE = re.compile(r": |:\t|:$| #|\t#|\t$|[\n\t]")
_UNSAFE_IN_FLOW = re.compile(r"[\[\]{},?]|:[\[\]{},\"']")


@dataclass(frozen=True, slots=True)
class Style:
    """How new text is written in this file: indentation (JSON: unit), sequences under keys, quotes, flow spacing."""

    quote: str = '"'
    always_quote: str = ""
    step: int = 2
    unit: str = "  "
    sequence_offset: int = 0
    end_of_line: str = "\n"
    colon: str = ": "
    comma: str = ", "
    json: bool = False
    literal: bool = True


def scalar_text(value: Scalar, style: Style, *, flow: bool, old_quote: str = "") -> str:
    """One scalar on one line; `old_quote` (`'` or `"`) is the quote style to keep for a string."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return int.__repr__(value)
    if isinstance(value, float):
        return _float_text(float(value))
    quote = '"' if style.json else old_quote or style.always_quote
    if not quote:
        if is_plain_safe(value, flow=flow):
            return value
        quote = style.quote
    return quoted(value, quote)


def quoted(value: str, quote: str) -> str:
    """The string in single or double quotes; control characters force double ones."""
    if quote == "'" and "\n" not in value and not _NOT_PRINTABLE.search(value):
        return "'" + value.replace("'", "''") + "'"
    return '"' + _MUST_ESCAPE.sub(_escape, value) + '"'


def is_plain_safe(value: str, *, flow: bool) -> bool:
    """Can the string stand without quotes and be read as that very string by every schema?"""
    return not (
        not value
        or value[0].isspace()
        or value[-1].isspace()
        or _UNSAFE_START.match(value)
        or _UNSAFE_INSIDE.search(value)
        or _NOT_PRINTABLE.search(value)
        or (flow and (_UNSAFE_IN_FLOW.search(value) or value[0] == "-"))
        or not is_always_string(value)
    )


def flow_text(value: Json, style: Style) -> str:
    """A value in flow style on one line."""
    if isinstance(value, dict):
        return (
            "{" + style.comma.join(flow_key(key, style) + flow_text(item, style) for key, item in value.items()) + "}"
        )
    if isinstance(value, list):
        return "[" + style.comma.join(flow_text(item, style) for item in value) + "]"
    return scalar_text(value, style, flow=True)


def pretty_json(value: Json, indentation: str, style: Style) -> str:
    """A value as JSON over several lines, its closing bracket at the indentation; for files that are written so."""
    if not value or not isinstance(value, (dict, list)):
        return flow_text(value, style)
    inner = indentation + style.unit
    if isinstance(value, dict):
        items = [f"{quoted(key, DOUBLE)}: {pretty_json(item, inner, style)}" for key, item in value.items()]
    else:
        items = [pretty_json(item, inner, style) for item in value]
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    lines = [f"{inner}{item}" for item in items]
    return style.end_of_line.join([opening, f",{style.end_of_line}".join(lines), indentation + closing])


def flow_key(key: str, style: Style) -> str:
    """A flow mapping's key with its colon, which may do without a space only behind a quoted key."""
    written = scalar_text(key, style, flow=True)
    colon = style.colon if written[0] in "\"'" or style.colon.endswith(" ") else ": "
    return f"{written}{colon}"


def entry_lines(key: str, value: Json, column: int, style: Style) -> list[str]:
    """The lines of a block mapping's entry at the column."""
    head = " " * column + scalar_text(key, style, flow=False) + ":"
    return _with_value(head, value, column, style)


def _with_value(head: str, value: Json, column: int, style: Style) -> list[str]:
    if isinstance(value, dict) and value:
        return [head, *mapping_lines(value, column + style.step, style)]
    if isinstance(value, list) and value:
        return [head, *sequence_lines(value, column + style.sequence_offset, style)]
    literal = literal_lines(value, column + style.step, style) if isinstance(value, str) else None
    if literal:
        return [f"{head} {literal[0]}", *literal[1:]]
    return [f"{head} {_leaf_text(value, style)}"]


def mapping_lines(value: dict[str, Json], column: int, style: Style) -> list[str]:
    """The lines of a block mapping at the column."""
    return [line for key, item in value.items() for line in entry_lines(key, item, column, style)]


def sequence_lines(value: list[Json], column: int, style: Style) -> list[str]:
    """The lines of a block sequence whose dashes stand at the column."""
    return [line for item in value for line in item_lines(item, column, style, gap=1)]


def item_lines(value: Json, column: int, style: Style, *, gap: int) -> list[str]:
    """The lines of a block sequence's item; `gap` is the number of spaces after the dash."""
    inner = column + 1 + gap
    if isinstance(value, dict) and value:
        lines = mapping_lines(value, inner, style)
    elif isinstance(value, list) and value:
        lines = sequence_lines(value, inner, style)
    else:
        literal = literal_lines(value, column + style.step, style) if isinstance(value, str) else None
        if not literal:
            return [" " * column + "-" + " " * gap + _leaf_text(value, style)]
        lines = [" " * inner + literal[0], *literal[1:]]
    return [" " * column + "-" + " " * gap + lines[0][inner:], *lines[1:]]


def _leaf_text(value: Json, style: Style) -> str:
    if isinstance(value, (dict, list)):
        return "{}" if isinstance(value, dict) else "[]"
    return scalar_text(value, style, flow=False)


def literal_lines(value: str, column: int, style: Style) -> list[str] | None:
    """A multi-line string as a literal block: its header and its lines; None where that can't hold the string."""
    if style.json or not style.literal or "\n" not in value.rstrip("\n") or not can_be_literal(value):
        return None
    if value[0] in " \n" or value.endswith("\n\n"):
        return None
    header = "|" + chomping(value)
    return [header, *literal_body(value, column)]


def can_be_literal(value: str) -> bool:
    """Are all characters allowed in a block scalar, which has no escapes?"""
    return bool(value.strip("\n")) and not _NOT_PRINTABLE.search(value)


def chomping(value: str) -> str:
    """The chomping indicator that the string's end asks for."""
    if not value.endswith("\n"):
        return "-"
    return "+" if value.endswith("\n\n") else ""


def literal_body(value: str, column: int) -> list[str]:
    """The content lines of a literal block, without line ends; extra final line ends become empty lines."""
    lines = value.removesuffix("\n").split("\n")
    return [" " * column + line if line else "" for line in lines]


def _float_text(value: float) -> str:
    if math.isnan(value):
        return ".nan"
    if math.isinf(value):
        return ".inf" if value > 0 else "-.inf"
    text = repr(value)
    mantissa, exponent, power = text.partition("e")
    if not exponent:
        return text
    if "." not in mantissa:
        mantissa += ".0"
    return f"{mantissa}e{power if power[0] in '+-' else '+' + power}"


def _escape(match: re.Match[str]) -> str:
    character = match.group()
    if character in _ESCAPES:
        return _ESCAPES[character]
    code = ord(character)
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
