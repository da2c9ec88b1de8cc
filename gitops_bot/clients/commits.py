"""Commits and what they change, as Git prints them."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from msgspec import Struct

# Eight fields and the NUL that `git log -z` puts after each commit.
LOG_FORMAT = "--format=%H%x00%P%x00%an%x00%ae%x00%at%x00%ct%x00%s%x00%b%x00"
_FIELDS = 8
_TRAILER = re.compile(r"^(?P<key>[A-Za-z0-9][A-Za-z0-9-]*)\s*:\s*(?P<value>.*)$")
_UNPLACEABLE = ("//", "/./", "/../", "/.git/")
_DEEPEST, _LONGEST = 200, 3000


class Commit(Struct, frozen=True):
    """One commit; `author` is `NAME <ADDRESS>`, times are UTC, `body` is the message without its subject."""

    sha: str
    parents: tuple[str, ...]
    author: str
    authored_at: datetime
    committed_at: datetime
    subject: str
    body: str

    def trailers(self) -> dict[str, str]:
        """Return the trailers at the message's end, the last one of each key.

        Several paragraphs of nothing but trailers count: a squash merge adds its own below the author's.
        """
        found: dict[str, str] = {}
        for paragraph in reversed(re.split(r"\n\s*\n", self.body.strip())):
            lines = [line for line in paragraph.splitlines() if line.strip("- \t")]
            pairs = _trailers(lines)
            if pairs is None:
                break
            found = {**pairs, **found}
        return found


class PathChange(Struct, frozen=True):
    """A file that differs between two commits: its blob before and after, None where it was not there.

    Renames are not told: `old_path` is `path`.
    """

    path: str
    old_path: str | None
    before: str | None
    after: str | None


class TreeEntry(Struct, frozen=True):
    """A file in a commit: its mode (`100644`, `100755`, `120000` for a symbolic link) and blob id."""

    mode: str
    blob: str


def read_log(output: bytes) -> tuple[Commit, ...]:
    """Return the commits of `git log -z` with LOG_FORMAT."""
    fields = output.decode("utf-8", "replace").split("\0")
    step = _FIELDS + 1
    return tuple(_commit(fields[start : start + _FIELDS]) for start in range(0, len(fields) - _FIELDS, step))


def read_tree(output: bytes) -> dict[str, TreeEntry]:
    """Return the files of `git ls-tree -r -z`, without submodules and what no checkout can or must have."""
    entries = {}
    for line in output.decode("utf-8", "surrogateescape").split("\0"):
        meta, _, path = line.partition("\t")
        if path and _is_placeable(path):
            mode, kind, blob = meta.split(" ")
            if kind == "blob":
                entries[path] = TreeEntry(mode, blob)
    return entries


def _is_placeable(path: str) -> bool:
    """Return whether a checkout may have the path: Git's own tools write none that leaves it, but others can."""
    whole = f"/{path}/".lower()
    outside = any(part in whole for part in _UNPLACEABLE)
    return not outside and len(whole) <= _LONGEST and whole.count("/") <= _DEEPEST


def read_changes(output: bytes) -> tuple[PathChange, ...]:
    """Return the changes of `git diff-tree -r -z`."""
    fields = output.decode("utf-8", "surrogateescape").split("\0")
    return tuple(_change(meta, path) for meta, path in zip(fields[::2], fields[1::2], strict=False))


def _trailers(lines: list[str]) -> dict[str, str] | None:
    pairs: dict[str, str] = {}
    key = ""
    for line in lines:
        match = _TRAILER.match(line)
        if match:
            key = match["key"]
            pairs[key] = match["value"].strip()
        elif key and line[0].isspace():
            pairs[key] = f"{pairs[key]} {line.strip()}"
        else:
            return None
    return pairs


def _commit(fields: list[str]) -> Commit:
    sha, parents, name, address, authored, committed, subject, body = fields
    return Commit(
        sha,
        tuple(parents.split()),
        f"{name} <{address}>",
        datetime.fromtimestamp(int(authored), UTC),
        datetime.fromtimestamp(int(committed), UTC),
        subject,
        body.strip("\n"),
    )


def _change(meta: str, path: str) -> PathChange:
    before_mode, after_mode, before, after, _ = meta.lstrip(":").split(" ")
    return PathChange(path, path, before if int(before_mode, 8) else None, after if int(after_mode, 8) else None)
