"""Proof by rendering: another value is put where a field may be set, and the render says what follows it."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from msgspec import Struct

from gitops_bot.clients.editing import NotEditable, new_content
from gitops_bot.clients.fleet import Fleet
from gitops_bot.locate.sites.answer import Insertion, Mapping, Site
from gitops_bot.locate.sites.guessing.fitting import FIRST_SENTINEL, refit, retype, text_of, vary
from gitops_bot.locate.sites.guessing.guesses import Guess
from gitops_bot.locate.sites.guessing.values import parameter_name
from gitops_bot.locate.sites.layers.rendering import render
from gitops_bot.locate.sites.places import MISSING, Place, Tokens
from gitops_bot.locate.sites.proving.movement import Movement, everything, movement
from gitops_bot.locate.sites.target import Target, decoded
from gitops_bot.model.application import Application
from gitops_bot.model.json import Json
from gitops_bot.model.plan import FieldPatch, Operation
from gitops_bot.model.resource import Manifest
from gitops_bot.model.source import HelmParameter
from gitops_bot.yamlpatch import patch

MOST_RENDERS = 8

Contents = dict[str, bytes | None]


class Proven(Struct, frozen=True, kw_only=True):
    """A guess that rendering bore out, with the mapping that it showed and what else follows the place.

    `reshaped` says that some of that came or went.
    """

    guess: Guess
    mapping: Mapping
    others: tuple[str, ...]
    reshaped: bool = False


class Varied(Struct, frozen=True, kw_only=True):
    """A guess with another value in its core's place, and the number by which that is told from all others."""

    guess: Guess
    core: Json
    value: Json
    sign: str


class Trials:
    """Tries guesses about one field.

    `refused` says where an edit could not be made at all, and why; `failed` how rendering ended; `computed` that the
    field followed a place in another way than as its value.
    """

    def __init__(
        self,
        fleet: Fleet,
        application: Application,
        chosen: tuple[int, ...],
        target: Target,
        before: tuple[Manifest, ...],
    ) -> None:
        self.fleet = fleet
        self.target = target
        self.count = 0
        self.refused: tuple[Place, str] | None = None
        self.failed = ""
        self.computed = False
        self._application = application
        self._chosen = chosen
        self._before = before

    def together(self, guesses: Sequence[Guess]) -> list[Guess]:
        """Return the guesses whose own value shows in the field when all of them are varied at once."""
        moved, varied = self.at_once(guesses)
        if moved is None or moved.value is MISSING:
            return []
        text = everything(self.plain(moved.value))
        return [one.guess for one in varied if one.sign in text]

    def at_once(self, guesses: Sequence[Guess]) -> tuple[Movement | None, list[Varied]]:
        """Return what moves when all guesses that can be are varied at once, and how each was; None if that fails."""
        contents: Contents = {}
        found: dict[int, Varied] = {}
        places = set()
        # From a file's end to its start: an edit of bytes moves those behind it.
        for number, guess in sorted(enumerate(guesses, 1), key=lambda pair: pair[1].raw or (0, 0), reverse=True):
            if (guess.place, guess.raw) in places:
                continue
            places.add((guess.place, guess.raw))
            value = self._edit(contents, guess, number)
            if value is not None:
                core = self._core(guess)
                found[number] = Varied(guess=guess, core=core, value=value, sign=str(FIRST_SENTINEL + 37 * number))
        return self.show(contents), [found[number] for number in sorted(found)]

    def varied(self, guess: Guess) -> Contents:
        """Return the guess's file with another value where it stands, nothing where it takes none."""
        contents: Contents = {}
        self._edit(contents, guess, 0)
        return contents

    def alone(self, guess: Guess) -> Proven | None:
        """Return the guess with what it moves, None where the field does not follow it exactly."""
        contents: Contents = {}
        varied = self._edit(contents, guess, 0)
        moved = self.show(contents) if varied is not None else None
        if varied is None or moved is None or not moved.moved or moved.value is MISSING:
            return None
        mapping = self._mapping(guess, varied, moved)
        if mapping is None:
            self.computed = True
            return None
        if guess.insertion is not None and not mapping.whole and guess.mapping.whole:
            # Of the field's text only this part is the value's.
            core = mapping.core(text_of(self.target.plain)) or ""
            guess = msgspec.structs.replace(guess, value=retype(core, 0))
        return Proven(guess=guess, mapping=mapping, others=moved.others, reshaped=moved.reshaped)

    def _mapping(self, guess: Guess, varied: Json, moved: Movement) -> Mapping | None:
        live, now = self.target.plain, self.plain(moved.value)
        if isinstance(varied, dict | list):
            return guess.mapping if now == varied else None
        if isinstance(live, dict | list) or isinstance(now, dict | list):
            return None
        core = guess.mapping.core(text_of(live))
        around = refit(text_of(live), text_of(now), core, text_of(varied))
        if around is None and guess.insertion is not None:
            around = refit(text_of(live), text_of(now), None, text_of(varied))
        if around is None:
            return None
        part = guess.mapping.part or (_part(*around) if self.target.is_image else "")
        return msgspec.structs.replace(
            guess.mapping, live_before=around[0], live_after=around[1], encoded=self.target.encoded, part=part
        )

    def show(self, contents: Contents) -> Movement | None:
        """Return what moves with other file contents, None where they do not render."""
        return self._shown(contents) if contents else None

    def given(self, source: int, paths: Sequence[Tokens]) -> list[Tokens] | None:
        """Return the paths of a chart's values that show in the field when all are set; None where that fails."""
        signs = {path: str(FIRST_SENTINEL + 37 * number) for number, path in enumerate(paths)}
        # Texts: what goes through maps of texts breaks at a number, and arithmetic takes both.
        parameters = [
            HelmParameter(name=parameter_name(path), value=sign, force_string=True) for path, sign in signs.items()
        ]
        moved = self._shown({}, {source: parameters})
        if moved is None or moved.value is MISSING:
            return None
        text = everything(self.plain(moved.value))
        return [path for path, sign in signs.items() if sign in text]

    def _shown(self, contents: Contents, given: dict[int, list[HelmParameter]] | None = None) -> Movement | None:
        if self.count == MOST_RENDERS:
            return None
        self.count += 1
        with self.fleet.workspace.overlay(contents):
            after = render(self.fleet, self._application, self._chosen, lenient=True, given=given)
        if isinstance(after, str):
            self.failed = after
            return None
        return movement(self.target, self._before, after.manifests)

    def plain(self, value: object) -> Json:
        """Return a value of the field as people write it: a Secret's data decoded."""
        known: Json = value  # type: ignore[assignment]
        return decoded(known) if self.target.encoded else known

    def _core(self, guess: Guess) -> Json:
        """Return what a guess contributes to the field now."""
        live = self.target.plain
        if isinstance(live, dict | list):
            return live
        if guess.insertion is not None:
            return guess.value
        found = guess.mapping.core(text_of(live)) or ""
        return retype(found, guess.value) if guess.mapping.whole else found

    def _edit(self, contents: Contents, guess: Guess, number: int) -> Json:
        """Put a varied value where the guess stands; return the varied core, None where that cannot be done."""
        varied = vary(self._core(guess), number)
        path = guess.place.path
        before = contents.get(path, self.fleet.workspace.read(path))
        try:
            contents[path] = apply(self.fleet, guess, before, varied)
        except NotEditable as refusal:
            if number == 0:
                self.refused = self.refused or (guess.place, refusal.reason)
            return None
        return varied


