"""From a live field to the places in Git that set it: guesses by the shape, then proof by rendering."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from gitops_bot.clients.fleet import Fleet
from gitops_bot.clients.rendering.steps import Kind
from gitops_bot.locate.sites.answer import Answer, Mapping, Site
from gitops_bot.locate.sites.assembly import Assembly, assemble, render, renderable
from gitops_bot.locate.sites.declaration import declaration_answer
from gitops_bot.locate.sites.explain import chain
from gitops_bot.locate.sites.guesses import PART_ORDER, Guess, guesses
from gitops_bot.locate.sites.layers import LayerKind
from gitops_bot.locate.sites.places import Place, line_of
from gitops_bot.locate.sites.refusal import constants, unexpressed
from gitops_bot.locate.sites.shapes.elsewhere import elsewhere
from gitops_bot.locate.sites.shapes.insert import into_object
from gitops_bot.locate.sites.shapes.overlay import overlay_insertions
from gitops_bot.locate.sites.shapes.values import insertions, referenced, set_now, slot_of
from gitops_bot.locate.sites.target import Target, find_target
from gitops_bot.locate.sites.trial import Proven, Trials
from gitops_bot.model.application import Application
from gitops_bot.model.resource import ResourceKey

MOST_TOGETHER = 48
MOST_ALONE = 6
MOST_SLOTS = 5


class Search:
    """One question, with all that is known about it."""

    def __init__(self, fleet: Fleet, application: Application, assembly: Assembly, trials: Trials) -> None:
        self.fleet = fleet
        self.application = application
        self.assembly = assembly
        self.trials = trials
        self.target = trials.target

    def proven(self) -> list[Proven]:
        """Return the places that set the field, the best first; of an image those of its parts."""
        found = self._by_value() if self.target.exists else []
        if not found:
            found = self._by_reference()
        if not found and self.target.exists:
            found = self._first(elsewhere(self.fleet, self.application, self.assembly, self.target), MOST_ALONE)
        if not found and not self.target.exists:
            found = self._first(self._absent(), MOST_SLOTS)
        return self._with_own_layer(found)

    def _by_value(self) -> list[Proven]:
        known = guesses(self.fleet.workspace, self.assembly.layers, self.target)
        if len(known) > 2 and not isinstance(self.target.value, bool):
            known = self.trials.together(known[:MOST_TOGETHER]) or known[:MOST_ALONE]
        found: list[Proven] = []
        for guess in known[:MOST_ALONE]:
            if any(one.mapping.part == guess.mapping.part or not one.mapping.part for one in found):
                continue
            proven = self.trials.alone(guess)
            if proven is not None:
                found.append(proven)
                if not proven.mapping.part and proven.mapping.whole:
                    break
        return sorted(found, key=lambda one: PART_ORDER.index(one.mapping.part))

    def _by_reference(self) -> list[Proven]:
        """Where no value tells: the paths of the values that the templates name by the field's key."""
        if not self.assembly.templates:
            return []
        paths = referenced(self.fleet.workspace, self.assembly, self.target)
        core = self.target.plain
        for path in paths[:MOST_SLOTS]:
            now = set_now(self.assembly, path)
            if any(value not in ("", {}, []) for _, value in now):
                continue
            source = next(iter(self.assembly.steps), 0)
            for guess in insertions(
                self.fleet, self.application, self.assembly, path, core if core is not None else "", Mapping(), source
            ):
                proven = self.trials.alone(guess)
                if proven is not None:
                    return [proven]
                break
        return []

    def _absent(self) -> Iterator[Guess]:
        """Where nothing sets the field: the object's own manifest, and a patch over it."""
        for layer in reversed(self.assembly.layers):
            if layer.kind is LayerKind.MANIFEST and not layer.default and layer.own:
                for guess in _into_manifest(self.target, layer):
                    yield guess
        yield from self._overlays()

    def _overlays(self) -> Iterator[Guess]:
        for step in self.assembly.steps.values():
            if step.kind is Kind.KUSTOMIZE:
                yield from overlay_insertions(self.fleet.workspace, step.path, self.assembly.layers, self.target)

    def _with_own_layer(self, found: list[Proven]) -> list[Proven]:
        """Put the environment's own layer first where only a default of a chart or a base sets the field."""
        if not found or not found[0].guess.layer.default:
            return found
        first = found[0]
        slot = slot_of(first.guess)
        if first.guess.layer.kind in (LayerKind.VALUES, LayerKind.CHART):
            ways: Iterable[Guess] = self._own_values(first, slot) if slot is not None else ()
        else:
            ways = self._overlays()
        inserted = self._first(ways, 3)
        return [*inserted, *found]

    def _own_values(self, first: Proven, slot: tuple[str | int, ...]) -> Iterator[Guess]:
        core = first.mapping.core(str(self.target.plain)) if not first.mapping.whole else self.target.plain
        yield from insertions(
            self.fleet,
            self.application,
            self.assembly,
            slot,
            first.guess.value if core is None else core,
            first.mapping,
            first.guess.layer.source,
        )

    def _first(self, ways: Iterable[Guess], most: int) -> list[Proven]:
        for number, guess in enumerate(ways):
            if number == most:
                break
            proven = self.trials.alone(guess)
            if proven is not None:
                return [proven]
        return []


