"""Secrets that are known by the name before them: `password=…`, `"token": "…"`, `--api-key …`, environment entries."""

from __future__ import annotations

import re

from gitops_bot.redaction.names import NAME, kind_of, may_name
from gitops_bot.redaction.placeholders import PLACEHOLDER, Mask
from gitops_bot.redaction.values import (
    BLOCK,
    ENOUGH,
    QUOTED,
    block_end,
    holds_nothing,
    is_told,
    looks_secret,
    quoted_end,
    to_line_end,
    unquoted,
)

_NAME_OR_PLACEHOLDER = re.compile(rf"{PLACEHOLDER.pattern}|{NAME.pattern}")
_ASSIGNED = re.compile(r"\\{0,7}[\"'`]?\]?[ \t]{0,40}(=>|:=|={1,3}|:|\\u003d|%3d)[ \t]{0,80}", re.IGNORECASE)
# The value of an environment entry or a Helm parameter stands beside its name or on the next line.
_ENTRY = re.compile(
    r"\\{0,7}[\"']?(?:[ \t]{0,40},?[ \t]{0,40}|,?[ \t]{0,40}(?:\r?\n|\\n)[ \t+-]{0,80})\\{0,7}[\"']?value\\{0,7}[\"']?"
    r"[ \t]{0,40}[:=][ \t]{0,80}",
    re.IGNORECASE,
)
_ARGUMENT = re.compile(
    r"\\{0,7}[\"']?(?:[ \t]{1,40}|,[ \t]{0,40}|,?[ \t]{0,40}\r?\n[ \t+]{0,80}(?:-[ \t]{1,8})?)(?=[^\s-])"
)
_FLAG = re.compile(r"(?<![\w-])--?[a-z0-9.-]{0,60}\Z")
_LITERAL = re.compile(r"[ \t]{1,4}(?=')|[ \t]+(?:is|to)[ \t]+(?=[\"'])")
_LINE_OPENING = re.compile(r"[-+> \t]*(?:export[ \t]+)?[\w.\-/\[\]\"'\\]*")
_VARIABLE = re.compile(r"[-+ \t]*(?:export[ \t]+)?[A-Z0-9_]*")
_BARE = ("secret", "credential")
_ASCII_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}

Span = tuple[int, int]


def without_assignments(text: str, mask: Mask) -> str:
    """Return the text with every value after a telling name replaced."""
    low = lowered(text)
    if not may_name(low):
        return text
    parts: list[str] = []
    position = 0
    for found in _NAME_OR_PLACEHOLDER.finditer(low):
        kind = kind_of(low, found) if found.start() >= position and found.group()[0] != "[" else ""
        start, end = _value(text, low, found, kind) if kind else (0, 0)
        if start < end and not holds_nothing(text[start:end]):
            parts += text[position:start], mask(kind, text[start:end])
            position = end
    return "".join([*parts, text[position:]]) if parts else text


def lowered(text: str) -> str:
    """Return the text in lower case, each character in its place."""
    low = text.lower()
    return low if len(low) == len(text) else text.translate(_ASCII_LOWER)


def _value(text: str, low: str, found: re.Match[str], kind: str) -> Span:
    entry = _ENTRY.match(text, found.end())
    if entry:
        return _assigned(text, entry.end(), found, kind, colon=True)
    sign = _ASSIGNED.match(text, found.end())
    if sign:
        return _assigned(text, sign.end(), found, kind, colon=sign.group(1) == ":")
    argument = _ARGUMENT.match(text, found.end())
    if argument and _FLAG.search(low, max(0, found.start() - 64), found.start()):
        return _bare(text, argument.end())
    literal = _LITERAL.match(text, found.end()) if kind == "password" else None
    return _bare(text, literal.end()) if literal else (0, 0)


def _bare(text: str, start: int) -> Span:
    quote = QUOTED.match(text, start)
    if quote:
        return quote.end(), quoted_end(text, quote.end(), quote.group())
    return start, start + len(unquoted(text, start))


def _assigned(text: str, start: int, found: re.Match[str], kind: str, *, colon: bool) -> Span:
    opening = _opening(text, found.start())
    alone = kind in _BARE and not text[found.end() : found.end() + 1].endswith(('"', "'", "\\"))
    alone = alone and not re.search(r"[\w.-]\Z", opening)
    quote = QUOTED.match(text, start)
    if quote:
        end = quoted_end(text, quote.end(), quote.group())
        telling = not (alone and colon) or looks_secret(text[quote.end() : end], 8)
        return (quote.end(), end) if telling else (0, 0)
    block = BLOCK.match(text, start)
    if block:
        indented = re.match(r"[-+ \t]*", opening)
        lines = text[block.end() : block_end(text, block.end(), len(indented.group()) if indented else 0)]
        return block.end() + len(lines) - len(lines.lstrip()), block.end() + len(lines.rstrip())
    if colon:
        return _after_colon(text, start, kind, opening, alone=alone)
    value = unquoted(text, start)
    if kind == "token" and len(value) < 6 and value.isdecimal():
        return 0, 0
    # A line of a dump of the environment is the variable's, whatever characters it has.
    whole = to_line_end(text, start) if _VARIABLE.fullmatch(opening) and text[found.start()].isupper() else value
    return start, start + len(whole)


def _after_colon(text: str, start: int, kind: str, opening: str, *, alone: bool) -> Span:
    if is_told(text, start):
        return 0, 0
    head = unquoted(text, start, ENOUGH)
    if alone:
        telling = looks_secret(head, 8)
    elif kind == "token" and head.isdecimal():
        telling = False
    elif _LINE_OPENING.fullmatch(opening):
        if kind in {"password", "key", "connection-string"}:
            return start, start + len(to_line_end(text, start))
        telling = True
    else:
        ended = text[start + len(head) : start + len(head) + 1] in {"", ",", "}", "\n", "\r"}
        telling = looks_secret(head, 4 if kind == "password" else 8) or (kind == "password" and ended)
    return (start, start + len(unquoted(text, start))) if telling else (0, 0)


def _opening(text: str, place: int) -> str:
    """Return what stands on the line before `place`, at most 200 characters of it."""
    return text[text.rfind("\n", max(0, place - 200), place) + 1 or max(0, place - 200) : place]
