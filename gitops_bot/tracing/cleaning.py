"""Attributes as outputs may have them: without secrets, and none longer than a reader can use."""

from __future__ import annotations

import json

from gitops_bot.model.json import Json
from gitops_bot.redaction import redact_field, redacted_and_capped
from gitops_bot.tracing.spans import Attributes, Plain

MOST_ATTRIBUTES = 64
LONGEST_TEXT = 8_000
LONGEST_JSON = 64_000
_LONGEST_NAME = 200
_MOST_TEXTS = 50
_TOO_LONG = '"(too long)"'


def cleaned(attributes: Attributes) -> dict[str, Plain]:
    """Return the attributes redacted and capped; JSON stays JSON, with its texts cut until all of it fits."""
    found: dict[str, Plain] = {}
    for name, value in attributes.items():
        if value is not None and len(found) < MOST_ATTRIBUTES:
            found[text(name, _LONGEST_NAME)] = _plain(name, value)
    return found


def text(value: str, longest: int = LONGEST_TEXT) -> str:
    """Return a text without secrets, of at most so many characters."""
    # A lone surrogate, which undecodable bytes become in Python, has no place in UTF-8.
    return redacted_and_capped(value.encode(errors="replace").decode(), longest)


def _plain(name: str, value: Json) -> Plain:
    if isinstance(value, bool | int | float):
        return value
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return tuple(text(str(one)) for one in value[:_MOST_TEXTS])
    # Its name may tell that a value is a secret, whatever the value looks like.
    hidden = redact_field(name, value)
    return text(hidden) if isinstance(hidden, str) else _encoded(hidden)


def _encoded(value: Json) -> str:
    for longest in (LONGEST_TEXT, LONGEST_TEXT // 8, LONGEST_TEXT // 64):
        written = json.dumps(_capped(value, longest), ensure_ascii=False, separators=(",", ":"))
        if len(written) <= LONGEST_JSON:
            return written
    return _TOO_LONG


def _capped(value: Json, longest: int) -> Json:
    if isinstance(value, str):
        return text(value, longest)
    if isinstance(value, list):
        return [_capped(one, longest) for one in value]
    if isinstance(value, dict):
        return {text(name, _LONGEST_NAME): _capped(one, longest) for name, one in value.items()}
    return value
