"""Generated YAML: JSON-like values written in many hands (indentation, quotes, flow, comments, line endings)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from random import Random

from hypothesis import strategies as st

_WORDS = [
    "name",
    "image",
    "v1.2.3",
    "nginx:1.25",
    "10Gi",
    "100m",
    "http://x:80/p?q=1#f",
    "a b",
    "é",
    "8080",
    "yes",
    "on",
    "",
]
_SAFE_PLAIN = frozenset({"name", "image", "v1.2.3", "nginx:1.25", "10Gi", "100m", "http://x:80/p?q=1#f", "a b", "é"})
_CHARACTERS = st.characters(exclude_categories=["Cs"], max_codepoint=0xFFFD)  # JSON writes others as surrogate pairs
_KEYS = ["name", "image", "spec", "env", "value", "x/y", "a~b", "on", "8080", "with space", "k: v", "é"]

texts = st.one_of(
    st.sampled_from(_WORDS),
    st.text(_CHARACTERS, max_size=8),
    st.sampled_from(["two\nlines\n", "one\ntwo", "a\n\n  b\n"]),
)
leaves = st.one_of(texts, st.booleans(), st.none(), st.integers(-9, 9999), st.sampled_from([1.5, -0.25, 1e21]))
keys = st.sampled_from(_KEYS)
values = st.recursive(
    leaves,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(keys, inner, max_size=4)),
    max_leaves=12,
)
roots = st.one_of(st.dictionaries(keys, values, min_size=1, max_size=5), st.lists(values, min_size=1, max_size=4))


@dataclass
class Hand:
    """One way of writing; decisions are drawn from `random`, weighted by the rates."""

    random: Random
    step: int
    offset: int
    dash_gap: int
    comments: float
    flow: float
    quote: str

    def document(self, value: object) -> str:
        lines: list[str] = []
        self._block(value, 0, lines)
        return "".join(line + "\n" for line in lines)

    def _sometimes(self, rate: float) -> bool:
        return self.random.random() < rate

    def _block(self, value: object, column: int, lines: list[str]) -> None:
        if isinstance(value, dict) and value:
            for key, item in value.items():
                self._between(column, lines)
                self._entry(" " * column + self._key(key) + ":", item, column, lines)
        elif isinstance(value, list) and value:
            for item in value:
                self._between(column, lines)
                self._item(item, column, lines)
        else:
            lines.append(" " * column + self._flow(value))

    def _entry(self, head: str, item: object, column: int, lines: list[str]) -> None:
        if isinstance(item, (dict, list)) and item and not self._sometimes(self.flow):
            lines.append(head + self._tail())
            self._block(item, column + (self.step if isinstance(item, dict) else self.offset), lines)
        elif isinstance(item, str) and self._is_literal(item):
            self._literal(head + " ", item, column + self.step, lines)
        elif item is None and self._sometimes(0.3):
            lines.append(head + self._tail())
        else:
            lines.append(f"{head} {self._flow(item)}{self._tail()}")

    def _item(self, item: object, column: int, lines: list[str]) -> None:
        head = " " * column + "-" + " " * self.dash_gap
        if isinstance(item, (dict, list)) and item and not self._sometimes(self.flow):
            inner: list[str] = []
            quiet = Hand(self.random, self.step, self.offset, self.dash_gap, 0, self.flow, self.quote)
            quiet._block(item, len(head), inner)
            lines += [head + inner[0][len(head) :], *inner[1:]]
        elif isinstance(item, str) and self._is_literal(item):
            self._literal(head, item, column + self.step, lines)
        else:
            lines.append(head + self._flow(item) + self._tail())

    def _literal(self, head: str, text: str, column: int, lines: list[str]) -> None:
        chomp = "-" if not text.endswith("\n") else "+" if text.endswith("\n\n") else ""
        lines.append(f"{head}|{chomp}")
        lines += [" " * column + line if line else "" for line in text.removesuffix("\n").split("\n")]

    def _is_literal(self, text: str) -> bool:
        visible = all(character.isprintable() or character == "\n" for character in text)
        return "\n" in text.strip() and text[0] not in " \n" and visible and self._sometimes(0.8)

    def _between(self, column: int, lines: list[str]) -> None:
        if self._sometimes(self.comments):
            lines.append(" " * column + "# note")
        if self._sometimes(self.comments / 2):
            lines.append("")

    def _tail(self) -> str:
        return "  # tail" if self._sometimes(self.comments) else ""

    def _key(self, key: str) -> str:
        return key if key in {"name", "image", "spec", "env", "value", "x/y", "a~b", "é"} else json.dumps(key)

    def _flow(self, value: object) -> str:
        if isinstance(value, dict):
            return "{" + ", ".join(f"{self._key(key)}: {self._flow(item)}" for key, item in value.items()) + "}"
        if isinstance(value, list):
            return "[" + ", ".join(self._flow(item) for item in value) + "]"
        if isinstance(value, float):
            return "1.0e+21" if value == 1e21 else repr(value)
        if isinstance(value, str):
            return self._string(value)
        return json.dumps(value)

    def _string(self, value: str) -> str:
        if value in _SAFE_PLAIN and self._sometimes(0.6):
            return value
        if self.quote == "'" and value.isprintable():
            return "'" + value.replace("'", "''") + "'"
        return json.dumps(value).replace("\x7f", "\\x7f")


@st.composite
def streams(draw: st.DrawFn) -> tuple[bytes, list[object]]:
    """(the bytes of a YAML stream, its documents' values)."""
    documents = draw(st.lists(roots, min_size=1, max_size=3))
    random = draw(st.randoms(use_true_random=False))
    step = random.choice([2, 2, 4, 3])
    comments, flow = random.choice([0, 0.2]), random.choice([0, 0.3])
    hand = Hand(random, step, random.choice([0, step]), random.choice([1, 1, 3]), comments, flow, random.choice("'\""))
    parts = [hand.document(document) for document in documents]
    text = random.choice(["", "---\n", "# head\n---\n"]) + "---\n".join(parts)
    if random.random() < 0.2 and "|" not in parts[-1]:
        text = text.removesuffix("\n")
    if random.random() < 0.2:
        text = text.replace("\n", "\r\n")
    bom = "\ufeff" if random.random() < 0.1 else ""
    return (bom + text).encode(), list(documents)
