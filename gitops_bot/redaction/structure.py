"""Secrets in JSON values: Kubernetes objects, Helm values, tool results."""

from __future__ import annotations

import json
from collections.abc import Callable

from gitops_bot.model.json import Json, text
from gitops_bot.redaction.names import secret_name
from gitops_bot.redaction.placeholders import HIDDEN_ALREADY, Mask
from gitops_bot.redaction.values import holds_nothing

_SECRET_DATA = ("data", "stringData")
_NAMES = ("name", "key")
# Deeper than any manifest; what is below is withheld.
_DEEPEST = 100


def redact_value(value: Json, mask: Mask, scan: Callable[[str], str]) -> Json:
    """Return the value with its secrets replaced; `scan` redacts the strings in it."""
    return _Walk(mask, scan).value(value, _DEEPEST)


def redact_labelled(label: str, value: Json, mask: Mask, scan: Callable[[str], str]) -> Json:
    """Return the value of the field with this label (`spec.env[DB_PASSWORD].value`) with its secrets replaced."""
    kind = secret_name(label.removesuffix(".value").rstrip("]"))
    walk = _Walk(mask, scan)
    return walk.hidden(value, kind, _DEEPEST) if kind else walk.value(value, _DEEPEST)


class _Walk:
    def __init__(self, mask: Mask, scan: Callable[[str], str]) -> None:
        self._mask = mask
        self._scan = scan

    def value(self, value: Json, depth: int) -> Json:
        if depth == 0:
            return self._mask("text", "")
        if isinstance(value, str):
            return self._text(value, depth)
        if isinstance(value, list):
            return self._list(value, depth)
        return self._map(value, depth) if isinstance(value, dict) else value

    def _text(self, value: str, depth: int) -> str:
        if value[:1] in ("{", "["):
            try:
                inner = json.loads(value)
            except (ValueError, RecursionError):
                return self._scan(value)
            hidden = self.value(inner, depth - 1)
            if hidden != inner:
                return json.dumps(hidden, ensure_ascii=False, separators=(",", ":"))
        return self._scan(value)

    def _list(self, values: list[Json], depth: int) -> list[Json]:
        kept: list[Json] = []
        for before, value in zip([None, *values], values, strict=False):
            # The value of a flag is the argument after it.
            flag = text(before)
            kind = secret_name(flag) if flag.startswith("-") and "=" not in flag and " " not in flag else ""
            follows = kind and not text(value).startswith("-")
            kept.append(self.hidden(value, kind, depth) if follows else self.value(value, depth - 1))
        return kept

    def _map(self, value: dict[str, Json], depth: int) -> dict[str, Json]:
        kept = {}
        secret = value.get("kind") == "Secret"
        named = next((kind for name in _NAMES if (kind := secret_name(text(value.get(name))))), "")
        for key, inner in value.items():
            if secret and key in _SECRET_DATA:
                kept[key] = self._data(inner)
                continue
            kind = named if key == "value" and named else secret_name(key)
            kept[self._scan(key)] = self.hidden(inner, kind, depth) if kind else self.value(inner, depth - 1)
        return kept

    def _data(self, data: Json) -> Json:
        if isinstance(data, dict):
            return {key: self._masked(value, "secret-data") for key, value in data.items()}
        return None if data is None else self._masked(data, "secret-data")

    def hidden(self, value: Json, kind: str, depth: int) -> Json:
        if isinstance(value, bool) or value is None or isinstance(value, dict):
            return self.value(value, depth - 1)
        if isinstance(value, list):
            return [self.hidden(item, kind, depth - 1) if depth > 1 else None for item in value]
        shown = str(value)
        if holds_nothing(shown) or (kind == "token" and not isinstance(value, str)):
            return value
        scanned = self._scan(shown) if "://" in shown else shown
        return scanned if scanned != shown else self._masked(value, kind)

    def _masked(self, value: Json, kind: str) -> str:
        shown = value if isinstance(value, str) else json.dumps(value)
        return shown if HIDDEN_ALREADY.match(shown) else self._mask(kind, shown)
