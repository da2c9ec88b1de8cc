"""Charts that lie packed in a chart's `charts` folder: what they say, though nobody can edit them there."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterator
from functools import lru_cache

from gitops_bot.clients.workspace import Workspace
from gitops_bot.locate.sites.layers.layer import Layer, LayerKind
from gitops_bot.locate.sites.places import Place, Tokens, documents
from gitops_bot.model.json import dig, text

MOST_BYTES = 4 * 1024 * 1024


def archived_layers(
    workspace: Workspace, folder: str, prefix: Tokens, aliases: dict[str, list[str]]
) -> Iterator[tuple[Layer, tuple[str, ...]]]:
    """Yield the default values of each packed chart, out of reach, with its templates' texts."""
    start = f"{folder}/charts/".lstrip("/")
    for path in workspace.listing(start):
        if not path.endswith(".tgz") or "/" in path.removeprefix(start):
            continue
        files = _unpacked(workspace.read(path) or b"")
        chart = documents(files.get("Chart.yaml", b""))
        name = text(dig(chart[0], "name")) if chart else ""
        values = documents(files.get("values.yaml", b""))
        templates = tuple(
            content.decode("utf-8", "replace") for inner, content in files.items() if inner.startswith("templates/")
        )
        for key in aliases.get(name, [name]):
            layer = Layer(
                kind=LayerKind.VALUES,
                title="packed chart's default values",
                place=Place(path),
                value=values[0] if values else {},
                prefix=(*prefix, key),
                own=False,
                default=True,
                reachable=False,
            )
            yield layer, templates


@lru_cache(maxsize=32)
def _unpacked(content: bytes) -> dict[str, bytes]:
    """Return the files of a packed chart by their paths in the chart, none where it is no archive."""
    found: dict[str, bytes] = {}
    left = MOST_BYTES
    try:
        with tarfile.open(fileobj=io.BytesIO(content), mode="r:gz") as archive:
            for member in archive:
                inner = member.name.partition("/")[2]
                wanted = inner in ("Chart.yaml", "values.yaml") or inner.startswith("templates/")
                left -= member.size
                if left < 0:
                    break
                stream = archive.extractfile(member) if wanted and member.isfile() else None
                if stream is not None:
                    found[inner] = stream.read()
    except (tarfile.TarError, OSError, EOFError):
        return {}
    return found
