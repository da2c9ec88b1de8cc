"""What a chart must not make of us or of helm: a copy without end, a schema that is read from elsewhere."""

from __future__ import annotations

import io
import json
import shutil
import tarfile
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from gitops_bot.clients.rendering.values import SourceBroken
from gitops_bot.clients.workspace import Workspace
from gitops_bot.model.json import Json

SCHEMA = "values.schema.json"
_MOST_COPIED = 20_000
_MOST_BYTES = 16 * 1024 * 1024
_REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")
_KNOWN_SCHEMAS = ("http://json-schema.org/", "https://json-schema.org/")


def copy_chart(source: Path, target: Path) -> None:
    """Copy a chart's folder with what its links lead to; SourceBroken where that has no end."""
    seen = 0

    def count(_: str, names: list[str]) -> tuple[str, ...]:
        nonlocal seen
        seen += 1 + len(names)
        if seen > _MOST_COPIED:
            raise SourceBroken(f"the chart's folder has more than {_MOST_COPIED} files; look for a link that leads up")
        return ()

    try:
        shutil.copytree(source, target, ignore=count)
    except (shutil.Error, RecursionError, OSError):
        raise SourceBroken("the chart's folder cannot be copied: look for a link that leads up or nowhere") from None


def schema_leads_out(workspace: Workspace, folders: Iterable[str]) -> bool:
    """Return whether a schema of the charts in the folders, packed ones among them, refers to another file or server.

    Helm would fetch what a schema refers to, without regard to any proxy, and quotes it in what it says.
    """
    # Through a link, a chart's folder may lie anywhere.
    wanted = [""] if workspace.has_links else folders
    for path in (path for folder in wanted for path in workspace.listing(folder)):
        if path.endswith(SCHEMA) and _leads_out(workspace.read(path) or b""):
            return True
        if path.endswith(".tgz") and _packed_leads_out(workspace.read(path) or b""):
            return True
    return False


@lru_cache(maxsize=64)
def _packed_leads_out(archive: bytes) -> bool:
    left = _MOST_BYTES
    try:
        with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as members:
            for member in members:
                left -= member.size
                if left < 0:
                    return True
                stream = members.extractfile(member) if Path(member.name).name == SCHEMA else None
                if stream is not None and _leads_out(stream.read()):
                    return True
    except (tarfile.TarError, OSError, EOFError, ValueError):
        return True
    return False


def _leads_out(schema: bytes) -> bool:
    try:
        parsed: Json = json.loads(schema[:_MOST_BYTES])
    except (ValueError, RecursionError):
        # Whatever helm makes of it: nothing that we know to be harmless.
        return True
    for value in _maps(parsed):
        places = [value.get(name) for name in _REFERENCES]
        if any(isinstance(place, str) and not place.startswith("#") for place in places):
            return True
        own = value.get("$schema")
        if isinstance(own, str) and not own.startswith(_KNOWN_SCHEMAS):
            return True
    return False


def _maps(value: Json) -> Iterator[dict[str, Json]]:
    pending = [value]
    while pending:
        one = pending.pop()
        if isinstance(one, dict):
            yield one
            pending.extend(one.values())
        elif isinstance(one, list):
            pending.extend(one)
