"""A Fleet for questions asked offline, over a local Git repository."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from gitops_bot.clients.definition import bodies_in
from gitops_bot.clients.fleet import Fleet
from gitops_bot.clients.rendering import Renderer, find_tools
from gitops_bot.clients.rendering.urls import repository_path
from gitops_bot.clients.repository import ConfigRepository
from gitops_bot.clients.workspace import Workspace
from gitops_bot.errors import RepositoryError
from gitops_bot.locate.sites.layers.reach import looks_fixed
from gitops_bot.model.application import Application
from gitops_bot.model.flux import UNKNOWN_SOURCE, GitSource, Sources, git_sources
from gitops_bot.model.source import Source


@contextmanager
def open_fleet(directory: Path, applications: tuple[Application, ...], tools_path: str) -> Iterator[Fleet]:
    """Open the repository in a folder (a checkout, or bare) at its HEAD commit, as the Applications' config repository.

    `tools_path` says where kustomize and helm are, in the form of a PATH variable. Raises RepositoryError.
    """
    with ConfigRepository.open(directory) as repository, tempfile.TemporaryDirectory(prefix="gitops-bot-") as folder:
        commit = repository.head("")
        workspace = Workspace(repository, commit, Path(folder) / "workspace", on_demand=True)
        applications = with_addresses(applications, repository, commit)
        yield Fleet(
            applications,
            repository,
            workspace,
            Renderer(workspace, find_tools(tools_path)),
            commit=commit,
            branch=_branch(repository, applications),
            urls=own_urls(applications, repository, workspace),
        )


def with_addresses(
    applications: tuple[Application, ...], repository: ConfigRepository, commit: str
) -> tuple[Application, ...]:
    """Return the Applications with the addresses of Flux sources that only manifests in the repository tell."""
    unknown = {
        source.flux.source.rpartition("/")[2]
        for application in applications
        for source in application.sources
        if source.flux and source.repo_url.startswith(UNKNOWN_SOURCE)
    }
    found: Sources = {}
    for name in sorted(unknown):
        for path in repository.grep(commit, name):
            content = repository.read(commit, path) or b""
            found |= git_sources(bodies_in(content) if b"GitRepository" in content else ())
    known = {f"{one.kind}/{one.namespace}/{one.name}": source for one, source in found.items()}
    return tuple(_with_address(one, known) for one in applications)


def _with_address(application: Application, known: dict[str, GitSource]) -> Application:
    source = application.spec.source
    address = known.get(source.flux.source) if source and source.flux else None
    if source is None or address is None or not source.repo_url.startswith(UNKNOWN_SOURCE):
        return application
    told = msgspec.structs.replace(source, repo_url=address.repo_url, target_revision=address.target_revision)
    return msgspec.structs.replace(application, spec=msgspec.structs.replace(application.spec, source=told))


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
    told = (source.repo_url for source in sources if not source.repo_url.startswith(UNKNOWN_SOURCE))
    urls = list(dict.fromkeys(url for url in told if url))
    remote = repository.remote_url()
    if remote:
        named = [url for url in urls if repository_path(url) == repository_path(remote)]
        if named:
            return (*named, remote)
    if len({repository_path(url) for url in urls}) < 2:
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
