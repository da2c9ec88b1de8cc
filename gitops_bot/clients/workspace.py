"""A commit's files on disk, with changes laid over and taken back."""

from __future__ import annotations

import hashlib
import os
import posixpath
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from threading import Lock

from msgspec import Struct

from gitops_bot.clients.repository import ConfigRepository, TreeEntry
from gitops_bot.errors import RepositoryError

_FILE = "100644"
_EXECUTABLE = "100755"
_LINK = "120000"
_FEW = 2_000


class _Content(Struct, frozen=True):
    """A file as it is to stand on disk; `identity` is the id that Git gives such a blob, `data` None for one it has."""

    mode: str
    identity: str
    data: bytes | None = None


class Workspace:
    """The repository's files at one commit, in a folder of their own.

    Files hold the blobs' bytes: no line-ending conversion, no filter. Symbolic links that stay inside the folder are
    links; others are plain files that hold the target's name. Reading is safe from several threads; changing is not.
    `state` is another number whenever the files are others than before: what was read is good until then.

    With `on_demand` the files of a folder come to disk when it is looked at (`locate`, `read`): for one question a few
    do, and another commit costs what is looked at there. With symbolic links in the repository all are there from the
    start, for what a link leads to is not told by its path.
    """

    def __init__(self, repository: ConfigRepository, commit: str, folder: Path, *, on_demand: bool = False) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.root = folder.resolve()
        self.commit = commit
        self.state = 0
        self._shown = commit
        self._repository = repository
        self._base = repository.entries(commit)
        self._sorted = sorted(self._base)
        self._changed: dict[str, _Content | None] = {}
        self._on_demand = on_demand
        self._absent = set(self._base)  # what is there by rights, and not on disk
        self._lock = Lock()
        self.has_links = any(entry.mode == _LINK for entry in self._base.values())
        if self._eager:
            self._bring("")

    @contextmanager
    def overlay(self, contents: Mapping[str, bytes | None]) -> Iterator[Path]:
        """Show the files as `contents` has them (None: not there) until the block ends; yields the root.

        Overlays nest. RepositoryError for a path that leaves the root, goes through a symbolic link or would put a file
        in a folder's place; nothing is changed then.
        """
        wanted = {path: None if data is None else self._written(path, data) for path, data in contents.items()}
        for path in wanted:
            self._check(path, wanted)
        with self._showing(wanted):
            yield self.root

    @contextmanager
    def at(self, commit: str) -> Iterator[Path]:
        """Show the files of another commit until the block ends; yields the root.

        What overlays around it changed stays, save where the two commits differ.
        """
        before = self._shown
        entries = self._repository.entries(commit)
        if any(entry.mode == _LINK for entry in entries.values()):
            self.has_links = True
            self._bring("")
        paths = [] if commit == before else [change.path for change in self._repository.changes(before, commit)]
        self._shown = commit
        try:
            with self._showing({path: _content(entries.get(path)) for path in paths}):
                yield self.root
        finally:
            self._shown = before

    def digest(self, paths: Iterable[str]) -> str:
        """Return a digest of what the files and folders hold now; a path that is not there counts as such."""
        total = hashlib.sha256()
        for path in sorted(set(paths)):
            total.update(f"={path}\0".encode("utf-8", "surrogateescape"))
            for name in self.listing(path):
                total.update(f"{name}\0{self._identity(name)}\0".encode("utf-8", "surrogateescape"))
        if self.has_links:
            # What a link leads to is not told by its name: any change may be behind it.
            for name, content in sorted(self._changed.items()):
                total.update(f"{name}\0{content.identity if content else ''}\0".encode("utf-8", "surrogateescape"))
        return total.hexdigest()

    def picture(self) -> dict[str, str]:
        """Return the present state to compare a later one with: what is other than in the first commit, by path."""
        return {path: self._identity(path) for path in self._changed}

    def differing(self, earlier: Mapping[str, str]) -> frozenset[str]:
        """Return the files that have another content or mode now than in an earlier picture, or came or went."""
        now = self.picture()
        either = ((path, self._original(path)) for path in {*earlier, *now})
        return frozenset(path for path, first in either if earlier.get(path, first) != now.get(path, first))

    def listing(self, folder: str = "") -> tuple[str, ...]:
        """Return the files that are now in a folder, at any depth, sorted; a file's own path for a file."""
        path = "" if folder.strip("/") == "." else folder.strip("/")
        names = [name for name in self._first(path) if name not in self._changed]
        prefix = f"{path}/" if path else ""
        present = (name for name, content in self._changed.items() if content)
        added = [name for name in present if name == path or name.startswith(prefix)]
        return tuple(sorted(names + added))

    def _first(self, path: str) -> Iterator[str]:
        """Yield the file `path` of the first commit, and those beneath it."""
        if path in self._base:
            yield path
        prefix = f"{path}/" if path else ""
        for index in range(bisect_left(self._sorted, prefix), len(self._sorted)):
            if not self._sorted[index].startswith(prefix):
                break
            yield self._sorted[index]

    def read(self, path: str) -> bytes | None:
        """Return a file's present content, through links; None where there is no such file inside the root."""
        if not self.has_links and not self._is_file(posixpath.normpath(path)):
            return None
        found = self.locate(path)
        return found.read_bytes() if found is not None and found.is_file() else None

    def locate(self, path: str) -> Path | None:
        """Return where a file or folder stands on disk, links followed; None where it is not there or outside."""
        inside = posixpath.normpath(path)
        if inside.startswith(("/", "../")) or inside == "..":
            return None
        if self._absent:
            self._bring("" if inside == "." else inside)
        if self.has_links:
            found = Path(os.path.realpath(self.root / inside))
            return found if found.exists() and (found == self.root or self.root in found.parents) else None
        found = self.root / inside
        return found if self._is_file(inside) or found.exists() else None

    def _is_file(self, path: str) -> bool:
        return self._changed[path] is not None if path in self._changed else path in self._base

    def _identity(self, path: str) -> str:
        return _name(self._present(path))

    def _original(self, path: str) -> str:
        return _name(_content(self._base.get(path)))

    def _written(self, path: str, data: bytes) -> _Content:
        present = self._present(path)
        header = f"blob {len(data)}\0".encode()
        identity = hashlib.sha1(header + data, usedforsecurity=False).hexdigest()
        return _Content(present.mode if present else _FILE, identity, data)

    def _present(self, path: str) -> _Content | None:
        return self._changed[path] if path in self._changed else _content(self._base.get(path))

    @property
    def _eager(self) -> bool:
        return self.has_links or not self._on_demand

    @contextmanager
    def _showing(self, wanted: Mapping[str, _Content | None]) -> Iterator[None]:
        before = dict(self._changed)
        kept = {path: self._present(path) for path in wanted}
        differing = {path: content for path, content in wanted.items() if _name(content) != _name(kept[path])}
        try:
            self._put(differing)
            yield
        finally:
            self._put({path: kept[path] for path in differing})
            self._changed = before

    def _put(self, contents: Mapping[str, _Content | None]) -> None:
        """Have the files be as given: what was on disk goes, and comes again when it is looked at."""
        self.state += 1 if contents else 0
        with self._lock:
            for path, content in contents.items():
                self._remove(path, keep_folder=content is not None)
                self._changed[path] = content
                if content is None:
                    self._absent.discard(path)
                else:
                    self._absent.add(path)
        if self._eager:
            self._bring("")

    def _remove(self, path: str, *, keep_folder: bool) -> None:
        target = self.root / path
        if path not in self._absent and (target.is_symlink() or target.is_file()):
            target.unlink()
        folder = target.parent
        if keep_folder:
            return
        while folder != self.root and folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
            folder = folder.parent

    def _write(self, path: str, mode: str, data: bytes) -> None:
        target = f"{self.root}{os.sep}{path}"
        if mode == _LINK and self._inside(path, data):
            Path(target).symlink_to(os.fsdecode(data))
            return
        permissions = 0o755 if mode == _EXECUTABLE else 0o644
        with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, permissions), "wb", buffering=0) as file:
            file.write(data)

    @staticmethod
    def _inside(path: str, target: bytes) -> bool:
        """Return whether a link stays inside: upwards first and not above the root, downwards then.

        After a step down, `..` would lead above what another link leads to, wherever that is.
        """
        parts = PurePosixPath(os.fsdecode(target)).parts
        upwards = next((count for count, part in enumerate(parts) if part != ".."), len(parts))
        return bool(parts) and parts[0] != "/" and upwards <= path.count("/") and ".." not in parts[upwards:]

    def _check(self, path: str, wanted: Mapping[str, _Content | None]) -> None:
        parts = PurePosixPath(path).parts
        plain = bool(parts) and not path.startswith("/") and ".." not in parts and "\0" not in path
        if not plain or parts[0] == ".git" or str(PurePosixPath(path)) != path:
            raise RepositoryError("A change leaves the repository", found=repr(path), expected="a path inside it")
        for parent in [*PurePosixPath(path).parents][-2::-1]:
            goes = str(parent) in wanted and wanted[str(parent)] is None
            if (self.root / parent).is_symlink() and not goes:
                raise RepositoryError("A change goes through a symbolic link", found=repr(path))
            if self._is_file(str(parent)) and not goes and wanted[path] is not None:
                raise RepositoryError("A change puts a folder in a file's place", found=repr(path))
        if (self.root / path).is_symlink() and wanted[path] is not None:
            raise RepositoryError("A change goes through a symbolic link", found=repr(path))
        beneath = () if (self.root / path).is_symlink() else self.listing(path)
        if wanted[path] is not None and any(name != path and wanted.get(name, name) for name in beneath):
            raise RepositoryError("A change puts a file in a folder's place", found=repr(path))

    def _bring(self, path: str) -> None:
        """Put the file `path`, or all files beneath it, on disk as they are now."""
        prefix = f"{path}/" if path else ""
        with self._lock:
            if len(self._absent) < _FEW:
                names = {name for name in self._absent if name == path or name.startswith(prefix)}
            else:
                changed = (name for name in self._changed if name == path or name.startswith(prefix))
                names = self._absent & {*self._first(path), *changed}
            for folder in sorted({name.rpartition("/")[0] for name in names}):
                (self.root / folder).mkdir(parents=True, exist_ok=True)
            for name in sorted(names):
                if content := self._present(name):
                    self._write(name, content.mode, self._data(content))
                self._absent.discard(name)

    def _data(self, content: _Content) -> bytes:
        data = self._repository.blob(content.identity) if content.data is None else content.data
        if data is None:
            raise RepositoryError(
                "The repository lacks a file's content", found=content.identity, advice="Fetch it whole."
            )
        return data


def _content(entry: TreeEntry | None) -> _Content | None:
    return None if entry is None else _Content(entry.mode, entry.blob)


def _name(content: _Content | None) -> str:
    return f"{content.mode} {content.identity}" if content else ""
