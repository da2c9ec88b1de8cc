"""The files that a kustomization names, in all of its fields that take a path."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gitops_bot.model.json import Json, dig, mapping, sequence, text

# Configurations of plugins: they name files in ways of their own.
CONFIGURED = ("generators", "transformers", "validators")
_RESOURCES = ("resources", "bases", "components", "crds", "configurations", *CONFIGURED, "patchesStrategicMerge")
_PATCHES = ("patches", "patchesJson6902", "replacements")
_GENERATORS = ("configMapGenerator", "secretGenerator")
_REMOTE = re.compile(
    r"^(?:git::|gh:|(?:ssh|https?|file|git|oci)://|github\.com[:/])|[?&](?:ref|version)=", re.IGNORECASE
)
_REMOTE_IF_NOT_THERE = re.compile(r"^[A-Za-z][\w.-]*@[\w.-]+[:/]|_git/|^[\w.-]+\.[A-Za-z]+(?::\d+)?/.*\.git\b")


def is_remote(entry: str, *, there: bool) -> bool:
    """Return whether kustomize fetches what is named so; some names it does only where no such file is `there`."""
    return bool(_REMOTE.search(entry)) or (not there and bool(_REMOTE_IF_NOT_THERE.search(entry)))


def references(document: dict[str, Json]) -> Iterator[str]:
    """Yield the paths that a kustomization names; inline content is none."""
    for name in _RESOURCES:
        yield from _paths(document.get(name))
    for name in _PATCHES:
        for entry in sequence(document.get(name)):
            if path := text(dig(entry, "path")):
                yield path
    for name in _GENERATORS:
        for generator in sequence(document.get(name)):
            yield from _generated(mapping(generator))
    if path := text(dig(document, "openapi", "path")):
        yield path


def configured_references(document: dict[str, Json]) -> Iterator[str]:
    """Yield the paths that the configuration of one of kustomize's own plugins names."""
    kind = text(document.get("kind"))
    if kind in ("ConfigMapGenerator", "SecretGenerator"):
        yield from _generated(document)
    if kind in ("PatchTransformer", "PatchJson6902Transformer"):
        yield from _paths([document.get("path")])
    if kind == "PatchStrategicMergeTransformer":
        yield from _paths(document.get("paths"))
    if kind == "ReplacementTransformer":
        yield from _paths([dig(entry, "path") for entry in sequence(document.get("replacements"))])


def charts(document: dict[str, Json]) -> Iterator[tuple[str, dict[str, Json]]]:
    """Yield the Helm charts that a kustomization or a plugin's configuration inflates, with the folder they lie in."""
    home = text(dig(document, "helmGlobals", "chartHome"))
    for chart in map(mapping, sequence(document.get("helmCharts"))):
        yield home or "charts", chart
    for old in map(mapping, sequence(document.get("helmChartInflationGenerator"))):
        same = {"name": old.get("chartName"), "releaseName": old.get("releaseName"), "valuesFile": old.get("values")}
        yield text(old.get("chartHome")) or "charts", same
    if text(document.get("kind")) == "HelmChartInflationGenerator":
        name = document.get("name") or document.get("chartName")
        yield text(document.get("chartHome")) or home or "charts", {**document, "name": name}


def inline(document: dict[str, Json]) -> Iterator[str]:
    """Yield the configurations of plugins that stand in the kustomization itself, as YAML."""
    for name in CONFIGURED:
        yield from (text(entry) for entry in sequence(document.get(name)) if "\n" in text(entry))


def _paths(entries: Json) -> Iterator[str]:
    for entry in sequence(entries):
        if text(entry) and "\n" not in text(entry):
            yield text(entry)


def _generated(generator: dict[str, Json]) -> Iterator[str]:
    for entry in sequence(generator.get("files")):
        key, equals, path = text(entry).partition("=")
        if path or key:
            yield path if equals else key
    for entry in [*sequence(generator.get("envs")), generator.get("env")]:
        if text(entry):
            yield text(entry)
