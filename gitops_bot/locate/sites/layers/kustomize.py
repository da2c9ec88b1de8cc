"""The layers of a kustomization: what it builds on, its components, its patches, and itself."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

import msgspec

from gitops_bot.clients.rendering.steps import KUSTOMIZATIONS, join
from gitops_bot.clients.workspace import Workspace
from gitops_bot.locate.sites.layers.layer import Layer, LayerKind
from gitops_bot.locate.sites.places import Place, documents
from gitops_bot.model.json import Json, dig, mapping, sequence, text

_BUILT_ON = ("resources", "bases")
_CHANGING = (
    "patches",
    "patchesStrategicMerge",
    "patchesJson6902",
    "images",
    "imageTags",
    "replicas",
    "components",
    "transformers",
    "replacements",
)
GENERATORS = ("configMapGenerator", "secretGenerator")


def kustomize_layers(workspace: Workspace, folder: str) -> list[Layer]:
    """Return the layers of the kustomization in a folder, the weakest first."""
    return list(_Walk(workspace, folder).visit(folder))


def kustomization_at(workspace: Workspace, folder: str) -> tuple[str, dict[str, Json]] | None:
    """Return the path and the content of a folder's kustomization, None where there is none."""
    for name in KUSTOMIZATIONS:
        path = f"{folder}/{name}".lstrip("/")
        content = workspace.read(path)
        if content is not None:
            found = documents(content)
            return path, mapping(found[0]) if found else {}
    return None


class _Walk:
    def __init__(self, workspace: Workspace, top: str) -> None:
        self._workspace = workspace
        self._top = top
        self._seen: set[str] = set()

    def visit(self, folder: str, *, component: bool = False) -> Iterator[Layer]:
        """Yield what a folder's kustomization adds, in the order in which it is laid over each other."""
        found = kustomization_at(self._workspace, folder)
        if folder in self._seen or found is None:
            return
        self._seen.add(folder)
        path, document = found
        own = self._is_own(folder)
        built_on = [text(entry) for name in _BUILT_ON for entry in sequence(document.get(name))]
        leaf = not any(self._is_folder(folder, entry) for entry in built_on)
        foreign = not own and not component
        default = foreign and (leaf or not _changes(document))
        for entry in built_on:
            yield from self._resource(folder, entry, own=own, default=foreign)
        for path_of in sequence(document.get("components")):
            inner = join(folder, text(path_of))
            if inner is not None:
                yield from self.visit(inner, component=True)
        noun = "component" if component else "base" if default else "overlay"
        itself = Layer(
            kind=LayerKind.KUSTOMIZATION,
            title=f"{noun}'s kustomization",
            place=Place(path),
            value=document,
            own=own,
            default=default,
            folder=folder,
        )
        for layer in (
            *_transformers(self._workspace, folder, path, document),
            *_patches(self._workspace, folder, path, document),
        ):
            title = f"{noun}'s {layer.title}"
            yield msgspec.structs.replace(layer, title=title, own=own, default=default, folder=folder)
        yield from self._generated(folder, document, noun, own=own, default=default)
        yield itself

    def _is_own(self, folder: str) -> bool:
        return folder == self._top or not self._top or folder.startswith(f"{self._top}/")

    def _is_folder(self, folder: str, entry: str) -> bool:
        path = join(folder, entry)
        found = self._workspace.locate(path) if path is not None else None
        return found is not None and found.is_dir()

    def _resource(self, folder: str, entry: str, *, own: bool, default: bool) -> Iterator[Layer]:
        path = join(folder, entry)
        if path is None or "\n" in entry:
            return
        if self._is_folder(folder, entry):
            yield from self.visit(path)
            return
        yield from manifest_layers(self._workspace, path, own=own, default=default, folder=folder)

    def _generated(
        self, folder: str, document: dict[str, Json], noun: str, *, own: bool, default: bool
    ) -> Iterator[Layer]:
        listed = [one for name in GENERATORS for one in sequence(document.get(name))]
        written = [body for _, body, _ in _configurations(self._workspace, folder, "generators", document)]
        for generator in (*listed, *written):
            for path, key in _sources(generator):
                place = join(folder, path)
                if place is not None:
                    yield Layer(
                        kind=LayerKind.FILE if key else LayerKind.LINES,
                        title=f"{noun}'s generator file",
                        place=Place(place),
                        value=generator_name(generator),
                        target=key,
                        own=own,
                        default=default,
                        folder=folder,
                    )


def _changes(document: dict[str, Json]) -> bool:
    """Whether a kustomization is laid over others to change them, and does not only gather them into one base."""
    generators = [one for name in GENERATORS for one in sequence(document.get(name))]
    merges = any(dig(one, "behavior") in ("merge", "replace") for one in generators)
    return merges or any(document.get(key) for key in _CHANGING)


