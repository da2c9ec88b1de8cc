"""Which files decide what an ApplicationSet makes, told from its manifest alone."""

from __future__ import annotations

from gitops_bot.clients.applicationsets.generating.generators import git_generators
from gitops_bot.clients.applicationsets.generating.patterns import (
    fixed_folder,
    matches_directory,
    matches_files,
    untemplated,
)
from gitops_bot.clients.workspace import Workspace
from gitops_bot.model.json import Json, dig, sequence, text


def scope(body: dict[str, Json]) -> tuple[str, ...]:
    """Return the folders and files outside of which no change can move what the ApplicationSet's generators give."""
    found = {
        fixed_folder(text(dig(entry, "path")))
        for generator in git_generators(dig(body, "spec", "generators"))
        for kind in ("directories", "files")
        for entry in sequence(generator.get(kind))
    }
    return tuple(sorted(found))


def decides(body: dict[str, Json], path: str, workspace: Workspace) -> bool:
    """Return whether a change of the file `path` can change what the generators give.

    Of a directory only its being there counts: a change of one file among others in it does not move it.
    """
    for generator in git_generators(dig(body, "spec", "generators")):
        for entry in sequence(generator.get("files")):
            if matches_files(untemplated(text(dig(entry, "path"))), path):
                return True
        for entry in sequence(generator.get("directories")):
            pattern = untemplated(text(dig(entry, "path")))
            if any(matches_directory(pattern, one) and _hangs_on(workspace, one, path) for one in _above(path)):
                return True
    return False


def _above(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[:count]) for count in range(1, len(parts))]


def _hangs_on(workspace: Workspace, directory: str, path: str) -> bool:
    return not set(workspace.listing(directory)) - {path}
