"""The two dialects of file patterns that Argo CD knows, and its `$VARIABLE` substitution."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

_VARIABLE = re.compile(r"\$(?:\{(?P<braced>[^}]*)\}|(?P<special>[*#$@!?\-0-9])|(?P<name>\w+)|(?P<open>\{))", re.ASCII)


def argo_glob(pattern: str, path: str) -> bool:
    """Return whether a directory source's include or exclude pattern matches; `*` crosses folders.

    Knows `*`, `**`, `?`, `[a-z]`, `[!a-z]`, `{one,two}` and backslash; a malformed pattern matches nothing.
    """
    compiled = _compile(pattern, crossing=True)
    return compiled is not None and compiled.fullmatch(path) is not None


def path_glob(pattern: str, path: str) -> bool:
    """Return whether a value-file pattern matches; `*` stays within a folder, `**` crosses folders."""
    compiled = _compile(pattern, crossing=False)
    return compiled is not None and compiled.fullmatch(path) is not None


def has_wildcard(path: str) -> bool:
    """Return whether a value-file path is a pattern."""
    return any(character in path for character in "*?[")


def substitute(text: str, variables: Mapping[str, str]) -> str:
    """Replace `$NAME` and `${NAME}`; an unknown variable becomes nothing, `$$` a dollar sign."""

    def value(match: re.Match[str]) -> str:
        name = match["braced"] if match["braced"] is not None else match["special"] or match["name"] or ""
        return "$" if name == "$" else variables.get(name, "")

    return _VARIABLE.sub(value, text)


@lru_cache(maxsize=512)
def _compile(pattern: str, *, crossing: bool) -> re.Pattern[str] | None:
    try:
        return re.compile("".join(_translate(pattern, crossing=crossing)), re.DOTALL)
    except (re.error, ValueError):
        return None


def _translate(pattern: str, *, crossing: bool) -> list[str]:
    out: list[str] = []
    depth = index = 0
    one = "." if crossing else "[^/]"
    while index < len(pattern):
        character = pattern[index]
        if character == "[":
            end = pattern.index("]", index + 2)
            out.append(_class(pattern[index + 1 : end]))
            index = end
        elif character == "*":
            stars, index = _stars(pattern, index, crossing=crossing)
            out.append(stars)
        elif character == "\\":
            index += 1
            out.append(re.escape(pattern[index : index + 1]))
        elif character in "{}":
            depth += 1 if character == "{" else -1
            out.append("(?:" if character == "{" else ")")
        elif character == "," and depth:
            out.append("|")
        else:
            out.append(one if character == "?" else re.escape(character))
        index += 1
    return out


def _stars(pattern: str, index: int, *, crossing: bool) -> tuple[str, int]:
    if crossing:
        return ".*", index
    if pattern.startswith("**/", index):
        return "(?:[^/]+/)*", index + 2
    if pattern.startswith("**", index):
        return ".*", index + 1
    return "[^/]*", index


def _class(body: str) -> str:
    negated = body[:1] in {"!", "^"}
    inner = (body[1:] if negated else body).replace("\\", r"\\").replace("[", r"\[").replace("^", r"\^")
    return f"[^{inner}]" if negated else f"[{inner}]"
