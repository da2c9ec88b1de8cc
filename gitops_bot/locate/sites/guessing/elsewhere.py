"""Any other scalar of a file that is read: what replacements, variables and generators take values from."""

from __future__ import annotations

from collections.abc import Iterator

from gitops_bot.clients.fleet import Fleet
from gitops_bot.locate.sites.answer import Mapping
from gitops_bot.locate.sites.guessing.fitting import fit, text_of
from gitops_bot.locate.sites.guessing.guesses import Guess, similarity
from gitops_bot.locate.sites.layers.assembly import Assembly
from gitops_bot.locate.sites.layers.layer import Layer, LayerKind
from gitops_bot.locate.sites.places import Place, documents, scalars
from gitops_bot.locate.sites.target import Target
from gitops_bot.model.application import Application
from gitops_bot.model.json import dig

LARGEST = 512 * 1024
ENDINGS = (".yaml", ".yml", ".json")


def elsewhere(fleet: Fleet, application: Application, assembly: Assembly, target: Target) -> Iterator[Guess]:
    """Yield the scalars that the field may come of, those of the same name first; then whole files."""
    reads = fleet.reads(application)
    if reads is None or isinstance(target.value, dict | list | None):
        return
    paths = {path for folder in reads.folders for path in fleet.workspace.listing(folder)} | reads.files
    seen = {(layer.place.path, layer.kind) for layer in assembly.layers if layer.kind is LayerKind.VALUES}
    found: list[Guess] = []
    mixes = any(_mixes(layer) for layer in assembly.layers)
    for path in sorted(paths):
        content = fleet.workspace.read(path)
        if content is None or len(content) > LARGEST:
            continue
        if text_of(target.plain).strip() and content.strip() == text_of(target.plain).strip().encode():
            layer = Layer(kind=LayerKind.FILE, title="file", place=Place(path), value=None)
            text = content.decode("utf-8", "replace")
            yield Guess(place=layer.place, value=text, mapping=Mapping(), layer=layer, raw=(0, len(content)))
        if path.endswith(ENDINGS) and (path, LayerKind.VALUES) not in seen:
            found += list(_scalars(path, content, target, anywhere=mixes))
    yield from sorted(found, key=lambda guess: guess.rank)


def _mixes(layer: Layer) -> bool:
    """Whether a kustomization may put a part of one field into another."""
    return layer.kind is LayerKind.KUSTOMIZATION and any(dig(layer.value, key) for key in ("vars", "replacements"))


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
