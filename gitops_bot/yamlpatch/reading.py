"""Read-only views: a stream's documents as plain values, and where a node stands."""

from __future__ import annotations

from dataclasses import dataclass

from gitops_bot.yamlpatch.errors import PatchRefused, RefusalReason
from gitops_bot.yamlpatch.events import ALIAS, MAPPING, SCALAR, Document, parse
from gitops_bot.yamlpatch.layout import content_end, content_start
from gitops_bot.yamlpatch.navigate import anchored_node, find
from gitops_bot.yamlpatch.scalars import Json, read_kubernetes
from gitops_bot.yamlpatch.stream import cut_chunk, refuse_unreadable, split_documents

_MOST_NODES = 1_000_000
_MOST_DOCUMENTS = 100_000
_DEEPEST = 300
# So many characters of text weigh as much as a node: what aliases repeat is written out again sooner or later.
_CHARACTERS = 256


@dataclass(frozen=True, slots=True)
class Span:
    """Where a node's value stands: 1-based line, byte offsets in the file, a scalar's text (None for a collection)."""

    line: int
    start: int
    end: int
    text: str | None


def locate_node(source: bytes, document: int, pointer: str) -> Span | None:
    """The span of the node at an RFC 6901 pointer of document number `document`; None when the path is not there.

    Raises PatchRefused for what patch() would refuse too: SOPS, aliases, merge keys, tags, templates, invalid YAML.
    """
    refuse_unreadable(source)
    chunk = cut_chunk(source, split_documents(source), document)
    parsed = parse(chunk.text)
    try:
        node = find(parsed, pointer).node
    except PatchRefused as refusal:
        if refusal.reason is RefusalReason.POINTER_NOT_FOUND:
            return None
        raise
    if node is None:
        return None
    first, last = content_start(parsed, node), content_end(parsed, node)
    start = chunk.start + len(chunk.text[:first].encode())
    end = start + len(chunk.text[first:last].encode())
    text = parsed.value(node) if parsed.kinds[node] == SCALAR else None
    return Span(source.count(b"\n", 0, start) + 1, start, end, text)


def load_documents(source: bytes) -> list[Json]:
    """All documents as plain values, read as Kubernetes reads them; an empty document is None.

    Aliases and merge keys are resolved, explicit tags ignored, keys are strings, the last of duplicate keys wins.
    Raises PatchRefused for what is not UTF-8 or not YAML, and for more than 100,000 documents or, with aliases
    resolved, a million nodes or 256 MB of text in all of them.
    """
    try:
        source.decode()
    except UnicodeDecodeError as error:
        raise PatchRefused(RefusalReason.NOT_UTF8, f"byte {error.start} is not UTF-8") from error
    if source.count(b"\n---") + source.count(b"\n...") > _MOST_DOCUMENTS:
        raise PatchRefused(RefusalReason.UNSUPPORTED_SHAPE, f"there are more than {_MOST_DOCUMENTS} documents")
    found: list[Json] = []
    left = _MOST_NODES
    for start, end in split_documents(source):
        loader = _Loader(parse(source[start:end].decode()), left)
        found.append(loader.value(0))
        left = loader.left
    return found


def plain_value(document: Document, node: int) -> Json:
    """One node's value, read as load_documents reads it."""
    return _Loader(document, _MOST_NODES).value(node)


class _Loader:
    """Builds one document's value from its events."""

    def __init__(self, document: Document, left: int) -> None:
        self.left = left
        self._document = document
        self._depth = 0

    def value(self, node: int) -> Json:
        """The node's value."""
        self._spend(1)
        kind = self._document.kinds[node]
        if kind == SCALAR:
            event = self._document.events[node]
            self._spend(len(event.value) // _CHARACTERS)
            return event.value if event.style or event.tag is not None else read_kubernetes(event.value)
        if kind == ALIAS:
            return self.value(anchored_node(self._document, node))
        self._depth += 1
        if self._depth > _DEEPEST:
            raise PatchRefused(RefusalReason.UNSUPPORTED_SHAPE, f"aliases nest deeper than {_DEEPEST} levels")
        found: Json = self._mapping(node) if kind == MAPPING else [*map(self.value, self._document.children(node))]
        self._depth -= 1
        return found

    def _spend(self, weight: int) -> None:
        self.left -= weight
        if self.left < 0:
            raise PatchRefused(
                RefusalReason.UNSUPPORTED_SHAPE, f"more than {_MOST_NODES} values, with aliases written out"
            )

    def _mapping(self, node: int) -> dict[str, Json]:
        children = self._document.children(node)
        own: dict[str, Json] = {}
        merged: dict[str, Json] = {}
        for key, value in zip(children[::2], children[1::2], strict=True):
            if self._document.is_plain(key) and self._document.value(key) == "<<":
                self._merge(self.value(value), merged)
            else:
                own[self._key(key)] = self.value(value)
        return {**merged, **own} if merged else own

    def _merge(self, value: Json, into: dict[str, Json]) -> None:
        for mapping in value if isinstance(value, list) else [value]:
            if isinstance(mapping, dict):
                for key, item in mapping.items():
                    into.setdefault(key, item)

    def _key(self, node: int) -> str:
        if self._document.kinds[node] == ALIAS:
            node = anchored_node(self._document, node)
        if self._document.kinds[node] != SCALAR:
            raise PatchRefused(RefusalReason.UNSUPPORTED_SHAPE, "a mapping has a key that is no scalar")
        return self._document.value(node)
