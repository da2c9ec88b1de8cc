"""What Argo CD deployed, and from where: the sources of a deployment, and the URLs that mean this repository."""

from __future__ import annotations

import re
from collections.abc import Iterable

from gitops_bot.clients.rendering.urls import repository_path, same_repository
from gitops_bot.clients.repository import ConfigRepository
from gitops_bot.model.application import Application, Deployment
from gitops_bot.model.source import Source

_COMMIT = re.compile("[0-9a-f]{40}")


def is_commit(revision: str) -> bool:
    """Return whether a revision is a commit: where rendering fails, Argo CD gives the branch's name in its place."""
    return _COMMIT.fullmatch(revision) is not None


def deployed_sources(deployment: Deployment) -> tuple[Source, ...]:
    """Return the sources as they were at a deployment."""
    if deployment.sources:
        return tuple(deployment.sources)
    return (deployment.source,) if deployment.source else ()


def own_urls(
    applications: Iterable[Application], repository: ConfigRepository, names: tuple[str, ...]
) -> tuple[str, ...]:
    """Return the `repoURL`s among the Applications that mean this repository, and `names`, by which we know it.

    Argo CD may reach it by another host than we do (an internal address, a mirror). A URL whose host is unknown counts
    when its path is the same, or none is known, and a commit that Argo CD deployed from it is in this clone.
    """
    paths = {repository_path(name) for name in names}
    found = dict.fromkeys(names)
    for application in applications:
        for index, source in enumerate(application.sources):
            url = source.repo_url
            if url in found or source.chart or any(same_repository(url, name) for name in names):
                continue
            if (not paths or repository_path(url) in paths) and _deployed_here(application, index, repository):
                found[url] = None
    return tuple(found)


def _deployed_here(application: Application, index: int, repository: ConfigRepository) -> bool:
    deployed = [(one.revisions or [one.revision]) for one in application.history]
    commits = [revisions[index] for revisions in (application.revisions, *deployed) if index < len(revisions)]
    return any(is_commit(commit) and repository.has(commit) for commit in commits)
