"""Which Applications read which file: an index that follows the workspace, file by file."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from gitops_bot.clients.rendering import ReadSet
from gitops_bot.clients.rendering.values import Listing
from gitops_bot.clients.workspace import Workspace


class ReaderIndex:
    """The Applications by the files and folders that they read at the workspace's present state.

    `look` tells what one of them reads, None where that cannot be told. It is asked again only for those of whose files
    one has changed since, by its blob id: what a ReadSet covers is all that it was made of.
    """

    def __init__(self, workspace: Workspace, names: Iterable[str], look: Callable[[str], ReadSet | None]) -> None:
        self._workspace = workspace
        self._look = look
        self._reads: dict[str, ReadSet | None] = {}
        self._stale = set(names)
        self._state = workspace.state
        self._picture = workspace.picture()
        self._by_path: dict[str, set[str]] = {}
        self._by_folder: dict[str, set[str]] = {}
        self._by_listing: dict[str, dict[Listing, set[str]]] = {}

    def forget(self, name: str) -> None:
        """Look anew at an Application when next asked: something else was learned of it."""
        self._stale.add(name)

    def tells(self, name: str) -> bool:
        """Return whether it can be told what the Application reads."""
        self._refresh()
        return self._reads[name] is not None

    def readers(self, paths: Iterable[str]) -> set[str]:
        """Return the names of the Applications for which a change of one of the files counts."""
        self._refresh()
        return self._covering(paths)

    def _refresh(self) -> None:
        if self._state != self._workspace.state:
            changed = self._workspace.differing(self._picture)
            unknown = {name for name, reads in self._reads.items() if reads is None} if changed else set()
            # What a symbolic link leads to is not told by its name: any change may be behind it.
            behind = set(self._reads) if changed and self._workspace.has_links else set()
            self._stale |= self._covering(changed) | unknown | behind
            self._picture = self._workspace.picture()
            self._state = self._workspace.state
        while self._stale:
            name = next(iter(self._stale))
            self._enter(name, self._look(name))
            self._stale.discard(name)

    def _enter(self, name: str, reads: ReadSet | None) -> None:
        for names in self._places(self._reads.get(name) or ReadSet()):
            names.discard(name)
        for names in self._places(reads or ReadSet()):
            names.add(name)
        self._reads[name] = reads

    def _places(self, reads: ReadSet) -> Iterable[set[str]]:
        for path in reads.files:
            yield self._by_path.setdefault(path, set())
        for folder in reads.folders:
            yield self._by_folder.setdefault(folder, set())
        for listing in reads.listings:
            yield self._by_listing.setdefault(listing.folder, {}).setdefault(listing, set())

    def _covering(self, paths: Iterable[str]) -> set[str]:
        """Return whose reads cover one of the files; as `ReadSet.covers` says, for all at once."""
        found: set[str] = set()
        for path in paths:
            found |= self._by_path.get(path, set())
            parts = path.split("/")
            for folder in ("/".join(parts[:count]) for count in range(len(parts) + 1)):
                found |= self._by_folder.get(folder, set())
                for listing, names in self._by_listing.get(folder, {}).items():
                    found |= names if listing.matches(path) else set()
        return found
