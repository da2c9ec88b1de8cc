"""RFC 6901 pointers → places in a parsed document, and the named refusals met on the way."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gitops_bot.yamlpatch.errors import PatchInvalid, PatchRefused, RefusalReason
from gitops_bot.yamlpatch.events import ALIAS, MAPPING, SCALAR, SEQUENCE, Document

_CORE_COLLECTION_TAGS = frozenset({None, "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"})
_MERGE = "<<"
_INDEX = re.compile(r"0|[1-9][0-9]*")
_BAD_ESCAPE = re.compile(r"~(?![01])")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a pointer leads. Nodes are event indices.

    `parent` is the collection that holds the place (None for the root); `key` the key's node in a mapping; `ordinal`
    the position in the parent (for a missing place: where it would be added); `node` the value, None when not there.
    """

    ancestors: tuple[int, ...]
    parent: int | None
    ordinal: int
    key: int | None
    node: int | None
    token: str


def parse_pointer(pointer: object) -> list[str]:
    """The unescaped tokens of an RFC 6901 pointer; raises PatchInvalid when it is none."""
    if not isinstance(pointer, str) or (pointer and pointer[0] != "/"):
        raise PatchInvalid(f"a pointer is '' or starts with '/', not {pointer!r}")
    if "~" not in pointer:
        return pointer.split("/")[1:]
    if _BAD_ESCAPE.search(pointer):
        raise PatchInvalid(f"in a pointer '~' is followed by 0 or 1: {pointer!r}")
    return [token.replace("~1", "/").replace("~0", "~") for token in pointer.split("/")[1:]]


def find(document: Document, pointer: str, *, may_add: bool = False) -> Place:
    """Walk to the pointer's place.

    With `may_add` the last token may be missing from its mapping, be `-`, or be the index just past a list's end.
    Raises PatchRefused when the path is not there, or runs through an alias, a merge key, a tag or a duplicate key.
    """
    tokens = parse_pointer(pointer)
    place = Place((), None, 0, None, 0, "")
    _refuse_node(document, 0, pointer)
    for depth, token in enumerate(tokens):
        collection = place.node
        if collection is None:
            raise _not_found(pointer, tokens[:depth])
        last = may_add and depth == len(tokens) - 1
        ancestors = (*place.ancestors, collection)
        kind = document.kinds[collection]
        if kind == MAPPING:
            place = _mapping_entry(document, ancestors, token, pointer, may_add=last)
        elif kind == SEQUENCE:
            place = _sequence_item(document, ancestors, token, pointer, may_add=last)
        else:
            raise _not_found(pointer, tokens[: depth + 1])
        if place.node is not None:
            _refuse_node(document, place.node, pointer)
    return place


