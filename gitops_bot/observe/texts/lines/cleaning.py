"""Untrusted text made plain: no colours, no carriage returns, no tabs, a bounded number of bounded lines."""

from __future__ import annotations

import re

MOST_CHARACTERS = 400_000
MOST_LINES = 6_000
LONGEST_LINE = 4_000
_ESCAPES = re.compile(r"\x1b(?:\[[0-9;:?]{0,20}[A-Za-z]|\][^\x07\x1b]{0,200}(?:\x07|\x1b\\)?|[()][AB0]|[=>])")
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
_FENCE = re.compile(r"^\s*(?:```+|~~~+)\s*\w*\s*$")


def lines_of(text: str) -> list[str]:
    """Return the text's lines; of one that is too long its beginning and its end (a log ends with what matters)."""
    if len(text) > MOST_CHARACTERS:
        half = MOST_CHARACTERS // 2
        text = f"{text[:half]}\n{text[-half:]}"
    plain = _ESCAPES.sub("", text).replace("\r\n", "\n").replace("\r", "\n").expandtabs(8)
    lines = [_UNSEEN.sub("", line)[:LONGEST_LINE].rstrip() for line in plain.split("\n")]
    kept = [line for line in _dedented(lines) if not _FENCE.match(line)]
    if len(kept) > MOST_LINES:
        kept = [*kept[: MOST_LINES // 2], *kept[-MOST_LINES // 2 :]]
    return kept


def indent(line: str) -> int:
    """Return how many spaces the line begins with."""
    return len(line) - len(line.lstrip(" "))


def _dedented(lines: list[str]) -> list[str]:
    margin = min((indent(line) for line in lines if line), default=0)
    quoted = [line for line in lines if line]
    if quoted and all(line.lstrip().startswith(">") for line in quoted) and len(quoted) > 1:
        return [line.lstrip()[1:].removeprefix(" ") for line in lines]
    return [line[margin:] for line in lines]
