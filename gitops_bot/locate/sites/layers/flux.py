"""The layers that a Flux object holds itself: in its manifest, in patches over it, in the ConfigMaps that it names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import msgspec

from gitops_bot.clients.fleet import Fleet
from gitops_bot.clients.rendering.flux.charts import DEFAULT_KEY
from gitops_bot.clients.rendering.flux.overlay import generated
from gitops_bot.clients.rendering.flux.substitution import hidden, known_variables, opts_out
from gitops_bot.clients.rendering.steps import Step, join
from gitops_bot.clients.rendering.values import SourceBroken
from gitops_bot.clients.workspace import Workspace
from gitops_bot.locate.sites.layers.application import declared
from gitops_bot.locate.sites.layers.kustomize import (
    kustomization_at,
    kustomize_layers,
    listed_patches,
    manifest_layers,
)
from gitops_bot.locate.sites.layers.layer import Layer, LayerKind
from gitops_bot.locate.sites.places import Place, documents
from gitops_bot.model.application import Application
from gitops_bot.model.json import Json, dig, mapping, sequence, text
from gitops_bot.model.resource import ResourceKey
from gitops_bot.model.source import FluxOptions, FluxReference, KustomizeOptions, Source

_WRITTEN = (LayerKind.MANIFEST, LayerKind.STRATEGIC)
# What of a parent may set something in an object that it renders, and is not the object's own manifest.
_AROUND = (LayerKind.KUSTOMIZATION, LayerKind.JSON6902, LayerKind.TRANSFORMER, LayerKind.FLUX, LayerKind.PARAMETER_FILE)
_EXPRESSION = re.compile(r"\$\{#?(\w+)")


def folder_layers(workspace: Workspace, step: Step) -> list[Layer]:
    """Return the layers of what a Flux Kustomization builds: its folder, kustomized or not, and its components."""
    options = step.source.kustomize or KustomizeOptions()
    components = [join(step.path, component) for component in options.components or ()]
    added = [layer for path in components if path is not None for layer in kustomize_layers(workspace, path)]
    return [
        *_built(workspace, step.path),
        *(msgspec.structs.replace(one, title=one.title.replace("overlay's", "component's")) for one in added),
    ]


def _built(workspace: Workspace, folder: str) -> Iterator[Layer]:
    if kustomization_at(workspace, folder) is not None:
        yield from kustomize_layers(workspace, folder)
        return
    try:
        resources = sequence(generated(workspace, folder)["resources"])
    except SourceBroken:
        return
    for entry in resources:
        path = join(folder, text(entry)) or ""
        if kustomization_at(workspace, path) is not None:
            yield from kustomize_layers(workspace, path)
        else:
            yield from manifest_layers(workspace, path, own=True, default=False, folder=folder)


def around(above: Iterable[Layer]) -> Iterator[Layer]:
    """Yield the parent's layers that may set something in a Flux object beside the manifests that are its own."""
    yield from (one for one in above if one.kind in _AROUND or (one.kind is LayerKind.STRATEGIC and one.target))


def flux_layers(fleet: Fleet, application: Application, source: Source, above: list[Layer]) -> list[Layer]:
    """Return what the object says of what it deploys, the weakest first; `above` are its parent's layers."""
    flux = source.flux or FluxOptions()
    weak: list[Layer] = []
    strong: list[Layer] = []
    for reference in (*(flux.values_from or ()), *(flux.substitute_from or ())):
        if reference in (flux.values_from or ()) and not reference.target_path:
            weak += _values(fleet, flux, reference, above)
        else:
            (strong if reference.target_path else weak).extend(_data(fleet, flux, reference, above))
    own: list[Layer] = []
    for layer in _manifests(fleet, application, above):
        own += _specified(fleet.workspace, layer, application.key.kind)
    if not own:
        unknown = Layer(kind=LayerKind.MANIFEST, title="", place=Place(""), value={"spec": _told(source)})
        own = [
            msgspec.structs.replace(layer, reachable=False)
            for layer in _specified(fleet.workspace, unknown, application.key.kind)
        ]
    return [*weak, *own, *strong]


def _told(source: Source) -> dict[str, Json]:
    """Return the spec as far as the sources keep it: of an object that no manifest in Git declares."""
    options, flux = source.kustomize or KustomizeOptions(), source.flux or FluxOptions()
    return {
        "images": flux.images,
        "patches": options.patches,
        "targetNamespace": options.namespace or None,
        "commonMetadata": msgspec.to_builtins(flux.common_metadata),
        "postBuild": {"substitute": flux.substitute},
        "values": source.helm.values_object if source.helm else None,
    }


def _manifests(fleet: Fleet, application: Application, above: list[Layer]) -> list[Layer]:
    """Return the object's manifest and the patches over it, the weakest first."""
    definition = declared(fleet, application)
    if definition is not None:
        place = Place(definition.path, definition.document)
        return [Layer(kind=LayerKind.MANIFEST, title="manifest", place=place, value=definition.body)]
    return _describing(above, application.key)


