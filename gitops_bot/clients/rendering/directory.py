"""Plain manifests in a folder."""

from __future__ import annotations

import json

import msgspec

from gitops_bot.clients.rendering.manifests import decode, objects
from gitops_bot.clients.rendering.steps import Step
from gitops_bot.clients.rendering.values import Listing, NotRenderable, ReadSet, SourceBroken
from gitops_bot.clients.workspace import Workspace
from gitops_bot.model.json import Json
from gitops_bot.model.source import DirectoryOptions

_MOST_BYTES = 64 * 1024 * 1024
_SKIP_MARKER = b"+argocd:skip-file-rendering"
_LOOKS_LIKE_MANIFEST = (b"apiVersion:", b"kind:", b"metadata:")


def read_set(workspace: Workspace, step: Step) -> ReadSet:
    """Return the files that are read; NotRenderable where one of them is a program (Jsonnet)."""
    options = step.source.directory or DirectoryOptions()
    listing = Listing(step.path, options.recurse, options.include, options.exclude)
    files = _files(workspace, listing)
    for path in files:
        if path.endswith(".jsonnet") and _SKIP_MARKER not in (workspace.read(path) or b""):
            raise NotRenderable(f"{path} is Jsonnet, which is not run here")
    return ReadSet(files=frozenset(files), listings=frozenset({listing}))


def build(workspace: Workspace, reads: ReadSet) -> list[dict[str, Json]]:
    """Return the objects of all files, by path."""
    found: list[dict[str, Json]] = []
    left = _MOST_BYTES
    for listing in reads.listings:
        if not _exists(workspace, listing.folder):
            raise SourceBroken(f"{listing.folder}: app path does not exist")
        for path in _files(workspace, listing):
            content = workspace.read(path)
            if content is not None and _SKIP_MARKER not in content:
                added = _parse_json(path, content) if path.endswith(".json") else _parse_yaml(path, content)
                left -= len(msgspec.json.encode(added))
                if left < 0:
                    raise SourceBroken(f"the manifests in {listing.folder or '.'} are more than 64 MiB")
                found.extend(added)
    return found


def _exists(workspace: Workspace, path: str) -> bool:
    folder = workspace.locate(path)
    return folder is not None and folder.is_dir()


def _files(workspace: Workspace, listing: Listing) -> list[str]:
    # Argo CD walks folder by folder: `a/x.yaml` comes before `a.yaml`.
    found = (path for path in workspace.listing(listing.folder) if listing.matches(path))
    return sorted(found, key=lambda path: path.split("/"))


def _parse_yaml(path: str, content: bytes) -> list[dict[str, Json]]:
    try:
        return objects(decode(content), path)
    except SourceBroken as broken:
        # What does not look like a manifest may lie there: Argo CD passes it over.
        if all(word in content for word in _LOOKS_LIKE_MANIFEST):
            raise SourceBroken(f'Failed to unmarshal "{path}": {broken.message}') from None
        return []


def _parse_json(path: str, content: bytes) -> list[dict[str, Json]]:
    if len(content) > _MOST_BYTES // 2:
        raise SourceBroken(f'Failed to unmarshal "{path}": it is larger than 32 MiB')
    try:
        document: Json = json.loads(content.decode("utf-8-sig"))
    except ValueError as error:
        raise SourceBroken(f'Failed to unmarshal "{path}": {error}') from None
    except RecursionError:
        raise SourceBroken(f'Failed to unmarshal "{path}": it is nested too deeply') from None
    if document is None:
        raise SourceBroken(f'Failed to unmarshal "{path}": there is no object in it')
    return objects([document], path)
