"""A HelmRelease's values from ConfigMaps, and what its post-renderers do to the chart's objects."""

from __future__ import annotations

from pathlib import Path

import msgspec

from gitops_bot.clients.rendering.manifests import decode, objects
from gitops_bot.clients.rendering.tools import Tools, required, run
from gitops_bot.clients.rendering.values import NotRenderable, SourceBroken
from gitops_bot.model.json import Json, dig, mapping, sequence
from gitops_bot.model.source import FluxOptions, FluxReference

DEFAULT_KEY = "values.yaml"
_LISTS = ("patches", "patchesStrategicMerge", "patchesJson6902", "images")


def value_of(reference: FluxReference) -> str | None:
    """Return the text that `valuesFrom` takes of a ConfigMap, None where there is none and none is needed.

    NotRenderable where Git does not hold the object, SourceBroken where it lacks the key.
    """
    data, key = reference.data, reference.values_key or DEFAULT_KEY
    if data is None and not reference.optional:
        what = f"the {reference.kind} {reference.name}"
        hidden = "secrets are not read" if reference.kind == "Secret" else "no manifest in this repository makes it"
        raise NotRenderable(f"its values come from {what} as well, and {hidden}")
    found = None if data is None else data.get(key)
    if found is None and not reference.optional:
        raise SourceBroken(f"could not resolve {reference.kind} chart values reference {reference.name}: no key {key}")
    return found


def refuse_unknown(options: FluxOptions) -> None:
    """Raise NotRenderable where values come from what Git does not hold."""
    for reference in options.values_from or ():
        if reference.data is None:
            value_of(reference)


def value_arguments(options: FluxOptions, scratch: Path) -> list[str]:
    """Return what `helm` is called with for `valuesFrom`, whose files are written to `scratch`.

    A value with a `targetPath` is a `--set`: it wins over all files, as it does in Flux.
    """
    found: list[str] = []
    for number, reference in enumerate(options.values_from or ()):
        value = value_of(reference)
        if value is None:
            continue
        if reference.target_path:
            quoted = value[:1] in ("'", '"') and value[-1:] in ("'", '"')
            plain = value.strip("'\"") if quoted else value
            found += ["--set-string" if quoted else "--set", f"{reference.target_path}={plain}"]
            continue
        file = scratch / f"values-from-{number}.yaml"
        file.write_text(value, encoding="utf-8")
        found += ["--values", str(file)]
    return found


def post_rendered(
    bodies: list[dict[str, Json]], options: FluxOptions, tools: Tools, scratch: Path
) -> list[dict[str, Json]]:
    """Return the objects after the HelmRelease's post-renderers, one after the other."""
    for number, renderer in enumerate(options.post_renderers or ()):
        given = mapping(dig(renderer, "kustomize"))
        lists = {name: given[name] for name in _LISTS if sequence(given.get(name))}
        if unknown := sorted({*renderer, *given} - {"kustomize", *_LISTS}):
            raise NotRenderable(f"its post-renderer has {', '.join(unknown)}, which is not supported here")
        if lists:
            bodies = _kustomized(bodies, lists, tools, scratch / f"post-renderer-{number}")
    return bodies


def _kustomized(
    bodies: list[dict[str, Json]], lists: dict[str, Json], tools: Tools, folder: Path
) -> list[dict[str, Json]]:
    folder.mkdir()
    (folder / "objects.yaml").write_bytes(b"\n---\n".join(map(msgspec.json.encode, bodies)))
    document = {**{name: _inline(name, value) for name, value in lists.items()}, "resources": ["objects.yaml"]}
    (folder / "kustomization.yaml").write_bytes(msgspec.json.encode(document))
    command = [*required(tools.kustomize, "kustomize"), str(folder)]
    return objects(decode(run(command, folder=folder, scratch=folder, tools=tools)), "the output of the post-renderer")


def _inline(name: str, entries: Json) -> list[Json]:
    """Return a list of patches as kustomize takes it: as texts, where Flux has them as maps and lists."""
    if name == "patchesStrategicMerge":
        return [msgspec.json.encode(entry).decode() for entry in sequence(entries)]
    if name == "patchesJson6902":
        return [
            {**mapping(entry), "patch": msgspec.json.encode(dig(entry, "patch")).decode()}
            for entry in sequence(entries)
        ]
    # Files are not Flux's to name here: a patch is a text.
    return [{key: value for key, value in mapping(entry).items() if key != "path"} for entry in sequence(entries)]
