"""A Fleet for questions asked offline, over a local Git repository."""

from __future__ import annotations

import posixpath
import re
import tempfile
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from gitops_bot.clients.fleet import Fleet
from gitops_bot.clients.rendering import Renderer, find_tools
from gitops_bot.clients.repository import ConfigRepository
from gitops_bot.clients.workspace import Workspace, _Content
from gitops_bot.errors import RepositoryError
from gitops_bot.locate.sites.layers.reach import looks_fixed
from gitops_bot.model.application import Application
from gitops_bot.model.source import Source


@contextmanager
def open_fleet(directory: Path, applications: tuple[Application, ...], tools_path: str) -> Iterator[Fleet]:
    """Open the repository in a folder (a checkout, or bare) at its HEAD commit, as the Applications' config repository.

    `tools_path` says where kustomize and helm are, in the form of a PATH variable. Raises RepositoryError.
    """
    with ConfigRepository.open(directory) as repository, tempfile.TemporaryDirectory(prefix="gitops-bot-") as folder:
        commit = repository.head("")
        workspace = SparseWorkspace(repository, commit, Path(folder) / "workspace")
        yield Fleet(
            applications,
            repository,
            workspace,
            Renderer(workspace, find_tools(tools_path)),
            commit=commit,
            branch=_branch(repository, applications),
            urls=own_urls(applications, repository, workspace),
        )


class SparseWorkspace(Workspace):
    """A workspace whose files come to disk when a folder of them is first looked at: for one question a few do.

    With symbolic links in the repository all files are there from the start: what a link leads to is not told by paths.
    """

    def _materialise(self) -> None:
        self._there: set[str] = set()
        if self.has_links:
            super()._materialise()
            self._there.update(self._base)

    def locate(self, path: str) -> Path | None:
        """As in Workspace, with the files beneath `path` put on disk first."""
        inside = posixpath.normpath(path).removeprefix("/")
        if len(self._there) < len(self._base) and not inside.startswith(".."):
            self._bring("" if inside == "." else inside)
        return super().locate(path)

    def _bring(self, path: str) -> None:
        prefix = f"{path}/" if path else ""
        first = bisect_left(self._sorted, prefix)
        names = [path] if path in self._base else []
        for index in range(first, len(self._sorted)):
            if not self._sorted[index].startswith(prefix):
                break
            names.append(self._sorted[index])
        for name in names:
            if name not in self._there and name not in self._changed:
                self._there.add(name)
                content = self._load(self._base[name])
                if content is not None:
                    (self.root / name).parent.mkdir(parents=True, exist_ok=True)
                    self._write(name, content)

    def _put(self, contents: Mapping[str, _Content | None]) -> None:
        self._there.update(contents)
        super()._put(contents)


def _branch(repository: ConfigRepository, applications: tuple[Application, ...]) -> str:
    """Return the branch that HEAD stands for.

    That is the one checked out; unless the Applications follow one that this clone does not know, whose name it then is
    (a clone of a bundle, a detached HEAD, a renamed branch).
    """
    try:
        out = repository.default_branch()
    except RepositoryError:
        out = ""
    sources = [source for application in applications for source in application.sources if not source.chart]
    followed = [source.target_revision.removeprefix("refs/heads/") for source in sources]
    if any(name in ("", "HEAD", out) for name in followed):
        return out
    unknown = [name for name in followed if not _knows(repository, name)]
    return max(unknown, key=unknown.count, default=out)


def _knows(repository: ConfigRepository, name: str) -> bool:
    return (
        name.startswith("refs/")
        or looks_fixed(name)
        or any(repository.has(f"{folder}/{name}") for folder in ("refs/heads", "refs/remotes/origin", "refs/tags"))
    )


def own_urls(
    applications: tuple[Application, ...], repository: ConfigRepository, workspace: Workspace
) -> tuple[str, ...]:
    """Return the `repoURL`s that mean this repository: by its remote's name, else those whose paths it has."""
    sources = [source for application in applications for source in application.sources if not source.chart]
    urls = list(dict.fromkeys(source.repo_url for source in sources if source.repo_url))
    remote = repository.remote_url()
    if remote:
        named = [url for url in urls if _name(url) == _name(remote)]
        if named:
            return (*named, remote)
    if len({_name(url) for url in urls}) < 2:
        return tuple(urls)
    taken = [(source.repo_url, path) for one in applications for source in one.sources for path in _paths(one, source)]
    there = {url for url, path in taken if workspace.locate(path) is not None}
    return tuple(url for url in urls if url in there) or tuple(urls)


def _paths(application: Application, source: Source) -> tuple[str, ...]:
    """Return what an Application takes from a source's repository: its folder, and value files by its `ref`."""
    if source.chart:
        return ()
    entries = [entry for one in application.sources if one.helm for entry in one.helm.value_files or ()]
    referred = [entry.partition("/")[2] for entry in entries if source.ref and entry.startswith(f"${source.ref}/")]
    return (*([source.path] if source.path else []), *referred)


def _name(url: str) -> str:
    return "/".join(re.split(r"[/:]", url.rstrip("/").removesuffix(".git"))[-2:]).lower()