def _part(before: str, after: str) -> str:
    """Return which part of an image stands between two others."""
    if before.endswith(("@", "@sha256:")):
        return "digest"
    if before.endswith(":") and (not after or after.startswith("@")):
        return "tag"
    return "name" if after.startswith((":", "@")) else ""


def apply(fleet: Fleet, guess: Guess, before: bytes | None, core: Json) -> bytes | None:
    """Return the file with another core where the guess stands. Raises NotEditable."""
    if guess.raw is not None:
        start, end = guess.raw
        content = before or b""
        new = text_of(core).encode() if guess.insertion is None else lines_of(guess, core)
        gap = b"\n" if guess.insertion is not None and content and not content.endswith(b"\n") else b""
        return content[:start] + gap + new + content[end:]
    patch = FieldPatch(document=guess.place.document, inside=inside(guess), operations=operations(guess, core))
    return new_content(guess.place.path, before, patch, fleet.repository)


def lines_of(guess: Guess | Site, core: Json) -> bytes:
    """Return the lines that a file without a document yet takes for an insertion at its root."""
    [step] = operations(guess, core)
    first = b"first: 1\n"
    return patch(first, 0, [{"op": "add", "path": step.path, "value": step.value}]).removeprefix(first)


def inside(guess: Guess | Site) -> tuple[str, ...]:
    """Return the block scalars that lead to the document which the operations are for."""
    known = guess.insertion.inside if guess.insertion is not None else None
    return guess.place.inside if known is None else known


def operations(guess: Guess | Site, core: Json) -> tuple[Operation, ...]:
    """Return what puts a core where the guess or site stands, or inserts the key with it."""
    if guess.insertion is not None:
        op = "replace" if guess.insertion.replaces else "add"
        return (Operation(op=op, path=guess.insertion.pointer, value=inserted(guess, core)),)  # type: ignore[arg-type]
    value = core
    if not isinstance(core, dict | list) and not guess.mapping.whole:
        value = guess.mapping.site(text_of(core))
        value = retype(value, guess.value) if not guess.mapping.site_before else value
    elif isinstance(guess.value, str) and not isinstance(core, str | dict | list):
        value = text_of(core)
    return (Operation(op="replace", path=guess.place.pointer, value=value),)


def inserted(guess: Guess | Site, core: Json) -> Json:
    """Return what is added, with the core at its leaf."""
    insertion = guess.insertion or Insertion(pointer="", value=None)
    written = bool(guess.mapping.site_before or guess.mapping.site_after)
    leaf: Json = guess.mapping.site(text_of(core)) if written else core
    if not guess.mapping.whole and not written:
        leaf = retype(text_of(core), guess.default if isinstance(guess, Site) else guess.value)
    if insertion.text_before:
        leaf = insertion.text_before + msgspec.json.encode(core).decode() + insertion.text_after
    return _set(insertion.value, insertion.leaf, leaf)


def _set(value: Json, tokens: Tokens, leaf: Json) -> Json:
    if not tokens:
        return leaf
    head, *rest = tokens
    if isinstance(value, list) and isinstance(head, int):
        return [_set(one, tuple(rest), leaf) if index == head else one for index, one in enumerate(value)]
    if isinstance(value, dict):
        return {**value, str(head): _set(value.get(str(head)), tuple(rest), leaf)}
    return leaf
