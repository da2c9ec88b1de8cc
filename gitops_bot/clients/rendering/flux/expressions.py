"""The `${VARIABLE}` expressions that Flux puts values in place of after a build, and what each becomes.

The forms are those of bash that Flux documents: defaults, substrings, casing, length, replacing and trimming.
`$${...}` stands for `${...}` itself; `$VARIABLE` without braces is plain text.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable

from gitops_bot.clients.rendering.values import SourceBroken

_NAME = re.compile(r"\w+")
_OPERATOR = re.compile(r":[=\-?+]|:|=|,,?|\^\^?|//|/[#%]|/|##?|%%?")
_INTEGER = re.compile(r"[+-]?\d+")
_ESCAPED = re.compile(r"\\([/\\])")

Lookup = Callable[[str], str | None]


def expand(text: str, lookup: Lookup) -> str:
    """Return the text with the expressions' values; one whose variable `lookup` does not know (None) stays as it is.

    SourceBroken where an expression is malformed.
    """
    return _Expansion(text, lookup).until_end()


class _Expansion:
    def __init__(self, text: str, lookup: Lookup) -> None:
        self._text = text
        self._lookup = lookup
        self._at = 0

    def until_end(self) -> str:
        out: list[str] = []
        while self._at < len(self._text):
            out.append(self._piece())
        return "".join(out)

    def _piece(self) -> str:
        """Return the next expression's value, or the text up to it."""
        if self._text.startswith("${", self._at):
            return self._expression()
        if self._text.startswith("$$", self._at):
            # One dollar sign is the escape of the other, which begins no expression any more.
            self._at += 2
            return "$"
        end = self._text.find("$", self._at + 1)
        start, self._at = self._at, len(self._text) if end < 0 else end
        return self._text[start : self._at]

    def _expression(self) -> str:
        start = self._at
        self._at += 2
        length = self._text.startswith("#", self._at)
        self._at += length
        name = self._match(_NAME)
        value = self._lookup(name)
        operator = "" if length else self._match(_OPERATOR, needed=False)
        arguments = self._arguments(operator)
        if not self._text.startswith("}", self._at):
            raise SourceBroken(f"variable substitution failed: missing closing brace after ${{{name}")
        self._at += 1
        if value is None:
            return self._text[start : self._at]
        return str(len(value.encode())) if length else _applied(value, operator, arguments)

    def _match(self, pattern: re.Pattern[str], *, needed: bool = True) -> str:
        found = pattern.match(self._text, self._at)
        if found is None and needed:
            raise SourceBroken("variable substitution failed: unable to parse variable name")
        self._at += len(found[0]) if found else 0
        return found[0] if found else ""

    def _arguments(self, operator: str) -> list[str]:
        if operator in ("", ",", ",,", "^", "^^"):
            return []
        if operator == ":" or operator.startswith("/"):
            separator = operator[0]
            first = self._argument(separator)
            if not self._text.startswith(separator, self._at):
                return [first]
            self._at += 1
            return [first, self._argument("")]
        return [self._argument("")]

    def _argument(self, separator: str) -> str:
        """Return the text up to the closing brace or the separator, expressions in it expanded."""
        out: list[str] = []
        while self._at < len(self._text) and self._text[self._at] not in ("}", separator):
            if self._text.startswith("${", self._at):
                out.append(self._expression())
                continue
            escaped = _ESCAPED.match(self._text, self._at) if separator == "/" else None
            out.append(escaped[1] if escaped else self._text[self._at])
            self._at += 2 if escaped else 1
        return "".join(out)


def _applied(value: str, operator: str, arguments: list[str]) -> str:
    if operator in ("", ",", ",,", "^", "^^"):
        return _cased(value, operator)
    if operator == ":":
        return _substring(value, arguments)
    if operator.startswith("/"):
        return _replaced(value, operator, *arguments)
    if operator in ("#", "##"):
        return _trimmed(value, arguments[0], longest=operator == "##")
    if operator in ("%", "%%"):
        return _trimmed(value[::-1], arguments[0][::-1], longest=operator == "%%")[::-1]
    return value or arguments[0]


def _cased(value: str, operator: str) -> str:
    change = str.lower if "," in operator else str.upper
    if len(operator) == 2:
        return change(value)
    return change(value[:1]) + value[1:] if operator else value


def _substring(value: str, arguments: list[str]) -> str:
    if not all(_INTEGER.fullmatch(argument.strip()) for argument in arguments):
        return value
    start, *rest = (int(argument) for argument in arguments)
    start = max(len(value) + start, 0) if start < 0 else start
    if not rest:
        return value[start:]
    end = len(value) + rest[0] if rest[0] < 0 else start + rest[0]
    return value[start : max(end, start)]


def _replaced(value: str, operator: str, old: str, new: str = "") -> str:
    if operator == "/#":
        return new + value[len(old) :] if value.startswith(old) else value
    if operator == "/%":
        return value[: len(value) - len(old)] + new if value.endswith(old) else value
    return value.replace(old, new, -1 if operator == "//" else 1)


def _trimmed(value: str, pattern: str, *, longest: bool) -> str:
    """Return the value without the beginning that the pattern matches."""
    ends = range(len(value), 0, -1) if longest else range(1, len(value) + 1)
    return next((value[end:] for end in ends if fnmatch.fnmatchcase(value[:end], pattern)), value)