def _mapping_entry(document: Document, ancestors: tuple[int, ...], token: str, pointer: str, *, may_add: bool) -> Place:
    parent = ancestors[-1]
    children = document.children(parent)
    events, kinds = document.events, document.kinds
    found = [at for at, key in enumerate(children[::2]) if kinds[key] == SCALAR and events[key].value == token]
    if len(found) > 1:
        raise PatchRefused(RefusalReason.DUPLICATE_KEY, f"the key {token!r} on {pointer!r} stands twice")
    if found:
        key = children[found[0] * 2]
        if token == _MERGE and document.is_plain(key):
            raise PatchRefused(RefusalReason.MERGE_KEY, f"{pointer!r} runs through a merge key")
        return Place(ancestors, parent, found[0], key, children[found[0] * 2 + 1], token)
    if may_add:
        return Place(ancestors, parent, len(children) // 2, None, None, token)
    if merges_key(document, parent, token):
        raise PatchRefused(RefusalReason.MERGE_KEY, f"{token!r} on {pointer!r} comes from a merge key")
    raise PatchRefused(RefusalReason.POINTER_NOT_FOUND, f"there is no key {token!r} on {pointer!r}")


def merges_key(document: Document, mapping: int, name: str) -> bool:
    """Does one of the mappings that this one takes in by `<<`, at any depth, hold the key?"""
    seen = {mapping}
    pending = _merged(document, mapping)
    while pending:
        target = pending.pop()
        if target in seen:
            continue
        if _holds(document, target, name):
            return True
        seen.add(target)
        pending += _merged(document, target)
    return False


def _merged(document: Document, mapping: int) -> list[int]:
    """The mappings that this one takes in directly."""
    children = document.children(mapping)
    sources: list[int] = []
    for key, value in zip(children[::2], children[1::2], strict=True):
        if document.is_plain(key) and document.value(key) == _MERGE:
            sources += document.children(value) if document.kinds[value] == SEQUENCE else [value]
    nodes = [anchored_node(document, source) if document.kinds[source] == ALIAS else source for source in sources]
    return [node for node in nodes if document.kinds[node] == MAPPING]


def _holds(document: Document, mapping: int, name: str) -> bool:
    keys = document.children(mapping)[::2]
    return any(document.kinds[key] == SCALAR and document.value(key) == name for key in keys)


def anchored_node(document: Document, alias: int) -> int:
    """The node that the alias stands for; raises PatchRefused when there is none or when it contains the alias."""
    node = document.targets.get(alias)
    if node is None or document.close[node] > alias:
        name = document.events[alias].anchor
        raise PatchRefused(RefusalReason.INVALID_YAML, f"the alias *{name} has no finished node before it")
    return node


def _sequence_item(document: Document, ancestors: tuple[int, ...], token: str, pointer: str, *, may_add: bool) -> Place:
    parent = ancestors[-1]
    items = document.children(parent)
    if may_add and token in {"-", str(len(items))}:
        return Place(ancestors, parent, len(items), None, None, token)
    if not _INDEX.fullmatch(token) or int(token) >= len(items):
        raise PatchRefused(
            RefusalReason.POINTER_NOT_FOUND, f"{token!r} on {pointer!r} is no index of a list of {len(items)}"
        )
    index = int(token)
    return Place(ancestors, parent, index, None, items[index], token)


def _refuse_node(document: Document, node: int, pointer: str) -> None:
    """Refuse an alias or an explicit tag on the path or at its end."""
    kind = document.kinds[node]
    if kind == ALIAS:
        raise PatchRefused(RefusalReason.ALIAS, f"{pointer!r} runs through the alias *{document.events[node].anchor}")
    tag = document.events[node].tag
    if tag is not None and (kind == SCALAR or tag not in _CORE_COLLECTION_TAGS):
        raise PatchRefused(RefusalReason.EXPLICIT_TAG, f"{pointer!r} runs through a node with the tag {tag}")


def _not_found(pointer: str, tokens: list[str]) -> PatchRefused:
    where = "/" + "/".join(tokens)
    return PatchRefused(RefusalReason.POINTER_NOT_FOUND, f"{pointer!r} leads nowhere: {where!r} is no mapping or list")


def refuse_shared_anchor(document: Document, place: Place, *, allowed: bool, removes: bool) -> None:
    """Refuse a change that other places would see through an alias, or that would leave an alias without its anchor."""
    if ALIAS not in document.kinds:
        return
    on_path = {*place.ancestors, *([] if place.node is None else [place.node])}
    for target in [] if allowed else on_path & set(document.targets.values()):
        name = document.events[target].anchor
        raise PatchRefused(RefusalReason.SHARED_ANCHOR, f"the anchor &{name} on the path is used elsewhere")
    if place.node is None:
        return
    first = place.node + 1 if not removes else place.node if place.key is None else place.key
    last = document.close[place.node]
    for alias, target in document.targets.items():
        if first <= target <= last < alias:
            name = document.events[target].anchor
            raise PatchRefused(RefusalReason.SHARED_ANCHOR, f"the anchor &{name} would be lost, and an alias needs it")
