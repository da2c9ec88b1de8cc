"""Where an overlay would set what only its base sets: `images`, `replicas`, a generator's literal, or a patch."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec
from msgspec import Struct

from gitops_bot.clients.workspace import Workspace
from gitops_bot.locate.sites.answer import Insertion, Mapping
from gitops_bot.locate.sites.guessing.finders import describes, patches
from gitops_bot.locate.sites.guessing.fitting import image_parts, placeholder, text_of
from gitops_bot.locate.sites.guessing.guesses import Guess
from gitops_bot.locate.sites.guessing.insert import insertion, into_object
from gitops_bot.locate.sites.layers.flux import own_specifications
from gitops_bot.locate.sites.layers.kustomize import kustomization_at
from gitops_bot.locate.sites.layers.layer import Layer, LayerKind
from gitops_bot.locate.sites.places import MISSING, Place, Token, Tokens, follow, get, join_tokens
from gitops_bot.locate.sites.target import Target
from gitops_bot.model.json import Json, dig, mapping, sequence, text

_VARIABLE = re.compile(r"\$\{(\w+)")
SCALED = ("Deployment", "StatefulSet", "ReplicaSet", "ReplicationController")


def overlay_insertions(workspace: Workspace, folder: str, layers: tuple[Layer, ...], target: Target) -> Iterator[Guess]:
    """Yield the ways to set the field in the kustomization of a folder, the most fitting first."""
    found = kustomization_at(workspace, folder)
    if found is None or not target.tokens:
        return
    path, document = found
    layer = Layer(
        kind=LayerKind.KUSTOMIZATION, title="overlay's kustomization", place=Place(path), value=document, folder=folder
    )
    if target.is_image:
        yield from _image(layer, target)
    if target.tokens == ("spec", "replicas") and target.key.kind in SCALED:
        yield from _replicas(layer, layers, target)
    if target.key.kind in ("ConfigMap", "Secret") and target.tokens[0] == "data":
        yield from _literal(layer, layers, target)
    if not target.encoded:
        yield from _own_patches(layers, target, folder)
        yield from _new_patch(layer, layers, target)


def variable_insertions(layers: tuple[Layer, ...], target: Target, default: Guess) -> Iterator[Guess]:
    """Yield where a Flux Kustomization would set the variable of which a manifest only holds the default."""
    named = _VARIABLE.search(default.mapping.site_before)
    core = default.mapping.core(text_of(target.plain))
    if named is None:
        return
    keys = ("postBuild", "substitute", named[1])
    for layer in own_specifications(layers):
        found = insertion(layer.value, layer.place.pointer, keys, core)
        if found is not None:
            around = Mapping(live_before=default.mapping.live_before, live_after=default.mapping.live_after)
            set_in = msgspec.structs.replace(layer, title="Kustomization's substitute")
            place = layer.place.at(*keys)
            yield Guess(place=place, value=core, mapping=around, layer=set_in, insertion=found)


def _appended(layer: Layer, name: str, entry: dict[str, Json], leaf: tuple[Token, ...]) -> tuple[Insertion, Place]:
    """Return what puts an entry at the end of a list of the kustomization, and where the leaf will stand."""
    present = dig(layer.value, name)
    count = len(present) if isinstance(present, list) else 0
    place = layer.place.at(name, count, *leaf)
    if isinstance(present, list):
        return Insertion(pointer=f"/{name}/-", value=entry, leaf=leaf), place
    return Insertion(pointer=f"/{name}", value=[entry], leaf=(0, *leaf), replaces=name in mapping(layer.value)), place


def _image(layer: Layer, target: Target) -> Iterator[Guess]:
    live = text_of(target.value)
    parts = image_parts(live)
    if parts is None:
        return
    field, part = ("digest", "digest") if parts["digest"] else ("newTag", "tag")
    core = parts[part]
    around = Mapping(live_before=live.removesuffix(core) or f"{live}:", part=part)
    for index, entry in enumerate(sequence(dig(layer.value, "images"))):
        if (
            parts["name"] in (dig(entry, "newName"), dig(entry, "name"))
            and isinstance(entry, dict)
            and field not in entry
        ):
            place = layer.place.at("images", index, field)
            yield Guess(
                place=place,
                value=core,
                mapping=around,
                layer=layer,
                insertion=Insertion(pointer=place.pointer, value=core),
            )
            return
    added, place = _appended(layer, "images", {"name": parts["name"], field: core}, (field,))
    yield Guess(place=place, value=core, mapping=around, layer=layer, insertion=added)


def written_name(layers: tuple[Layer, ...], target: Target) -> str:
    """Return the object's name before prefixes and suffixes: as the manifest has it that describes it best."""
    names = [
        text(dig(layer.value, "metadata", "name"))
        for layer in layers
        if layer.kind is LayerKind.MANIFEST and describes(layer.value, target)
    ]
    return max(names, key=len, default=target.key.name)


def _replicas(layer: Layer, layers: tuple[Layer, ...], target: Target) -> Iterator[Guess]:
    count = target.value if isinstance(target.value, int) else 1
    entry: dict[str, Json] = {"name": written_name(layers, target), "count": count}
    added, place = _appended(layer, "replicas", entry, ("count",))
    yield Guess(place=place, value=count, mapping=Mapping(), layer=layer, insertion=added)


