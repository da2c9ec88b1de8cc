"""What each kind of layer says where a field may be set."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from gitops_bot.locate.sites.answer import Mapping
from gitops_bot.locate.sites.guessing.fitting import text_of
from gitops_bot.locate.sites.layers.kustomize import generator_name
from gitops_bot.locate.sites.layers.layer import Layer, LayerKind
from gitops_bot.locate.sites.places import MISSING, Place, Tokens, get, scalars
from gitops_bot.locate.sites.target import Target, match
from gitops_bot.model.json import Json, dig, mapping, pointer_tokens, sequence, text


class Said(Struct, frozen=True):
    """What a layer says where a field of this name stands; `mapping` is None where the value itself must tell."""

    place: Place
    value: Json
    mapping: Mapping | None = None


def _said(place: Place, value: object) -> Iterator[Said]:
    if value is not MISSING:
        yield Said(place, value)  # type: ignore[arg-type]


def _manifest(layer: Layer, target: Target) -> Iterator[Said]:
    if not describes(layer.value, target):
        return
    yield from _same_path(layer, target, whole=True)


def _strategic(layer: Layer, target: Target) -> Iterator[Said]:
    if patches(layer, target):
        yield from _same_path(layer, target, whole=False)


def _same_path(layer: Layer, target: Target, *, whole: bool) -> Iterator[Said]:
    tokens, depth = match(target.manifest.body, layer.value, target.tokens, whole=whole)
    if depth == len(target.tokens):
        yield from _said(layer.place.at(*tokens), get(layer.value, tokens))
        return
    if target.encoded and isinstance(dig(layer.value, "stringData"), dict):
        key = target.tokens[-1]
        value = get(layer.value, ("stringData", key))
        yield from _said(layer.place.at("stringData", key), value)


def describes(body: Json, target: Target) -> bool:
    """Return whether a manifest may be the object's: of its kind, and its name is in the object's name, or computed."""
    group, _, _ = text(dig(body, "apiVersion")).rpartition("/")
    name = text(dig(body, "metadata", "name"))
    same = (group, text(dig(body, "kind"))) == (target.key.group, target.key.kind)
    return same and bool(name) and (name in target.key.name or "${" in name)


def patches(layer: Layer, target: Target) -> bool:
    """Return whether a patch may be the object's."""
    chosen = mapping(layer.target)
    if chosen:
        kind, group, name = (text(chosen.get(key)) for key in ("kind", "group", "name"))
        same = _matches(kind, target.key.kind) and _matches(group, target.key.group)
        return same and (not name or name in target.key.name or _within(name, target.key.name))
    return layer.kind is LayerKind.STRATEGIC and describes(layer.value, target)


def _matches(pattern: str, text_: str) -> bool:
    """Whether a text is what the pattern of a patch's target asks for; an empty one asks for nothing."""
    try:
        return not pattern or re.fullmatch(pattern, text_) is not None
    except re.error:
        return False


def _within(pattern: str, name: str) -> bool:
    """Whether a patch's target, a pattern for the whole name before prefixes and suffixes, may be the object."""
    try:
        return re.search(pattern.strip("^$"), name) is not None
    except re.error:
        return False


def _json6902(layer: Layer, target: Target) -> Iterator[Said]:
    if not patches(layer, target):
        return
    wanted = tuple(str(token) for token in target.tokens)
    for index, operation in enumerate(sequence(layer.value)):
        path = pointer_tokens(text(dig(operation, "path")))
        appends = path[-1:] == ("-",)
        rest = wanted[len(path) :]
        leads = path == wanted[: len(path)] or (appends and path[:-1] == wanted[: len(path) - 1])
        if not leads or dig(operation, "op") not in ("add", "replace"):
            continue
        value = dig(operation, "value")
        live = get(target.manifest.body, target.tokens[: len(path)])
        inner, depth = match(live, value, target.tokens[len(path) :], whole=True)  # type: ignore[arg-type]
        if depth == len(rest):
            yield from _said(layer.place.at(index, "value", *inner), get(value, inner))


def _kustomization(layer: Layer, target: Target) -> Iterator[Said]:
    document = layer.value
    yield from _images(layer, target)
    if target.tokens[-1:] in (("replicas",), ("parallelism",)):
        for index, entry in enumerate(sequence(dig(document, "replicas"))):
            if text(dig(entry, "name")) in target.key.name:
                yield from _said(layer.place.at("replicas", index, "count"), _entry(entry, "count"))
    yield from _labels(layer, target)
    if target.key.kind in ("ConfigMap", "Secret"):
        yield from _generators(layer, target)
    if target.tokens == ("metadata", "namespace"):
        yield from _said(layer.place.at("namespace"), get(document, ("namespace",)))


def _images(layer: Layer, target: Target) -> Iterator[Said]:
    for name in ("images", "imageTags") if target.is_image else ():
        for index, entry in enumerate(sequence(dig(layer.value, name))):
            for field in ("digest", "newTag", "newName"):
                yield from _said(layer.place.at(name, index, field), _entry(entry, field))


def _flux(layer: Layer, target: Target) -> Iterator[Said]:
    """The spec of a Flux object; its patches, values and variables are layers of their own."""
    yield from _images(layer, target)
    if target.tokens == ("metadata", "namespace"):
        yield from _said(layer.place.at("targetNamespace"), get(layer.value, ("targetNamespace",)))
    if target.tokens[:1] == ("metadata",) and len(target.tokens) == 3:
        common: Tokens = ("commonMetadata", *target.tokens[1:])
        yield from _said(layer.place.at(*common), get(layer.value, common))


