"""A Fleet for questions asked offline: a local Git repository, and Applications read from files."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from gitops_bot.clients.fleet import Fleet
from gitops_bot.clients.rendering import Renderer, find_tools
from gitops_bot.clients.repository import ConfigRepository
from gitops_bot.clients.workspace import Workspace
from gitops_bot.errors import ConfigurationError, RepositoryError
from gitops_bot.model.application import Application
from gitops_bot.model.source import Source


def read_applications(path: Path) -> tuple[Application, ...]:
    """Return the Applications of a JSON file as Argo CD's API gives them: one, a list of them, or an object with `items`."""
    try:
        found = msgspec.json.decode(path.read_bytes())
        many = found["items"] if isinstance(found, dict) and "items" in found else found
        listed = many if isinstance(many, list) else [many]
        return tuple(msgspec.convert(one, Application, strict=False) for one in listed)
    except OSError as error:
        raise ConfigurationError("The Application cannot be read", where=str(path), found=str(error)) from None
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise ConfigurationError(
            "The file holds no Application",
            where=str(path),
            found=str(error),
            expected="an Application as `argocd app get NAME --output json` prints it",
        ) from None


@contextmanager
def open_fleet(directory: Path, applications: tuple[Application, ...], tools_path: str) -> Iterator[Fleet]:
    """Open the repository in a folder (a checkout, or bare) at its HEAD commit, as the Applications' config repository.

    `tools_path` says where kustomize and helm are, in the form of a PATH variable. Raises RepositoryError.
    """
    with ConfigRepository.open(directory) as repository, tempfile.TemporaryDirectory(prefix="gitops-bot-") as folder:
        commit = repository.head("")
        workspace = Workspace(repository, commit, Path(folder) / "workspace")
        yield Fleet(
            applications,
            repository,
            workspace,
            Renderer(workspace, find_tools(tools_path)),
            commit=commit,
            branch=_branch(repository),
            urls=own_urls(applications, repository, workspace),
        )


def _branch(repository: ConfigRepository) -> str:
    try:
        return repository.default_branch()
    except RepositoryError:
        return ""


def own_urls(
    applications: tuple[Application, ...], repository: ConfigRepository, workspace: Workspace
) -> tuple[str, ...]:
    """Return the `repoURL`s that mean this repository: by its remote's name where one fits, else those whose paths it has."""
    sources = [source for application in applications for source in application.sources if not source.chart]
    urls = list(dict.fromkeys(source.repo_url for source in sources if source.repo_url))
    remote = repository.remote_url()
    if remote:
        named = [url for url in urls if _name(url) == _name(remote)]
        if named:
            return (*named, remote)
    if len({_name(url) for url in urls}) < 2:
        return tuple(urls)
    there = [url for url in urls if any(_stands(workspace, source) for source in sources if source.repo_url == url)]
    referred = [url for url in urls if any(source.ref for source in sources if source.repo_url == url)]
    return tuple(there or referred or urls)


def _stands(workspace: Workspace, source: Source) -> bool:
    """Return whether the repository has what the source takes from it."""
    return bool(source.path) and workspace.locate(source.path.strip("/") or ".") is not None


def _name(url: str) -> str:
    return "/".join(re.split(r"[/:]", url.rstrip("/").removesuffix(".git"))[-2:]).lower()
