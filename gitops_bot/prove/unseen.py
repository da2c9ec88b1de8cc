"""Applications that may read an edited file and whose render cannot be made here: a remote chart with values in Git."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable

from gitops_bot.clients.fleet import Fleet
from gitops_bot.model.application import Application
from gitops_bot.model.source import Source


def unseen_readers(fleet: Fleet, paths: Iterable[str]) -> tuple[str, ...]:
    """Return the names of the Applications that point at one of the files and cannot be rendered."""
    wanted = tuple(paths)
    return tuple(
        name
        for name, application in sorted(fleet.applications.items())
        if any(_points_at(fleet, application, path) for path in wanted) and fleet.reads(application) is None
    )


def _points_at(fleet: Fleet, application: Application, path: str) -> bool:
    """Whether a source of the Application names the file or a folder around it. A pattern counts where it may match."""
    # Most of thousands name other places: that is told before whose repository a source is.
    near = [source for source in application.sources if source.path and _beneath(path, source.path)]
    valued = any(_names(value, path) for source in application.sources for value in _value_files(source))
    if not near and not valued:
        return False
    own = [source for source in application.sources if fleet.is_own(source) and fleet.tracks_branch(source)]
    return bool(own) if valued else any(source in own for source in near)


def _beneath(path: str, folder: str) -> bool:
    inside = posixpath.normpath(folder)
    return inside == "." or path == inside or path.startswith(f"{inside}/")


def _value_files(source: Source) -> list[str]:
    return (source.helm.value_files or []) if source.helm else []


def _names(value_file: str, path: str) -> bool:
    # `$ref/envs/prod.yaml` is seen from the root of the repository that `ref` names.
    reference, _, inner = value_file.partition("/")
    if not reference.startswith("$"):
        return False
    fixed = inner.split("*", 1)[0].split("$", 1)[0]
    return posixpath.normpath(inner) == path or (fixed != inner and path.startswith(fixed))