def _entry(entry: Json, key: str) -> object:
    return get(entry, (key,))


def _labels(layer: Layer, target: Target) -> Iterator[Said]:
    if "labels" in target.tokens or "matchLabels" in target.tokens or "selector" in target.tokens:
        key = target.tokens[-1]
        yield from _said(layer.place.at("commonLabels", key), get(layer.value, ("commonLabels", key)))
        for index, entry in enumerate(sequence(dig(layer.value, "labels"))):
            yield from _said(layer.place.at("labels", index, "pairs", key), get(entry, ("pairs", key)))
    if "annotations" in target.tokens:
        key = target.tokens[-1]
        yield from _said(layer.place.at("commonAnnotations", key), get(layer.value, ("commonAnnotations", key)))


def _generators(layer: Layer, target: Target) -> Iterator[Said]:
    name = "configMapGenerator" if target.key.kind == "ConfigMap" else "secretGenerator"
    for index, generator in enumerate(sequence(dig(layer.value, name))):
        yield from _literals(layer.place.at(name, index), generator, target)


def _literals(place: Place, generator: Json, target: Target) -> Iterator[Said]:
    """The literals `KEY=VALUE` of the generator at a place, the value in quotes or not."""
    if generator_name(generator) not in target.key.name:
        return
    for number, literal in enumerate(sequence(dig(generator, "literals"))):
        found, equals, value = text(literal).partition("=")
        quote = value[0] if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'" else ""
        core = value[1:-1] if quote else value
        if equals and found == str(target.tokens[-1]) and core == text_of(target.plain):
            around = Mapping(site_before=f"{found}={quote}", site_after=quote)
            yield Said(place.at("literals", number), literal, around)


def _transformer(layer: Layer, target: Target) -> Iterator[Said]:
    """A configuration in a file of its own, or inline: of a generator its literals, of others any of its values."""
    if text(dig(layer.value, "kind")) == f"{target.key.kind}Generator":
        yield from _literals(layer.place, layer.value, target)
    else:
        yield from _values(layer, target)


def _options(layer: Layer, target: Target) -> Iterator[Said]:
    if target.is_image:
        for index, entry in enumerate(sequence(dig(layer.value, "images"))):
            yield from _image_option(target, layer.place.at("images", index), text(entry))
    yield from _kustomization(layer, target)


def _image_option(target: Target, place: Place, entry: str) -> Iterator[Said]:
    """An entry `name:tag`, `name=new-name:tag`, with `@digest` in place of the tag or after it."""
    head, equals, value = entry.partition("=")
    text_, before = (value, f"{head}=") if equals else (entry, "")
    live = text_of(target.value)
    if not text_:
        return
    if text_ == live:
        yield Said(place, entry, Mapping(site_before=before))
    elif text_.startswith("*") and live.endswith(text_[1:]):
        around = Mapping(live_before=live[: len(live) - len(text_) + 2], site_before=f"{before}{text_[:2]}", part="tag")
        yield Said(place, entry, around)
    else:
        separator = live.rfind("@") if "@" in text_ else live.rfind(":")
        tail = live[separator + 1 :]
        if tail and text_.endswith(live[separator:]) and "/" not in tail:
            around = Mapping(
                live_before=live[: separator + 1],
                site_before=before + text_[: len(text_) - len(tail)],
                part="digest" if "@" in text_ else "tag",
            )
            yield Said(place, entry, around)


def _values(layer: Layer, target: Target) -> Iterator[Said]:
    if isinstance(target.value, dict | list):
        yield from _collections(layer, target, layer.value, ())
        return
    for tokens, value in scalars(layer.value):
        yield from _said(layer.place.at(*tokens), value)


def _collections(layer: Layer, target: Target, value: Json, tokens: Tokens) -> Iterator[Said]:
    if tokens:
        yield from _said(layer.place.at(*tokens), value)
    if isinstance(value, dict):
        for key, inner in value.items():
            if isinstance(inner, dict | list):
                yield from _collections(layer, target, inner, (*tokens, key))


def _parameters(layer: Layer, _target: Target) -> Iterator[Said]:
    for index, entry in enumerate(sequence(layer.value)):
        yield from _said(layer.place.at(index, "value"), _entry(entry, "value"))


def _chart(layer: Layer, _target: Target) -> Iterator[Said]:
    for key in ("appVersion", "version"):
        yield from _said(layer.place.at(key), get(layer.value, (key,)))


FINDERS = {
    LayerKind.MANIFEST: _manifest,
    LayerKind.STRATEGIC: _strategic,
    LayerKind.JSON6902: _json6902,
    LayerKind.KUSTOMIZATION: _kustomization,
    LayerKind.OPTIONS: _options,
    LayerKind.VALUES: _values,
    LayerKind.PARAMETERS: _parameters,
    LayerKind.CHART: _chart,
    LayerKind.PARAMETER_FILE: _values,
    LayerKind.TRANSFORMER: _transformer,
    LayerKind.FLUX: _flux,
}


def says(layer: Layer, target: Target) -> Iterator[Said]:
    """Yield what a layer says where the field may be set; of Helm's values all that they say."""
    yield from FINDERS[layer.kind](layer, target)
