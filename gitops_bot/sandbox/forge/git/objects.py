"""Git's objects as frozen values, and their parsers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

KIND_OF_MODE = {"040000": "tree", "160000": "commit"}


@dataclass(frozen=True)
class Signature:
    """Who and when; `when` keeps the zone that Git wrote."""

    name: str
    email: str
    when: datetime


@dataclass(frozen=True)
class Commit:
    """One commit, its message without a final line break."""

    sha: str
    tree: str
    parents: tuple[str, ...]
    author: Signature
    committer: Signature
    message: str

    @property
    def headline(self) -> str:
        """The message's first line."""
        return self.message.split("\n", 1)[0]

    @property
    def body(self) -> str:
        """The message after the first line and the empty line that follows."""
        return self.message.partition("\n")[2].lstrip("\n")


@dataclass(frozen=True)
class Entry:
    """One entry of a tree; `path` from the tree that it was read from."""

    mode: str
    path: str
    sha: str

    @property
    def kind(self) -> str:
        """`blob`, `tree`, or `commit` for a submodule."""
        return KIND_OF_MODE.get(self.mode, "blob")


@dataclass(frozen=True)
class FileChange:
    """One file's change between two trees. `patch` holds the hunks only and is empty for a binary file."""

    path: str
    status: str
    blob: str
    additions: int
    deletions: int
    patch: str
    previous_path: str = ""


def parse_commit(sha: str, data: bytes) -> Commit:
    """Read a commit object's bytes; unknown headers (signatures, encodings) are passed over."""
    head, _, message = data.decode("utf-8", "replace").partition("\n\n")
    parents: list[str] = []
    single: dict[str, str] = {}
    for line in head.split("\n"):
        key, _, value = line.partition(" ")
        if key == "parent":
            parents.append(value)
        elif key:
            single.setdefault(key, value)
    return Commit(
        sha,
        single["tree"],
        tuple(parents),
        _signature(single["author"]),
        _signature(single["committer"]),
        message.rstrip("\n"),
    )


def parse_tree(data: bytes) -> tuple[Entry, ...]:
    """Read a tree object's bytes."""
    entries: list[Entry] = []
    position = 0
    while position < len(data):
        end = data.index(b"\0", position)
        mode, _, name = data[position:end].partition(b" ")
        sha = data[end + 1 : end + 21].hex()
        entries.append(Entry(mode.decode().zfill(6), name.decode("utf-8", "surrogateescape"), sha))
        position = end + 21
    return tuple(entries)


_STATUS = {"A": "added", "D": "removed", "M": "modified", "R": "renamed", "C": "copied", "T": "changed"}


def parse_changes(output: bytes) -> tuple[FileChange, ...]:
    """Read what `git diff-tree -r -M -z --raw --numstat -p` prints."""
    listing, _, patches = output.partition(b"\0\0")
    fields = listing.decode("utf-8", "surrogateescape").split("\0")
    raw: list[tuple[str, str, str, str]] = []
    position = 0
    while position < len(fields) and fields[position].startswith(":"):
        _, _, _, blob, status = fields[position].split(" ")
        moved = status[0] in "RC"
        previous = fields[position + 1] if moved else ""
        raw.append((_STATUS.get(status[0], "changed"), blob, previous, fields[position + (2 if moved else 1)]))
        position += 3 if moved else 2
    counts = [field.split("\t")[:2] for field in fields[position:] if field.count("\t") >= 2]
    hunks = _hunks(patches)
    changes: list[FileChange] = []
    for (status, blob, previous, path), (added, deleted), patch in zip(raw, counts, hunks, strict=True):
        sizes = (0, 0) if added == "-" else (int(added), int(deleted))
        changes.append(FileChange(path, status, blob, *sizes, patch, previous))
    return tuple(changes)


def _hunks(patches: bytes) -> list[str]:
    """The hunks of each file: a header line cannot be mistaken, every line of content has a mark before it."""
    files: list[list[str]] = []
    for line in patches.decode("utf-8", "replace").split("\n"):
        if line.startswith("diff --git "):
            files.append([])
        elif files and (files[-1] or line.startswith("@@ ")):
            files[-1].append(line)
    return ["\n".join(lines).rstrip("\n") for lines in files]


def _signature(text: str) -> Signature:
    who, _, rest = text.rpartition("> ")
    name, _, email = who.partition(" <")
    seconds, _, zone = rest.partition(" ")
    try:
        offset = timedelta(hours=int(zone[:3]), minutes=int(zone[0] + zone[3:]))
        when = datetime.fromtimestamp(int(seconds), timezone(offset))
    except (ValueError, IndexError, OverflowError):
        when = datetime.fromtimestamp(0, UTC)
    return Signature(name, email, when)
