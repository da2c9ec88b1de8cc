"""Places in files: a document's nodes, YAML inside YAML included, and the lines on which they stand."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from msgspec import Struct

from gitops_bot.model.difference import escape
from gitops_bot.model.json import Json, pointer_tokens
from gitops_bot.yamlpatch import PatchInvalid, PatchRefused, load_documents, locate_node

Token = str | int
Tokens = tuple[Token, ...]
MISSING = object()


class Place(Struct, frozen=True):
    """A node: file, document (from 0), the texts that lead to YAML inside YAML, and the pointer in the last of them."""

    path: str
    document: int = 0
    inside: tuple[str, ...] = ()
    pointer: str = ""

    def at(self, *tokens: Token) -> Place:
        """Return a place beneath this one."""
        return Place(self.path, self.document, self.inside, self.pointer + join_tokens(tokens))

    def enter(self) -> Place:
        """Return the root of the document that this place's text holds."""
        return Place(self.path, self.document, (*self.inside, self.pointer))


def join_tokens(tokens: Tokens) -> str:
    """Return map keys and list indexes as an RFC 6901 pointer."""
    return "".join(f"/{escape(str(token))}" for token in tokens)


def follow(value: Json, pointer: str) -> tuple[Tokens, object]:
    """Return the pointer's tokens, list indexes as numbers, and what stands there: MISSING where nothing does."""
    tokens: list[Token] = []
    found: object = value
    for token in pointer_tokens(pointer):
        if isinstance(found, list) and token.isdecimal():
            tokens.append(int(token))
            found = found[int(token)] if int(token) < len(found) else MISSING
        else:
            tokens.append(token)
            found = found.get(token, MISSING) if isinstance(found, dict) else MISSING
    return tuple(tokens), found


def get(value: Json, tokens: Tokens) -> object:
    """Return what stands at the tokens, or MISSING."""
    found: object = value
    for token in tokens:
        if isinstance(found, dict):
            found = found.get(str(token), MISSING)
        elif isinstance(found, list) and isinstance(token, int) and token < len(found):
            found = found[token]
        else:
            return MISSING
    return found


@lru_cache(maxsize=512)
def documents(content: bytes) -> tuple[Json, ...]:
    """Return a file's documents, none where it is no plain YAML. The values are shared: do not change them."""
    try:
        return tuple(load_documents(content))
    except (PatchInvalid, PatchRefused):
        return ()


def scalars(value: Json, tokens: Tokens = ()) -> Iterator[tuple[Tokens, Json]]:
    """Yield the scalars beneath a value with the tokens that lead to each."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from scalars(inner, (*tokens, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from scalars(inner, (*tokens, index))
    else:
        yield tokens, value


def line_of(content: bytes, place: Place) -> int:
    """Return the line, from 1, on which a node's value starts; of a node that is not there its nearest ancestor's.

    A node that cannot be told alone (an alias) counts as not there; a file that cannot be read has line 1.
    """
    return _line(content, place.document, place.inside, place.pointer)


def _line(content: bytes, document: int, inside: tuple[str, ...], pointer: str) -> int:
    if not inside:
        return _nearest(content, document, pointer)
    outer, *deeper = inside
    start = _nearest(content, document, outer)
    known = documents(content)
    _, text = follow(known[document], outer) if document < len(known) else ((), MISSING)
    first = _first_content_line(content, start) if isinstance(text, str) else None
    return start if first is None else first + _line(str(text).encode(), 0, tuple(deeper), pointer) - 1


def _nearest(content: bytes, document: int, pointer: str) -> int:
    while True:
        try:
            span = locate_node(content, document, pointer)
        except (PatchRefused, PatchInvalid):
            span = None
        if span is not None:
            return span.line
        if not pointer:
            return 1
        pointer = pointer.rpartition("/")[0]


def _first_content_line(content: bytes, start: int) -> int | None:
    """Return the first line of a literal block scalar whose header stands on line `start`, None for other scalars."""
    header = content.split(b"\n")[start - 1].split(b" #")[0].rstrip()
    indicator = header.rpartition(b" ")[2].rpartition(b":")[2]
    return start + 1 if indicator[:1] == b"|" else None
