"""RFC 6902 operations → verified text edits. One parse before, one after; operations that interfere are done in turn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from gitops_bot.yamlpatch.edits.insert import insert_edits
from gitops_bot.yamlpatch.edits.remove import remove_edits
from gitops_bot.yamlpatch.edits.replace import replace_edits
from gitops_bot.yamlpatch.errors import PatchInvalid, PatchRefused, RefusalReason
from gitops_bot.yamlpatch.events import SCALAR, SEQUENCE, Document, parse
from gitops_bot.yamlpatch.layout import Edit, apply
from gitops_bot.yamlpatch.navigate import Place, find, has_merge_key, parse_pointer, refuse_shared_anchor
from gitops_bot.yamlpatch.scalars import Json
from gitops_bot.yamlpatch.stream import read_chunk
from gitops_bot.yamlpatch.verify import Change, matches, verify

_NAMES = frozenset({"test", "replace", "add", "remove"})


@dataclass(frozen=True, slots=True)
class Operation:
    """One checked RFC 6902 operation."""

    name: str
    path: str
    value: Json


@dataclass(slots=True)
class _Batch:
    """Scalar replacements in one parsed document that do not meet; written and verified together."""

    document: Document
    edits: list[Edit] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    touched: set[int] = field(default_factory=set)


def patch(
    source: bytes, document: int, operations: Sequence[Mapping[str, object]], *, allow_shared_anchor: bool = False
) -> bytes:
    """Apply RFC 6902 `test`, `replace`, `add` and `remove` to one document of a YAML stream.

    `source` is the whole file; `document` counts its documents from 0; `operations` are dicts with `op`, `path` (RFC 6901)
    and, save for `remove`, a JSON `value`. With `allow_shared_anchor` an anchored node may change although aliases use it.
    Returns the whole new file: only the bytes of the change differ, and the result was parsed again and compared.
    Raises PatchRefused (with `.reason`) when that can't be had, PatchInvalid for malformed operations.
    """
    checked = [_check(operation) for operation in operations]
    chunk = read_chunk(source, document)
    batch = _Batch(parse(chunk.text))
    for operation in checked:
        batch = _perform(batch, operation, allow_shared_anchor=allow_shared_anchor)
    text = _write(batch).text
    if text == chunk.text:
        return source
    return source[: chunk.start] + text.encode() + source[chunk.end :]


def _check(operation: Mapping[str, object]) -> Operation:
    if not isinstance(operation, Mapping):
        raise PatchInvalid(f"an operation is a mapping, not {operation!r}")
    name, path = operation.get("op"), operation.get("path")
    if not isinstance(name, str) or name not in _NAMES:
        raise PatchInvalid(f"'op' is test, replace, add or remove, not {name!r}")
    parse_pointer(path)
    if name != "remove" and "value" not in operation:
        raise PatchInvalid(f"the operation {name} needs a 'value'")
    return Operation(name, str(path), _json(operation.get("value")))


def _json(value: object) -> Json:
    """The value as plain JSON types; raises PatchInvalid for anything else."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value)
    if isinstance(value, str):
        return str(value)
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) for key in value):
            raise PatchInvalid("a mapping in a value has a key that is no string")
        return {str(key): _json(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_json(item) for item in value]
    raise PatchInvalid(f"a value is JSON, not {type(value).__name__}")


def _perform(batch: _Batch, operation: Operation, *, allow_shared_anchor: bool) -> _Batch:
    """One operation on the batch's document; written out first when it would meet an earlier one."""
    adds = operation.name == "add"
    if batch.edits and operation.name not in {"test", "replace"}:
        batch = _Batch(_write(batch))
    place = find(batch.document, operation.path, may_add=adds)
    if batch.touched and _meets(batch, place):
        batch = _Batch(_write(batch))
        place = find(batch.document, operation.path, may_add=adds)
    if operation.name == "test":
        if place.node is None or not matches(batch.document, place.node, operation.value):
            raise PatchRefused(RefusalReason.TEST_FAILED, f"{operation.path!r} does not have the tested value")
        return batch
    _refuse_unsafe(batch.document, place, operation, allowed=allow_shared_anchor)
    if operation.name == "replace" or (adds and place.node is not None and not _is_item(batch.document, place)):
        return _replace(batch, place, operation.value)
    return _restructure(batch, place, operation)


def _is_item(document: Document, place: Place) -> bool:
    return place.parent is not None and document.kinds[place.parent] == SEQUENCE


def _meets(batch: _Batch, place: Place) -> bool:
    if place.node is None:
        return True
    last = batch.document.close[place.node]
    return any(place.node <= touched <= last for touched in batch.touched)


def _refuse_unsafe(document: Document, place: Place, operation: Operation, *, allowed: bool) -> None:
    removes = operation.name == "remove"
    if removes and place.parent is not None and place.key is not None and has_merge_key(document, place.parent):
        raise PatchRefused(
            RefusalReason.MERGE_KEY, f"without {operation.path!r} the value of a merged mapping may show through"
        )
    inserts = operation.name == "add" and (place.node is None or _is_item(document, place))
    beside = Place(place.ancestors, place.parent, place.ordinal, None, None, place.token) if inserts else place
    refuse_shared_anchor(document, beside, allowed=allowed, removes=removes)


def _replace(batch: _Batch, place: Place, value: Json) -> _Batch:
    document = batch.document
    node = place.node if place.node is not None else 0
    if matches(document, node, value, exactly=True):
        return batch
    scalar = document.kinds[node] == SCALAR and not isinstance(value, (dict, list))
    if batch.edits and not scalar:
        raise PatchRefused(RefusalReason.UNSUPPORTED_SHAPE, "unreachable")
    batch.edits += replace_edits(document, place, value)
    batch.changes.append(Change(node, document.close[node] + 1, None, value))
    batch.touched.add(node)
    return batch if scalar else _Batch(_write(batch))


def _restructure(batch: _Batch, place: Place, operation: Operation) -> _Batch:
    document = batch.document
    if operation.name == "remove":
        node = place.node if place.node is not None else 0
        first = place.key if place.key is not None else node
        batch.edits += remove_edits(document, place)
        batch.changes.append(Change(first, document.close[node] + 1, None, None, removes=True))
        return _Batch(_write(batch))
    batch.edits += insert_edits(document, place, operation.value)
    parent = place.parent if place.parent is not None else 0
    at = document.close[parent] if place.node is None else place.node
    key = None if _is_item(document, place) else place.token
    batch.changes.append(Change(at, at, key, operation.value))
    return _Batch(_write(batch))


def _write(batch: _Batch) -> Document:
    """Splice the batch's edits, parse the result and prove that exactly the intended has changed."""
    if not batch.edits:
        return batch.document
    return verify(batch.document, apply(batch.document.text, batch.edits), batch.changes)
