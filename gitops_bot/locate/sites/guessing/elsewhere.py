"""Any other scalar of a file that is read: what replacements, variables and generators take values from."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from gitops_bot.clients.fleet import Fleet
from gitops_bot.clients.rendering.steps import join
from gitops_bot.clients.workspace import Workspace
from gitops_bot.locate.sites.answer import Mapping
from gitops_bot.locate.sites.guessing.fitting import fit, text_of
from gitops_bot.locate.sites.guessing.guesses import Guess, similarity
from gitops_bot.locate.sites.layers.assembly import Assembly
from gitops_bot.locate.sites.layers.kustomize import GENERATORS
from gitops_bot.locate.sites.layers.layer import Layer, LayerKind
from gitops_bot.locate.sites.places import Place, documents, scalars
from gitops_bot.locate.sites.target import Target
from gitops_bot.model.application import Application
from gitops_bot.model.json import dig, pointer_tokens, sequence, text

LARGEST = 512 * 1024
ENDINGS = (".yaml", ".yml", ".json")
_ASSIGNED = re.compile(rb"(?m)^\s*[^\s#=]+=([^\r\n]*)")


def elsewhere(fleet: Fleet, application: Application, assembly: Assembly, target: Target) -> Iterator[Guess]:
    """Yield the scalars that the field may come of, those of the same name first; then whole files."""
    reads = fleet.reads(application)
    if reads is None or isinstance(target.value, dict | list | None):
        return
    paths = {path for folder in reads.folders for path in fleet.workspace.listing(folder)} | reads.files
    seen = {(layer.place.path, layer.kind) for layer in assembly.layers if layer.kind is LayerKind.VALUES}
    mixes = any(_mixes(layer) for layer in assembly.layers)
    sources = {key for layer in assembly.layers for key in _sources(fleet.workspace, layer)} if mixes else set()
    found = list(_assigned(fleet.workspace, assembly.layers, target)) if mixes else []
    for path in sorted(paths):
        content = fleet.workspace.read(path)
        if content is None or len(content) > LARGEST:
            continue
        if text_of(target.plain).strip() and content.strip() == text_of(target.plain).strip().encode():
            layer = Layer(kind=LayerKind.FILE, title="file", place=Place(path), value=None)
            whole = content.decode("utf-8", "replace")
            yield Guess(place=layer.place, value=whole, mapping=Mapping(), layer=layer, raw=(0, len(content)))
        if path.endswith(ENDINGS) and (path, LayerKind.VALUES) not in seen:
            found += list(_scalars(path, content, target, anywhere=mixes))
    yield from sorted(found, key=lambda guess: (_key(guess) not in sources, guess.rank))


def _mixes(layer: Layer) -> bool:
    """Whether a kustomization may put a part of one field into another."""
    if layer.kind is LayerKind.TRANSFORMER:
        return dig(layer.value, "kind") == "ReplacementTransformer"
    return layer.kind is LayerKind.KUSTOMIZATION and any(dig(layer.value, key) for key in ("vars", "replacements"))


def _sources(workspace: Workspace, layer: Layer) -> Iterator[str]:
    """Yield the last keys of the fields that a layer's variables and replacements take their values from."""
    for variable in sequence(dig(layer.value, "vars")):
        yield text(dig(variable, "fieldref", "fieldpath")).rpartition(".")[2]
    for entry in sequence(dig(layer.value, "replacements")):
        path = join(layer.folder, text(dig(entry, "path"))) if text(dig(entry, "path")) else None
        written = documents(workspace.read(path) or b"") if path is not None else ()
        listed = [one for document in written for one in (document if isinstance(document, list) else [document])]
        for one in listed or [entry]:
            yield text(dig(one, "source", "fieldPath")).rpartition(".")[2]


def _key(guess: Guess) -> str:
    """Return by which key a guess's value is known: of KEY=VALUE that one."""
    assigned = guess.mapping.site_before.partition("=")[0]
    return assigned or str((pointer_tokens(guess.place.pointer) or [""])[-1])


def _scalars(path: str, content: bytes, target: Target, *, anywhere: bool) -> Iterator[Guess]:
    needle = text_of(target.plain).encode()
    if isinstance(target.plain, str) and needle not in content and not target.is_image and not anywhere:
        return
    for number, document in enumerate(documents(content)):
        layer = Layer(kind=LayerKind.VALUES, title="file", place=Place(path, number), value=document)
        for tokens, value in scalars(document):
            around = fit(value, target.plain, image=target.is_image)
            if around is not None:
                rank = (not around.whole, -similarity(target, tokens))
                yield Guess(place=layer.place.at(*tokens), value=value, mapping=around, layer=layer, rank=rank)


def _assigned(workspace: Workspace, layers: tuple[Layer, ...], target: Target) -> Iterator[Guess]:
    """Yield what generators are given as KEY=VALUE whatever the key: in literals, and in files of such lines."""
    for known in layers:
        # Not as a default: a patch of the field that takes the value would part it from the others that take it.
        layer = msgspec.structs.replace(known, default=False)
        if layer.kind is LayerKind.LINES:
            for match in _ASSIGNED.finditer(workspace.read(layer.place.path) or b""):
                value = match[1].decode("utf-8", "replace")
                around = fit(value, target.plain, image=target.is_image)
                if around is not None:
                    rank = (not around.whole, 0)
                    yield Guess(
                        place=layer.place, value=value, mapping=around, layer=layer, rank=rank, raw=match.span(1)
                    )
        elif layer.kind is LayerKind.KUSTOMIZATION:
            yield from _literals(layer, target)


def _literals(layer: Layer, target: Target) -> Iterator[Guess]:
    for name in GENERATORS:
        for index, generator in enumerate(sequence(dig(layer.value, name))):
            for number, literal in enumerate(sequence(dig(generator, "literals"))):
                key, _, value = text(literal).partition("=")
                around = fit(value, target.plain, image=target.is_image)
                if around is not None:
                    rank = (not around.whole, -similarity(target, (key,)))
                    around = msgspec.structs.replace(around, site_before=f"{key}={around.site_before}")
                    place = layer.place.at(name, index, "literals", number)
                    yield Guess(place=place, value=literal, mapping=around, layer=layer, rank=rank)
