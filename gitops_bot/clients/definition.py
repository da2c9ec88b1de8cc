"""Where an Application itself is written in Git: the manifest that its parent deploys (app of apps)."""

from __future__ import annotations

import msgspec
from msgspec import Struct

from gitops_bot.model.application import ApplicationSpec
from gitops_bot.model.json import Json, dig, text
from gitops_bot.model.source import Source
from gitops_bot.yamlpatch import PatchInvalid, PatchRefused, load_documents

GROUP = "argoproj.io/"
ENDINGS = (".yaml", ".yml", ".json")


class Definition(Struct, frozen=True, kw_only=True):
    """The document of a file that declares an Application or an ApplicationSet, at the commit that was searched."""

    name: str
    namespace: str
    path: str
    document: int
    body: dict[str, Json]


def definitions_in(path: str, source: bytes, kind: str = "Application") -> tuple[Definition, ...]:
    """Return the Applications (or ApplicationSets) that a file declares; none where it is no plain YAML or JSON."""
    if not path.endswith(ENDINGS) or kind.encode() not in source:
        return ()
    return tuple(
        Definition(
            name=text(dig(body, "metadata", "name")),
            namespace=text(dig(body, "metadata", "namespace")),
            path=path,
            document=number,
            body=body,
        )
        for number, body in enumerate(_documents(source))
        if body.get("kind") == kind and text(body.get("apiVersion")).startswith(GROUP)
    )


def sources_of(source: bytes, definition: Definition) -> tuple[Source, ...]:
    """Return the sources that the declaring document has in another version of its file, none where it is not there."""
    for found in definitions_in(definition.path, source):
        if found.name == definition.name and found.namespace == definition.namespace:
            return _sources(found.body)
    return ()


def _sources(body: dict[str, Json]) -> tuple[Source, ...]:
    try:
        spec = msgspec.convert(body.get("spec"), ApplicationSpec, strict=False)
    except msgspec.ValidationError:
        return ()
    return tuple(spec.sources) if spec.sources else (spec.source,) if spec.source else ()


def _documents(source: bytes) -> tuple[dict[str, Json], ...]:
    try:
        return tuple(value if isinstance(value, dict) else {} for value in load_documents(source))
    except (PatchInvalid, PatchRefused):
        return ()
