"""Where an Application or a Flux object itself is written in Git: the manifest that its parent deploys."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from msgspec import Struct

from gitops_bot.clients.rendering.urls import repository_path
from gitops_bot.model.application import Application, ApplicationSpec
from gitops_bot.model.flux import KINDS, flux_application, is_flux
from gitops_bot.model.json import Json, dig, text
from gitops_bot.model.source import Source
from gitops_bot.yamlpatch import PatchInvalid, PatchRefused, load_documents

GROUP = "argoproj.io/"
ENDINGS = (".yaml", ".yml", ".json")

# Commits, and the sources that Argo CD had at each.
Evidence = Sequence[tuple[str, tuple[Source, ...]]]


class Definition(Struct, frozen=True, kw_only=True):
    """The document of a file that declares an Application, an ApplicationSet or a Flux object, at a commit."""

    kind: str
    name: str
    namespace: str
    path: str
    document: int
    body: dict[str, Json]

    def declares(self, application: Application) -> bool:
        """Return whether it may be the Application's; a manifest need not say its namespace."""
        key = application.key
        return (self.kind, self.name) == (key.kind, key.name) and self.namespace in ("", key.namespace)


def definitions_in(path: str, source: bytes, kind: str = "Application") -> tuple[Definition, ...]:
    """Return the Applications and Flux objects that a file declares, or its ApplicationSets.

    None where it is no plain YAML or JSON.
    """
    kinds = {kind, *KINDS} if kind == "Application" else {kind}
    if not path.endswith(ENDINGS) or not any(one.encode() in source for one in kinds):
        return ()
    return tuple(
        Definition(
            kind=text(body.get("kind")),
            name=text(dig(body, "metadata", "name")),
            namespace=text(dig(body, "metadata", "namespace")),
            path=path,
            document=number,
            body=body,
        )
        for number, body in enumerate(bodies_in(source))
        if (body.get("kind") == kind and text(body.get("apiVersion")).startswith(GROUP))
        or (kind == "Application" and is_flux(body))
    )


def sources_of(source: bytes, definition: Definition) -> tuple[Source, ...]:
    """Return the sources that the declaring document has in another version of its file, none where it is not there."""
    for found in definitions_in(definition.path, source):
        if _named(found) == _named(definition):
            spec = specification(found.body)
            return sources_in(spec) if spec else ()
    return ()


def _named(definition: Definition) -> tuple[str, str, str]:
    return definition.kind, definition.namespace, definition.name


def application_of(body: dict[str, Json]) -> Application | None:
    """Return the Application that an object is or, of a Flux object, amounts to; None for all else."""
    try:
        if is_flux(body):
            return flux_application(body, {})
        if text(body.get("apiVersion")).startswith(GROUP) and body.get("kind") == "Application":
            return msgspec.convert(body, Application, strict=False)
    except msgspec.ValidationError:
        pass
    return None


def specification(body: dict[str, Json]) -> ApplicationSpec | None:
    """Return the `spec` of an Application's manifest, or what a Flux object's amounts to; None where it is none."""
    try:
        if is_flux(body):
            return flux_application(body, {}).spec
        return msgspec.convert(body.get("spec"), ApplicationSpec, strict=False)
    except msgspec.ValidationError:
        return None


def sources_in(spec: ApplicationSpec) -> tuple[Source, ...]:
    """Return all sources, in order."""
    return tuple(spec.sources) if spec.sources else (spec.source,) if spec.source else ()


def same_sources(declared: tuple[Source, ...], live: tuple[Source, ...]) -> bool:
    """Return whether what Git declares is what Argo CD has; another host of the repository and empty fields aside."""
    return [_compared(one) for one in declared] == [_compared(one) for one in live]


def same_places(declared: tuple[Source, ...], live: tuple[Source, ...]) -> bool:
    """Return whether the sources are of the same folders and charts, whatever their options are."""
    places = [[(source.path.strip("/"), source.chart) for source in sources] for sources in (declared, live)]
    return places[0] == places[1]


def _compared(source: Source) -> Json:
    renamed = msgspec.structs.replace(source, repo_url=repository_path(source.repo_url))
    if source.flux is not None:
        # A manifest need not say its namespace, and which repository a reference leads to is told elsewhere.
        plain = msgspec.structs.replace(source.flux, namespace="", source="")
        renamed = msgspec.structs.replace(source, repo_url="", target_revision="", flux=plain)
    return _without_empty(msgspec.to_builtins(renamed))


def _without_empty(value: Json) -> Json:
    if isinstance(value, list):
        return [_without_empty(one) for one in value]
    if isinstance(value, dict):
        inner = {key: _without_empty(one) for key, one in value.items()}
        return {key: one for key, one in inner.items() if one not in (None, "", False) and one != [] and one != {}}
    return value


def bodies_in(source: bytes) -> tuple[dict[str, Json], ...]:
    """Return the documents of a file, empty ones in place of those that are no maps; none where it is no plain YAML."""
    try:
        return tuple(value if isinstance(value, dict) else {} for value in load_documents(source))
    except (PatchInvalid, PatchRefused):
        return ()