def generator_name(generator: Json) -> str:
    """Return the name of what a generator makes: of one in a file of its own, that of its configuration."""
    return text(dig(generator, "name")) or text(dig(generator, "metadata", "name"))


def _sources(generator: Json) -> Iterator[tuple[str, str]]:
    """Yield a generator's files with the key that each gives; an empty key for files of KEY=VALUE lines."""
    for entry in sequence(dig(generator, "files")):
        key, equals, path = text(entry).partition("=")
        yield (path, key) if equals else (key, posixpath.basename(key))
    for entry in [*sequence(dig(generator, "envs")), dig(generator, "env")]:
        if text(entry):
            yield text(entry), ""


def manifest_layers(workspace: Workspace, path: str, *, own: bool, default: bool, folder: str) -> Iterator[Layer]:
    """Yield a layer for each object in a file of manifests, those in lists too."""
    title = "base's manifest" if default else "manifest"
    for number, document in enumerate(documents(workspace.read(path) or b"")):
        place = Place(path, number)
        items = sequence(dig(document, "items")) if text(dig(document, "kind")).endswith("List") else []
        for each, body in [(place.at("items", index), item) for index, item in enumerate(items)] or [(place, document)]:
            yield Layer(
                kind=LayerKind.MANIFEST, title=title, place=each, value=body, own=own, default=default, folder=folder
            )


def _transformers(workspace: Workspace, folder: str, path: str, document: dict[str, Json]) -> Iterator[Layer]:
    """Yield the configurations of transformers and generators that are named or written inline, and their patches."""
    for name in ("generators", "transformers"):
        for place, body, home in _configurations(workspace, folder, name, document, path):
            yield Layer(kind=LayerKind.TRANSFORMER, title="transformer", place=place, value=body)
            for key in ("patch", "patches", "jsonOp"):
                inline, file, target = text(dig(body, key)), text(dig(body, "path")), dig(body, "target")
                if inline or (file and key == "patch"):
                    yield from _patch(workspace, home, place.at(key), inline, file, target)
            for named in sequence(dig(body, "paths")):
                yield from _patch(workspace, home, place, "", text(named), None)


def _configurations(
    workspace: Workspace, folder: str, name: str, document: dict[str, Json], path: str = ""
) -> Iterator[tuple[Place, Json, str]]:
    """Yield each configuration of a list (`generators`): its place, its content, and the folder that it stands in."""
    for index, entry in enumerate(sequence(document.get(name))):
        written = text(entry)
        if "\n" in written:
            root = Place(path).at(name, index).enter()
            yield from ((root, body, folder) for body in documents(written.encode())[:1])
            continue
        file = join(folder, written)
        inner = kustomization_at(workspace, file) if file is not None else None
        if file is not None and inner is not None:
            yield from _configurations(workspace, file, "resources", inner[1])
        elif file is not None:
            home = posixpath.dirname(file)
            for number, body in enumerate(documents(workspace.read(file) or b"")):
                yield Place(file, number), body, home


def _patches(workspace: Workspace, folder: str, path: str, document: dict[str, Json]) -> Iterator[Layer]:
    place = Place(path)
    for index, entry in enumerate(sequence(document.get("patchesStrategicMerge"))):
        yield from _patch(workspace, folder, place.at("patchesStrategicMerge", index), text(entry), text(entry), None)
    yield from listed_patches(workspace, folder, place, document)


def listed_patches(workspace: Workspace, folder: str, place: Place, document: Json) -> Iterator[Layer]:
    """Yield the patches that the lists at a place name or hold."""
    for name in ("patchesJson6902", "patches"):
        for index, entry in enumerate(sequence(dig(document, name))):
            inline = text(dig(entry, "patch"))
            outer = place.at(name, index, "patch")
            yield from _patch(workspace, folder, outer, inline, text(dig(entry, "path")), dig(entry, "target"))


def _patch(workspace: Workspace, folder: str, outer: Place, inline: str, path: str, target: Json) -> Iterator[Layer]:
    if "\n" in inline or (inline and not path) or inline.lstrip().startswith(("[", "{")):
        found = documents(inline.encode())
        yield from (_patch_layer(outer.enter(), found[0], "inline ", target) for _ in found[:1])
        return
    file = join(folder, path)
    if file is None:
        return
    for number, document in enumerate(documents(workspace.read(file) or b"")):
        yield _patch_layer(Place(file, number), document, "", target)


def _patch_layer(place: Place, value: Json, where: str, target: Json) -> Layer:
    kind = LayerKind.JSON6902 if isinstance(value, list) else LayerKind.STRATEGIC
    return Layer(kind=kind, title=f"{where}{kind}", place=place, value=value, target=target)
