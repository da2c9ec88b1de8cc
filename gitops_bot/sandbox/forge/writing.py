"""Commits that the forge makes for its callers: files put on and taken off a branch, in one step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from gitops_bot.sandbox.forge.api import ApiError
from gitops_bot.sandbox.forge.git import Entry, GitFailed, Signature
from gitops_bot.sandbox.forge.state import State


@dataclass(frozen=True)
class FileChanges:
    """What a commit does: `additions` path → whole new content; `deletions` paths. Both empty: an empty commit."""

    additions: Mapping[str, bytes] = field(default_factory=dict)
    deletions: Sequence[str] = ()


def write_commit(state: State, parent: str, changes: FileChanges, message: str, author: Signature) -> str:
    """Store a commit on top of `parent` and return its id; no branch moves. A changed file keeps its mode.

    Raises ApiError 422 for a path that Git refuses, 404 for a deletion of what is not there.
    """
    before = state.git.commit(parent)
    if before is None:
        raise ApiError(422, f"No commit found for SHA: {parent}")
    entries: list[Entry] = []
    for path in changes.deletions:
        if state.git.entry(before.tree, path) is None:
            raise ApiError(
                404, f"A path was requested for deletion which does not exist as of commit oid `{parent}`: {path}"
            )
        entries.append(Entry("100644", path, ""))
    for path, data in changes.additions.items():
        present = state.git.entry(before.tree, path)
        mode = present.mode if present and present.kind == "blob" else "100644"
        entries.append(Entry(mode, path, state.git.write_blob(data)))
    tree = tree_with(state, before.tree, entries) if entries else before.tree
    return state.git.write_commit(tree, (parent,), message, author, author)


def tree_with(state: State, base: str | None, entries: Sequence[Entry]) -> str:
    """A tree with `entries` applied to `base`. Raises ApiError 422 where Git refuses one of the paths."""
    try:
        tree = state.git.write_tree(base, entries)
    except GitFailed as failure:
        raise ApiError(422, f"tree.path is malformed: {failure.text}") from failure
    # Git passes over a path that it does not like (`..`, `.git`, a double slash) without an error.
    for entry in entries:
        written = state.git.entry(tree, entry.path)
        if (written.sha if written else "") != entry.sha:
            raise ApiError(422, f"tree.path is malformed: {entry.path}")
    return tree