def _into_manifest(target: Target, layer: object) -> Iterator[Guess]:
    from gitops_bot.locate.sites.guesses import describes
    from gitops_bot.locate.sites.layers import Layer

    if not isinstance(layer, Layer) or not describes(layer.value, target):
        return
    found = into_object(target.manifest.body, layer.value, layer.place.pointer, target.tokens, "x")
    if found is not None:
        place = Place(layer.place.path, layer.place.document, layer.place.inside, found.pointer).at(*found.leaf)
        yield Guess(place=place, value="x", mapping=Mapping(), layer=layer, insertion=found)


def find_sites(fleet: Fleet, application: Application, resource: ResourceKey, pointer: str) -> Answer:
    """Return which places in Git set a field of an object that the Application deploys, proven by rendering.

    `pointer` is an RFC 6901 pointer into the object as it is rendered at the workspace's present state.
    """
    if resource.kind == "Application" and resource.name == application.name:
        return declaration_answer(fleet, application, pointer)
    chosen, refusal = renderable(fleet, application)
    if not any(fleet.sources(application)[index].path for index in chosen) and not _renders(fleet, application, chosen):
        return Answer(expressible=False, reason=refusal or "none of its sources is rendered from this repository")
    rendered = render(fleet, application, chosen)
    if isinstance(rendered, str):
        return Answer(expressible=False, reason=f"{application.name} does not render: {rendered}")
    target = find_target(rendered.manifests, resource, pointer)
    if target is None:
        also = f"; {refusal}" if refusal else ""
        return Answer(expressible=False, reason=f"{resource} is not among what {application.name} renders to{also}")
    assembly = assemble(fleet, application, chosen)
    trials = Trials(fleet, application, chosen, target, rendered.manifests)
    search = Search(fleet, application, assembly, trials)
    proven = search.proven() if target.tokens else []
    if not proven:
        lines = constants(fleet, trials, assembly)
        reason = unexpressed(trials, assembly, lines)
        return Answer(expressible=False, reason=reason, value=target.value, read_only=lines, renders=trials.count + 1)
    sites = tuple(site_of(fleet, one, target) for one in proven)
    return Answer(
        expressible=True,
        sites=sites,
        shared_by=shared_by(fleet, application, sites[0]),
        value=target.value,
        chain=chain(fleet.workspace, assembly, target, proven[0], sites[0]),
        renders=trials.count + 1,
    )


def _renders(fleet: Fleet, application: Application, chosen: tuple[int, ...]) -> bool:
    sources = fleet.sources(application)
    return any(not sources[index].ref for index in chosen)


def site_of(fleet: Fleet, proven: Proven, target: Target) -> Site:
    """Return what rendering bore out as an answer's site."""
    guess = proven.guess
    content = fleet.workspace.read(guess.place.path) or b""
    start = guess.raw[0] if guess.raw else None
    line = line_of(content, guess.place) if start is None else content.count(b"\n", 0, start) + 1
    insertion = guess.insertion
    if insertion is not None and not target.exists:
        insertion = msgspec.structs.replace(insertion)
    return Site(
        place=guess.place,
        line=line,
        exists=insertion is None,
        value=None if insertion is not None else guess.value,
        mapping=proven.mapping,
        layer=guess.layer.title,
        raw=guess.raw is not None,
        insertion=insertion,
        also_moves=proven.others,
    )


def shared_by(fleet: Fleet, application: Application, site: Site) -> tuple[str, ...]:
    """Return the other Applications that read the site's file, save those that only deploy the Application itself."""
    path = site.place.path
    found = []
    for reader in fleet.readers((path,)):
        definition = fleet.definition(reader)
        elsewhere_declared = definition is not None and definition.path == path
        if reader.name == application.name or (elsewhere_declared and definition.document != site.place.document):  # type: ignore[union-attr]
            continue
        if _deploys(fleet, application, path) and not elsewhere_declared:
            continue
        found.append(reader.name)
    return tuple(found)


def _deploys(fleet: Fleet, application: Application, path: str) -> bool:
    definition = fleet.definition(application)
    return definition is not None and definition.path == path
