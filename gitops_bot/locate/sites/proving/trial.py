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
from gitops_bot.locate.sites.layers.rendering import render
from gitops_bot.locate.sites.places import MISSING, Place, Tokens
from gitops_bot.locate.sites.target import Movement, Target, decoded, movement
from gitops_bot.model.application import Application
from gitops_bot.model.json import Json
from gitops_bot.model.plan import FieldPatch, Operation
from gitops_bot.model.resource import Manifest
from gitops_bot.yamlpatch import patch

MOST_RENDERS = 8

Contents = dict[str, bytes | None]


class Proven(Struct, frozen=True, kw_only=True):
    """A guess that rendering bore out, with the mapping that it showed and what else follows the place."""

    guess: Guess
    mapping: Mapping
    others: tuple[str, ...]


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
        contents: Contents = {}
        numbered = []
        places = set()
        for number, guess in enumerate(guesses, 1):
            if guess.place in places:
                continue
            places.add(guess.place)
            if self._edit(contents, guess, number) is None:
                continue
            numbered.append((number, guess))
        moved = self.show(contents)
        if moved is None or moved.value is MISSING:
            return []
        text = _everything(self._plain(moved.value))
        return [guess for number, guess in numbered if str(FIRST_SENTINEL + 37 * number) in text]

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
        return Proven(guess=guess, mapping=mapping, others=moved.others)

    def _mapping(self, guess: Guess, varied: Json, moved: Movement) -> Mapping | None:
        live, now = self.target.plain, self._plain(moved.value)
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
        if not contents or self.count == MOST_RENDERS:
            return None
        self.count += 1
        with self.fleet.workspace.overlay(contents):
            after = render(self.fleet, self._application, self._chosen, lenient=True)
        if isinstance(after, str):
            self.failed = after
            return None
        return movement(self.target, self._before, after.manifests)

    def _plain(self, value: object) -> Json:
        known: Json = value  # type: ignore[assignment]
        return decoded(known) if self.target.encoded else known

    def _edit(self, contents: Contents, guess: Guess, number: int) -> Json:
        """Put a varied value where the guess stands; return the varied core, None where that cannot be done."""
        live = self.target.plain
        if isinstance(live, dict | list):
            core: Json = live
        elif guess.insertion is not None:
            core = guess.value
        else:
            found = guess.mapping.core(text_of(live))
            core = retype(found or "", guess.value) if guess.mapping.whole else found or ""
        varied = vary(core, number)
        path = guess.place.path
        before = contents.get(path, self.fleet.workspace.read(path))
        try:
            contents[path] = apply(self.fleet, guess, before, varied)
        except NotEditable as refusal:
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
    leaf: Json = guess.mapping.site(text_of(core)) if guess.mapping.site_before else core
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


def _everything(value: Json) -> str:
    if isinstance(value, dict | list):
        return msgspec.json.encode(value).decode()
    return text_of(value)
