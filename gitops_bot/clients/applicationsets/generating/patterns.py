"""The path patterns of Git generators: Git's own for files, Go's `path.Match` for directories."""

from __future__ import annotations

import re
from functools import lru_cache

_WILD = frozenset("*?[\\")
_ACTION = re.compile(r"\{\{.*?\}\}", re.DOTALL)


def matches_files(pattern: str, path: str) -> bool:
    """Return whether a `files` pattern picks a file.

    Argo CD asks `git ls-files`: `*`, `**` and `?` cross folders, and a pattern without wildcards that names a folder
    picks all files in it.
    """
    plain = pattern.removeprefix("./")
    if not _WILD & set(plain):
        folder = plain.rstrip("/")
        return path == folder or path.startswith(f"{folder}/") or not folder
    compiled = _compile(plain, crossing=True)
    return compiled is not None and compiled.fullmatch(path) is not None


def matches_directory(pattern: str, path: str) -> bool:
    """Return whether a `directories` pattern picks a directory; no wildcard crosses folders."""
    compiled = _compile(pattern, crossing=False)
    return compiled is not None and compiled.fullmatch(path) is not None


def fixed_folder(pattern: str) -> str:
    """Return the folder beneath which all that a pattern picks must lie, "" for the whole repository."""
    plain = _ACTION.sub("*", pattern).removeprefix("./")
    cut = next((index for index, character in enumerate(plain) if character in _WILD), None)
    return plain.rstrip("/") if cut is None else plain[:cut].rpartition("/")[0]


def untemplated(pattern: str) -> str:
    """Return the pattern with `*` where another generator's parameters would be filled in."""
    return _ACTION.sub("*", pattern)


@lru_cache(maxsize=512)
def _compile(pattern: str, *, crossing: bool) -> re.Pattern[str] | None:
    try:
        return re.compile(_translated(pattern, crossing=crossing), re.DOTALL)
    except (re.error, ValueError):
        return None


def _translated(pattern: str, *, crossing: bool) -> str:
    one = "." if crossing else "[^/]"
    out: list[str] = []
    index = 0
    while index < len(pattern):
        character = pattern[index]
        if character == "*":
            out.append(f"{one}*")
        elif character == "?":
            out.append(one)
        elif character == "[":
            end = pattern.index("]", index + 2)
            out.append(_class(pattern[index + 1 : end], crossing=crossing))
            index = end
        elif character == "\\":
            index += 1
            out.append(re.escape(pattern[index]) if index < len(pattern) else "(?!)")
        else:
            out.append(re.escape(character))
        index += 1
    return "".join(out)


def _class(body: str, *, crossing: bool) -> str:
    # Git knows `[!a]` too, Go only `[^a]`.
    negated = body.startswith("^") or (crossing and body.startswith("!"))
    inner = re.sub(r"([\[\]^&~|])", r"\\\1", body[1:] if negated else body)
    return f"[^{inner}]" if negated else f"[{inner}]"