def _literal(layer: Layer, layers: tuple[Layer, ...], target: Target) -> Iterator[Guess]:
    """A generator that merges into the base's: its own one where it has one already."""
    name = "configMapGenerator" if target.key.kind == "ConfigMap" else "secretGenerator"
    key, value = str(target.tokens[-1]), text_of(target.plain)
    made = [
        text(dig(generator, "name"))
        for one in layers
        if one.kind is LayerKind.KUSTOMIZATION and one.folder != layer.folder
        for generator in sequence(dig(one.value, name))
        if text(dig(generator, "name")) and text(dig(generator, "name")) in target.key.name
    ]
    if not made or "\n" in value:
        return
    around = Mapping(site_before=f"{key}=")
    literal = f"{key}={value}"
    for index, generator in enumerate(sequence(dig(layer.value, name))):
        if dig(generator, "name") == made[-1] and isinstance(generator, dict):
            listed = generator.get("literals")
            number = len(listed) if isinstance(listed, list) else 0
            here = layer.place.at(name, index, "literals")
            pointer, whole, leaf = (f"{here.pointer}/-", literal, ()) if number else (here.pointer, [literal], (0,))
            added = Insertion(pointer=pointer, value=whole, leaf=leaf, replaces=not number and "literals" in generator)  # type: ignore[arg-type]
            yield Guess(place=here.at(number), value=value, mapping=around, layer=layer, insertion=added)
            return
    entry: dict[str, Json] = {"name": made[-1], "behavior": "merge", "literals": [literal]}
    added, place = _appended(layer, name, entry, ("literals", 0))
    yield Guess(place=place, value=value, mapping=around, layer=layer, insertion=added)


class Change(Struct, frozen=True):
    """A JSON 6902 operation that sets the field: its name, its path, and the keys that its value needs beneath that."""

    name: str
    path: Tokens
    beneath: Tokens

    def value(self, core: Json) -> Json:
        """Return the operation's value with the core at the bottom."""
        for key in reversed(self.beneath):
            core = {str(key): core}
        return core


def _change(target: Target) -> Change | None:
    """Return what sets the field: maps on the way that are not there yet are part of the value; lists must be there."""
    if target.exists:
        return Change("replace", target.tokens, ())
    depth = len(target.tokens)
    while depth > 1 and get(target.manifest.body, target.tokens[: depth - 1]) is MISSING:
        depth -= 1
    beneath = target.tokens[depth:]
    if any(isinstance(token, int) for token in target.tokens[depth - 1 :]):
        return None
    return Change("add", target.tokens[:depth], beneath)


def core_of(target: Target) -> Json:
    """Return what to begin with at a new key: the field's value, or where it has none something of its type."""
    return target.plain if target.exists else placeholder(str(target.tokens[-1]))


def _own_patches(layers: tuple[Layer, ...], target: Target, folder: str) -> Iterator[Guess]:
    change, core = _change(target), core_of(target)
    names = (written_name(layers, target), target.key.name)
    for layer in reversed(layers):
        if not layer.own or layer.folder != folder or not patches(layer, target):
            continue
        if (dig(layer.target, "name") or dig(layer.value, "metadata", "name")) not in names:
            # A patch of several objects is no place for what concerns one.
            continue
        if layer.kind is LayerKind.STRATEGIC:
            found = into_object(target.manifest.body, layer.value, "", target.tokens, core)
            if found is not None and not found.pointer.startswith("/metadata/name"):
                root = Place(layer.place.path, layer.place.document, layer.place.inside)
                yield Guess(
                    place=leaf_of(root, layer.value, found), value=core, mapping=Mapping(), layer=layer, insertion=found
                )
        elif change is not None and isinstance(layer.value, list):
            path = join_tokens(change.path)
            operation: dict[str, Json] = {"op": change.name, "path": path, "value": change.value(core)}
            added = Insertion(pointer="/-", value=operation, leaf=("value", *change.beneath))
            place = layer.place.at(len(layer.value), "value", *change.beneath)
            yield Guess(place=place, value=core, mapping=Mapping(), layer=layer, insertion=added)


def leaf_of(root: Place, document: Json, found: Insertion) -> Place:
    """Return where the value of an insertion will stand: what is put at a list's end has the next number."""
    pointer = found.pointer
    if pointer.endswith("/-"):
        _, there = follow(document, pointer.removesuffix("/-"))
        pointer = f"{pointer[:-1]}{len(there) if isinstance(there, list) else 0}"
    return Place(root.path, root.document, root.inside, root.pointer + pointer).at(*found.leaf)


def _new_patch(layer: Layer, layers: tuple[Layer, ...], target: Target) -> Iterator[Guess]:
    change = _change(target)
    if change is None:
        return
    opened = "".join(f"{{{_json(str(key))}: " for key in change.beneath)
    before = f"- op: {change.name}\n  path: {_quoted(join_tokens(change.path))}\n  value: {opened}"
    chosen: dict[str, Json] = {"kind": target.key.kind, "name": written_name(layers, target)}
    if target.key.group:
        chosen = {"group": target.key.group, **chosen}
    # The namespace only where the name alone means other objects as well: the overlay may move them to another one.
    namespace = text(dig(target.manifest.body, "metadata", "namespace"))
    for selector in (chosen, {**chosen, "namespace": namespace}) if namespace else (chosen,):
        entry: dict[str, Json] = {"target": selector, "patch": ""}
        added, place = _appended(layer, "patches", entry, ("patch",))
        yield Guess(
            place=place.enter().at(0, "value", *change.beneath),
            value=core_of(target),
            mapping=Mapping(),
            layer=layer,
            insertion=msgspec.structs.replace(
                added, text_before=before, text_after="}" * len(change.beneath) + "\n", inside=()
            ),
        )


def _json(value: str) -> str:
    return msgspec.json.encode(value).decode()


def _quoted(pointer: str) -> str:
    plain = all(character.isalnum() or character in "/-_.~" for character in pointer)
    return pointer if plain else _json(pointer)
