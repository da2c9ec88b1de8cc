"""Where an Application itself is written in Git: the manifest that its parent deploys."""

from __future__ import annotations

import msgspec
from msgspec import Struct

from gitops_bot.clients.fleet import Fleet
from gitops_bot.model.application import Application, ApplicationSpec
from gitops_bot.model.json import Json, dig
from gitops_bot.model.source import Source
from gitops_bot.yamlpatch import load_documents

GROUP = "argoproj.io/"


class Definition(Struct, frozen=True, kw_only=True):
    """The document that declares an Application; `parent` deploys the file, None where nobody in the fleet does."""

    path: str
    document: int
    parent: Application | None
    body: dict[str, Json]


def find_definition(fleet: Fleet, application: Application) -> Definition | None:
    """Return where the Application is written out at the fleet's commit, None where it is not (or more than once)."""
    parent = fleet.parent(application)
    reads = fleet.reads(parent) if parent and fleet.own_index(parent) is not None else None
    found = []
    for path in fleet.repository.grep(fleet.commit, application.name):
        if not path.endswith((".yaml", ".yml", ".json")) or (reads is not None and not reads.covers(path)):
            continue
        for document, body in enumerate(documents(fleet.repository.read(fleet.commit, path) or b"")):
            if _declares(body, application):
                found.append(Definition(path=path, document=document, parent=parent, body=body))
    return found[0] if len(found) == 1 else None


def documents(source: bytes) -> tuple[dict[str, Json], ...]:
    """Return the maps among the file's documents, an empty map for any other; nothing where it is no plain YAML."""
    from gitops_bot.yamlpatch import PatchInvalid, PatchRefused

    try:
        return tuple(value if isinstance(value, dict) else {} for value in load_documents(source))
    except (PatchInvalid, PatchRefused):
        return ()


def _declares(body: dict[str, Json], application: Application) -> bool:
    api = dig(body, "apiVersion")
    return (
        dig(body, "kind") == "Application"
        and isinstance(api, str)
        and api.startswith(GROUP)
        and dig(body, "metadata", "name") == application.name
        and dig(body, "metadata", "namespace") in (None, application.metadata.namespace)
    )


def sources_in(source: bytes, document: int) -> tuple[Source, ...]:
    """Return the sources that the Application's manifest gives in a file's content, none where it gives no valid ones."""
    found = documents(source)
    body = found[document] if document < len(found) else {}
    try:
        spec = msgspec.convert(body.get("spec"), ApplicationSpec, strict=False)
    except msgspec.ValidationError:
        return ()
    return Application(spec=spec).sources