def _describing(above: list[Layer], key: ResourceKey) -> list[Layer]:
    """Return an object's manifests and the patches over them; by a part of its name only where none has it all."""
    found = [layer for layer in above if layer.kind in _WRITTEN and _describes(layer, key)]
    exact = [layer for layer in found if layer.target or dig(layer.value, "metadata", "name") == key.name]
    return exact if any(layer.kind is LayerKind.MANIFEST for layer in exact) else found


def _describes(layer: Layer, key: ResourceKey) -> bool:
    group, _, _ = text(dig(layer.value, "apiVersion")).rpartition("/")
    kind, name = text(dig(layer.value, "kind")), text(dig(layer.value, "metadata", "name"))
    if layer.target is not None:
        kind, group = text(dig(layer.target, "kind")) or kind, key.group
        return kind == key.kind and (text(dig(layer.target, "name")) in key.name or name in key.name)
    return (group, kind) == (key.group, key.kind) and bool(name) and name in key.name


def _specified(workspace: Workspace, layer: Layer, kind: str) -> Iterator[Layer]:
    """Yield the layers of one manifest or patch of the object."""
    place, spec = layer.place.at("spec"), mapping(dig(layer.value, "spec"))
    title = f"{kind}'s" if layer.kind is LayerKind.MANIFEST else f"{kind}'s patched"

    def made(kind: LayerKind, what: str, where: Place, value: Json) -> Layer:
        return msgspec.structs.replace(layer, kind=kind, title=f"{title} {what}", place=where, value=value, target=None)

    if isinstance(spec.get("values"), dict):
        yield made(LayerKind.VALUES, "values", place.at("values"), spec["values"])
    for where, value in _kustomizing(place, spec):
        for patch in listed_patches(workspace, "", where, value):
            yield msgspec.structs.replace(patch, title=f"{title} {patch.title}", own=layer.own, default=layer.default)
        yield made(LayerKind.FLUX, "own options", where, value)
    substitute = dig(spec, "postBuild", "substitute")
    if isinstance(substitute, dict):
        yield made(LayerKind.PARAMETER_FILE, "substitute", place.at("postBuild", "substitute"), substitute)


def _kustomizing(place: Place, spec: dict[str, Json]) -> Iterator[tuple[Place, Json]]:
    """Yield where the object has Kustomize's options: its spec, and each post-renderer."""
    yield place, spec
    for index, renderer in enumerate(sequence(spec.get("postRenderers"))):
        yield place.at("postRenderers", index, "kustomize"), dig(renderer, "kustomize")


def _values(fleet: Fleet, flux: FluxOptions, reference: FluxReference, above: list[Layer]) -> Iterator[Layer]:
    """Yield the values that a ConfigMap holds as text, or that are a file of their own before a generator reads it."""
    key, title = reference.values_key or DEFAULT_KEY, "ConfigMap's values"
    for layer in _data(fleet, flux, reference, above):
        found = documents(text(dig(layer.value, key)).encode())
        if found:
            place = layer.place.at(key).enter()
            yield msgspec.structs.replace(layer, kind=LayerKind.VALUES, title=title, place=place, value=found[0])
    for layer in above:
        if layer.kind is LayerKind.FILE and layer.target == key and text(layer.value) in reference.name:
            found = documents(fleet.workspace.read(layer.place.path) or b"")
            value = found[0] if found else None
            yield msgspec.structs.replace(layer, kind=LayerKind.VALUES, title=title, value=value, target=None)


def _data(fleet: Fleet, flux: FluxOptions, reference: FluxReference, above: list[Layer]) -> Iterator[Layer]:
    """Yield the data of a ConfigMap as its manifest, the patches over it, or a file at large have it."""
    key = ResourceKey("", reference.kind, flux.namespace, reference.name)
    found = _describing(above, key)
    written = None if found or reference.data is None else fleet.config_map(flux, reference)
    if written is not None:
        place = Place(written.path, written.document)
        found = [Layer(kind=LayerKind.MANIFEST, title="", place=place, value=written.body)]
    for layer in found:
        data = dig(layer.value, "data")
        if isinstance(data, dict):
            yield msgspec.structs.replace(
                layer, kind=LayerKind.PARAMETER_FILE, title="ConfigMap's data", place=layer.place.at("data"), value=data
            )


def own_specifications(layers: Iterable[Layer]) -> Iterator[Layer]:
    """Yield the specs that may take in a value of this environment, the strongest first."""
    for layer in reversed([*layers]):
        if layer.kind is LayerKind.FLUX and layer.own and layer.reachable and layer.place.pointer.endswith("/spec"):
            yield layer


def unresolved(source: Source, body: dict[str, Json], value: Json) -> str:
    """Return why an object's value is not known, empty where it is.

    A Secret, or a ConfigMap that this repository does not hold, is to set a part of it.
    """
    flux = source.flux or FluxOptions()
    named = _EXPRESSION.findall(value) if isinstance(value, str) and not opts_out(body) else []
    missing = [name for name in named if name not in known_variables(flux)]
    objects = ", ".join(f"the {one.kind} {one.name}" for one in hidden(flux))
    if not missing or not objects:
        return ""
    return (
        f"it is made of ${{{missing[0]}}}, which comes of {objects}: not read here. Set {missing[0]} in "
        "`spec.postBuild.substitute`, or in a ConfigMap in this repository, to see and change it"
    )
