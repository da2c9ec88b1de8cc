"""What goes into a render and what comes out of it."""

from __future__ import annotations

from msgspec import Struct

from gitops_bot.clients.rendering.patterns import argo_glob
from gitops_bot.model.resource import Manifest
from gitops_bot.model.source import Source

MANIFEST_SUFFIXES = (".yaml", ".yml", ".json", ".jsonnet")


class Listing(Struct, frozen=True):
    """A folder of which the manifest files that a pattern picks are read, in its own level or at any depth."""

    folder: str
    recurse: bool = False
    include: str = ""
    exclude: str = ""

    def matches(self, path: str) -> bool:
        """Return whether the file `path` would be read if it were there."""
        prefix = f"{self.folder}/" if self.folder else ""
        inner = path.removeprefix(prefix)
        if not path.startswith(prefix) or not inner.endswith(MANIFEST_SUFFIXES) or ("/" in inner and not self.recurse):
            return False
        if self.exclude and argo_glob(self.exclude, inner):
            return False
        return not self.include or argo_glob(self.include, inner)


class ReadSet(Struct, frozen=True):
    """What a render reads, as paths relative to the repository's root.

    `files` may name paths that do not exist (a base that is missing, an override file that could be there): a commit
    that adds or removes one of them changes the render. Everything beneath `folders` counts ("" is the whole
    repository); of `listings` what they pick, of which `files` names those that are there.
    """

    files: frozenset[str] = frozenset()
    folders: frozenset[str] = frozenset()
    listings: frozenset[Listing] = frozenset()

    def covers(self, path: str) -> bool:
        """Return whether a change of the file `path` can change the render."""
        if path in self.files or "" in self.folders:
            return True
        parts = path.split("/")
        if any("/".join(parts[:count]) in self.folders for count in range(1, len(parts) + 1)):
            return True
        return any(listing.matches(path) for listing in self.listings)

    @property
    def paths(self) -> tuple[str, ...]:
        """All files and folders, sorted: what to ask Git's log about. A folder "" is left out: then ask about all."""
        folders = self.folders | {listing.folder for listing in self.listings}
        return () if "" in folders else tuple(sorted(self.files | folders))

    def __or__(self, other: ReadSet) -> ReadSet:
        return ReadSet(self.files | other.files, self.folders | other.folders, self.listings | other.listings)


class RenderInput(Struct, frozen=True):
    """What is rendered: an Application's sources and where they are deployed to.

    `application` is the name that Argo CD marks objects with (`Application.instance`), `namespace` the destination's.
    `repository_urls` are the spellings of this repository's own URL: a source of any other is not renderable; empty
    means that every source is of this repository. `branch`, where given, is the branch that the workspace shows: a
    source pinned to something else is not renderable. `kube_version` and `api_versions` are the cluster's, as Argo CD
    passes them to Helm. `build_options` are Argo CD's `kustomize.buildOptions`.
    """

    application: str
    namespace: str
    sources: tuple[Source, ...]
    repository_urls: tuple[str, ...] = ()
    branch: str = ""
    project: str = "default"
    kube_version: str = ""
    api_versions: tuple[str, ...] = ()
    build_options: str = ""


class Rendered(Struct, frozen=True):
    """The objects in the order in which the sources give them, and what was read to make them."""

    manifests: tuple[Manifest, ...]
    reads: ReadSet


class RenderFailed(Exception):
    """The sources do not render: `message` is the tool's own error, with paths relative to the repository."""

    def __init__(self, message: str, reads: ReadSet) -> None:
        super().__init__(message)
        self.message = message
        self.reads = reads


class NotRenderable(Exception):
    """The sources cannot be rendered from this repository alone; `reason` says for a person what stands in the way."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class SourceBroken(Exception):
    """A source's files are wrong: what a generator raises, and the renderer turns into RenderFailed."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
