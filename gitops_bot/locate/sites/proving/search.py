"""The search for the places that set one field: guesses by the shape, then proof by rendering."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import chain, islice

import msgspec

from gitops_bot.clients.fleet import Fleet
from gitops_bot.clients.rendering.steps import Kind
from gitops_bot.locate.sites.answer import Insertion, Mapping
from gitops_bot.locate.sites.guessing.elsewhere import elsewhere
from gitops_bot.locate.sites.guessing.finders import describes
from gitops_bot.locate.sites.guessing.fitting import retype, text_of
from gitops_bot.locate.sites.guessing.guesses import PART_ORDER, Guess, guesses, recased
from gitops_bot.locate.sites.guessing.insert import into_object
from gitops_bot.locate.sites.guessing.overlay import core_of, leaf_of, overlay_insertions, variable_insertions
from gitops_bot.locate.sites.guessing.references import referenced
from gitops_bot.locate.sites.guessing.relative import among_maps, merged, relative
from gitops_bot.locate.sites.guessing.values import Question, insertions, set_now, slot_of
from gitops_bot.locate.sites.guessing.within import within
from gitops_bot.locate.sites.layers.assembly import Assembly
from gitops_bot.locate.sites.layers.layer import Layer, LayerKind
from gitops_bot.locate.sites.places import Tokens
from gitops_bot.locate.sites.proving.parts import parts_of
from gitops_bot.locate.sites.proving.trial import Proven, Trials
from gitops_bot.locate.sites.target import Target
from gitops_bot.model.application import Application
from gitops_bot.model.json import Json

MOST_TOGETHER = 48
MOST_ALONE = 6
MOST_BOOLEANS = 3
MOST_PARTS = 160
MOST_SLOTS = 5
MOST_LAYERS = 2
_WORD = re.compile(r"\w{3}")


class Search:
    """One question, with all that is known about it."""

    def __init__(self, fleet: Fleet, application: Application, assembly: Assembly, trials: Trials) -> None:
        self.fleet = fleet
        self.application = application
        self.assembly = assembly
        self.trials = trials
        self.target = trials.target

    @cached_property
    def references(self) -> dict[Tokens, int]:
        """The paths of the values that templates name where they write the field, the likeliest first."""
        return referenced(self.fleet.workspace, self.assembly.templates, self.target)

    def proven(self) -> list[Proven]:
        """Return the places that set the field, the best first; of an image those of its parts."""
        if not self.target.exists and not self.target.insertable:
            return []
        found = self._with_parts(self._by_value()) if self.target.exists else []
        found = found or self._unset() or self._packed()
        if not found and self.target.exists:
            found = self._elsewhere()
        if not found and not self.target.exists:
            found = self._first(self._absent(), MOST_SLOTS)
        return self._with_own_layer(found)

    def _by_value(self) -> list[Proven]:
        known = guesses(self.fleet.workspace, self.assembly.layers, self.target)
        if self.assembly.templates:
            known.sort(key=self._unlikeliness)
        if len(known) > 2:
            known = self._likely(known)
        found: list[Proven] = []
        # That a boolean is the same says little.
        for guess in known[: MOST_BOOLEANS if isinstance(self.target.value, bool) else MOST_ALONE]:
            if any(one.mapping.part == guess.mapping.part or not one.mapping.part for one in found):
                continue
            found += self._tried(guess)
        return sorted(found, key=lambda one: PART_ORDER.index(one.mapping.part))

    def _with_parts(self, found: list[Proven]) -> list[Proven]:
        """Add, to what sets a part of a text that a template makes, what sets its other parts."""
        around = found[0].mapping if found else Mapping()
        told = found and not _WORD.search(f"{around.live_before} {around.live_after}")
        if told or self.target.is_image or not self.assembly.templates:
            return found
        known = {one.guess.place for one in found}
        others = [guess for guess in within(self.assembly.layers, self.target) if guess.place not in known]
        return [*found, *(parts_of(self.trials, others[:MOST_PARTS]) if others else [])]

    def _likely(self, known: list[Guess]) -> list[Guess]:
        """Return the guesses that showed when all were varied at once; and the first two, lest one hid the other."""
        told = [guess for guess in known if not isinstance(guess.value, bool)][:MOST_TOGETHER]
        shown = self.trials.together(told)
        return [guess for guess in known if guess in shown or guess in known[:2]] if shown else known

    def _tried(self, guess: Guess) -> list[Proven]:
        """Return what a guess proves to be; of a default that cannot be edited, the environment's own layer."""
        proven = self.trials.alone(guess)
        if proven is not None:
            return [proven]
        if self.trials.varied(guess):
            return []
        return self._beside(guess) or (self._own(guess) if guess.layer.default else [])

    def _beside(self, guess: Guess) -> list[Proven]:
        """Return the key of its own, where a merge key (`<<`) brings the value."""
        core = guess.mapping.core(text_of(self.target.plain))
        if core is None or guess.layer.kind is not LayerKind.VALUES or guess.layer.default:
            return []
        value = guess.value if guess.mapping.whole else core
        added = Insertion(pointer=guess.place.pointer, value=value)
        return self._first([msgspec.structs.replace(guess, value=value, insertion=added)], 1)

    def _unlikeliness(self, guess: Guess) -> tuple[int, ...]:
        named = self.references.get(slot_of(guess) or (), 0)
        part, *rest = guess.rank
        return (part, -named, *rest)

    def _unset(self) -> list[Proven]:
        """Where no value tells: what the templates name where they write the field and nothing sets."""
        unset = [path for path in self.references if not self._is_set(path)]
        scalar = self.target.exists and not isinstance(self.target.value, dict | list)
        # Of an image's tag and digest one hides the other.
        if scalar and self.assembly.templates and not self.target.is_image:
            others = relative(self.fleet.workspace, self.assembly, self.target)
            shown = self._shown([*dict.fromkeys([*unset, *others])])
            # One that nobody means may break the chart.
            shown = self._shown(unset) if shown is None and others else shown
            unset = unset if shown is None else shown
        for path in unset[:MOST_SLOTS]:
            if found := self._at(path):
                return found
        return []

    def _shown(self, paths: list[Tokens]) -> list[Tokens] | None:
        """Return the paths that show in the field when all are set; None where nothing can be told."""
        # A text in the place of another's map, or among maps alone, may break what goes through them.
        outer = {path[:depth] for path in paths for depth in range(len(path))}
        values = merged(self.assembly.layers)
        inner = [path for path in paths if path not in outer]
        odd = [path for path in inner if among_maps(values, path)]
        source = self._question().source
        failed = False
        for some in ([path for path in inner if path not in odd], odd):
            shown = self.trials.given(source, some) if some else []
            if shown:
                return shown
            failed = failed or shown is None
        return None if failed else []

    def _is_set(self, path: Tokens) -> bool:
        return any(value not in ("", {}, []) for _, value in set_now(self.assembly, path))

    def _at(self, path: Tokens) -> list[Proven]:
        """Return the environment's own layer with a path of the values that nothing sets yet."""
        core = core_of(self.target)
        # To `default true` a false is as good as none: only the text says it.
        for one in (core, "true") if core is True else (core,):
            found = self._first(insertions(self._question(), path, one, Mapping()), 1)
            # What makes other fields come and go is another branch of the template, not this field's value.
            if found and (not self.target.exists or isinstance(core, bool) or not found[0].reshaped):
                return found
        return []

    def _packed(self) -> list[Proven]:
        """Where the default stands in a packed chart: the environment's own layer."""
        hidden = [msgspec.structs.replace(one, reachable=True) for one in self.assembly.layers if not one.reachable]
        values = tuple(layer for layer in hidden if layer.default and layer.kind is LayerKind.VALUES)
        for guess in guesses(self.fleet.workspace, values, self.target)[:MOST_SLOTS]:
            slot = slot_of(guess)
            core = guess.mapping.core(text_of(self.target.plain))
            if slot is not None and core is not None:
                whole = guess.mapping.whole
                ways = insertions(self._question(), slot, guess.value if whole else core, guess.mapping)
                if found := self._first(ways, 1):
                    return found
        return []

    def _question(self, source: int | None = None) -> Question:
        helm = [index for index, step in self.assembly.steps.items() if step.kind is Kind.HELM]
        chosen = source if source is not None else helm[0] if helm else 0
        return Question(self.fleet, self.application, self.assembly, chosen)

    def _elsewhere(self) -> list[Proven]:
        """Where none of its own layers sets it: what replacements, variables and the like take their values from."""
        known = list(elsewhere(self.fleet, self.application, self.assembly, self.target))
        if len(known) > 2:
            known = self.trials.together(known[:MOST_TOGETHER]) or known
        refused = self.trials.refused
        found = self._first(known, MOST_ALONE)
        # What only looks like the value is no reason why it cannot be set.
        self.trials.refused = refused
        return found

    def _absent(self) -> Iterator[Guess]:
        """Where nothing sets the field: the object's own manifest, and a patch over it."""
        for layer in reversed(self.assembly.layers):
            if layer.kind is LayerKind.MANIFEST and not layer.default and layer.own:
                yield from _into_manifest(self.target, layer)
        yield from self._overlays()

    def _overlays(self) -> Iterator[Guess]:
        for step in self.assembly.steps.values():
            if step.kind is Kind.KUSTOMIZE:
                yield from overlay_insertions(self.fleet.workspace, step.path, self.assembly.layers, self.target)

    def _with_own_layer(self, found: list[Proven]) -> list[Proven]:
        """Put the environment's own layer first where only a default of a chart or a base sets the field."""
        if not found or not found[0].guess.layer.default:
            return found
        return [*self._own(msgspec.structs.replace(found[0].guess, mapping=found[0].mapping)), *found]

    def _own(self, default: Guess) -> list[Proven]:
        layer = default.layer
        if layer.kind is LayerKind.CHART:
            return self._unset() if default.place.pointer == "/appVersion" else []
        if layer.kind is not LayerKind.VALUES:
            variables = variable_insertions(self.assembly.layers, self.target, default)
            return self._first(chain(variables, self._overlays()), 3)
        slot = slot_of(default)
        core = self.target.plain if default.mapping.whole else default.mapping.core(text_of(self.target.plain))
        if slot is None:
            return []
        cased = recased(default.value, core)
        whole = core is None or (default.mapping.whole and not self.target.encoded and not cased)
        value = default.value if whole else retype(text_of(core), default.value)
        found = self._first(insertions(self._question(layer.source), slot, value, default.mapping), MOST_LAYERS)
        if cased:
            found = [_starting_from(one, default.value) for one in found]
        # What a chart imports from one in it is set where it takes it to.
        return found or self._unset()

    def _first(self, ways: Iterable[Guess], most: int) -> list[Proven]:
        """Return the first of some ways that proves right, one that moves nothing else before others."""
        second: list[Proven] = []
        for guess in islice(ways, most):
            proven = self.trials.alone(guess)
            if proven is not None and not proven.others:
                return [proven]
            if proven is not None and not second:
                second = [proven]
        return second


def _starting_from(proven: Proven, value: Json) -> Proven:
    return msgspec.structs.replace(proven, guess=msgspec.structs.replace(proven.guess, value=value))


def _into_manifest(target: Target, layer: Layer) -> Iterator[Guess]:
    if not describes(layer.value, target):
        return
    core = core_of(target)
    found = into_object(target.manifest.body, layer.value, "", target.tokens, core)
    if found is not None:
        place = leaf_of(layer.place, layer.value, found)
        rooted = msgspec.structs.replace(found, pointer=layer.place.pointer + found.pointer)
        yield Guess(place=place, value=core, mapping=Mapping(), layer=layer, insertion=rooted)
