"""RFC 6902 operations → verified text edits: one parse before, one after; operations that meet are done in turn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from gitops_bot.yamlpatch.detect import is_json
from gitops_bot.yamlpatch.edits.difference import difference
from gitops_bot.yamlpatch.edits.first import first_edit, first_value, has_no_content
from gitops_bot.yamlpatch.edits.insert import insert_edits
from gitops_bot.yamlpatch.edits.operation import Operation, check_operation
from gitops_bot.yamlpatch.edits.remove import remove_edits
from gitops_bot.yamlpatch.edits.replace import replace_edits
from gitops_bot.yamlpatch.errors import PatchRefused, RefusalReason
from gitops_bot.yamlpatch.events import SCALAR, SEQUENCE, Document, parse, refuse_invalid
from gitops_bot.yamlpatch.layout import Edit, apply
from gitops_bot.yamlpatch.navigate import Place, find, merges_key, refuse_shared_anchor
from gitops_bot.yamlpatch.reading import plain_value
from gitops_bot.yamlpatch.scalars import same
from gitops_bot.yamlpatch.stream import cut_chunk, refuse_unreadable, split_documents, whole_stream
from gitops_bot.yamlpatch.verify import Change, matches, verify

_CHECK_ALL_BELOW = 256 * 1024


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

    `source` is the whole file; `document` counts its documents from 0; `operations` are dicts with `op`, `path`
    (RFC 6901) and, save for `remove`, a JSON `value`. An `add` of the root or of a key gives a file without documents
    its document 0, and a document without content its content. With `allow_shared_anchor` an anchored node may
    change although aliases use it.
    Returns the whole new file: only the bytes of the change differ, and the result was parsed again and compared.
    The stream's other documents are checked for valid YAML in files below 256 KB.
    Raises PatchRefused (with `.reason`) when that can't be had, PatchInvalid for malformed operations.
    """
    checked = [check_operation(operation) for operation in operations]
    refuse_unreadable(source)
    ranges = split_documents(source)
    if not ranges and document == 0 and checked and checked[0].name == "add":
        ranges = [whole_stream(source)]
    chunk = cut_chunk(source, ranges, document)
    if len(source) < _CHECK_ALL_BELOW and len(ranges) > 1:
        for at, (start, end) in enumerate(ranges):
            if at != document:
                refuse_invalid(source[start:end].decode())
    before = parse(chunk.text)
    after = _run(_Batch(before), checked, allow_shared_anchor=allow_shared_anchor)
    if after is before:
        return source
    if is_json(before) and not is_json(after):
        raise PatchRefused(RefusalReason.NOT_JSON, "JSON has no such value")
    view = memoryview(source)
    return b"".join((view[: chunk.start], after.text.encode(), view[chunk.end :]))


def _run(batch: _Batch, operations: Sequence[Operation], *, allow_shared_anchor: bool) -> Document:
    for operation in operations:
        batch = _perform(batch, operation, allow_shared_anchor=allow_shared_anchor)
    return _write(batch)


def _perform(batch: _Batch, operation: Operation, *, allow_shared_anchor: bool) -> _Batch:
    """One operation on the batch's document; the batch is written out first when the operation would meet it."""
    adds = operation.name == "add"
    if operation.name in {"add", "replace"} and has_no_content(batch.document):
        return _Batch(_write_first(batch.document, operation))
    if batch.edits and (operation.name not in {"test", "replace"} or isinstance(operation.value, (dict, list))):
        batch = _Batch(_write(batch))
    place = find(batch.document, operation.path, may_add=adds)
    if batch.touched and _meets(batch, place):
        batch = _Batch(_write(batch))
        place = find(batch.document, operation.path, may_add=adds)
    if operation.name == "test":
        _test(batch.document, place, operation)
        return batch
    _refuse_unsafe(batch.document, place, operation, allowed=allow_shared_anchor)
    if operation.name == "replace" or (adds and place.node is not None and not _is_item(batch.document, place)):
        return _replace(batch, place, operation, allow_shared_anchor=allow_shared_anchor)
    return _restructure(batch, place, operation)


def _write_first(document: Document, operation: Operation) -> Document:
    value = first_value(operation)
    text = apply(document.text, [first_edit(document, value)])
    return verify(document, text, [Change(0, len(document.kinds), None, value)])


def _test(document: Document, place: Place, operation: Operation) -> None:
    node = place.node
    if node is None or not (
        matches(document, node, operation.value) or same(plain_value(document, node), operation.value)
    ):
        raise PatchRefused(RefusalReason.TEST_FAILED, f"{operation.path!r} does not have the tested value")


def _is_item(document: Document, place: Place) -> bool:
    return place.parent is not None and document.kinds[place.parent] == SEQUENCE


def _meets(batch: _Batch, place: Place) -> bool:
    if place.node is None or batch.document.kinds[place.node] != SCALAR:
        return True
    return place.node in batch.touched


def _refuse_unsafe(document: Document, place: Place, operation: Operation, *, allowed: bool) -> None:
    removes = operation.name == "remove"
    if (
        removes
        and place.key is not None
        and place.parent is not None
        and merges_key(document, place.parent, place.token)
    ):
        raise PatchRefused(
            RefusalReason.MERGE_KEY, f"without {operation.path!r} the value of a merged mapping shows through"
        )
    inserts = operation.name == "add" and (place.node is None or _is_item(document, place))
    beside = Place(place.ancestors, place.parent, place.ordinal, None, None, place.token) if inserts else place
    refuse_shared_anchor(document, beside, allowed=allowed, removes=removes)


def _replace(batch: _Batch, place: Place, operation: Operation, *, allow_shared_anchor: bool) -> _Batch:
    document, value = batch.document, operation.value
    node = place.node if place.node is not None else 0
    if matches(document, node, value, exactly=True):
        return batch
    change = Change(node, document.close[node] + 1, None, value)
    if document.kinds[node] == SCALAR and not isinstance(value, (dict, list)):
        batch.edits += replace_edits(document, place, value)
        batch.changes.append(change)
        batch.touched.add(node)
        return batch
    batch = _Batch(_write(batch))
    steps = difference(document, node, operation.path, value)
    if steps is not None:
        text = _by_steps(document, steps, allow_shared_anchor=allow_shared_anchor)
        if text is not None:
            return _Batch(verify(document, text, [replace(change, keeps_keys=True)]))
    return _Batch(verify(document, apply(document.text, replace_edits(document, place, value)), [change]))


def _by_steps(document: Document, steps: list[Operation], *, allow_shared_anchor: bool) -> str | None:
    """The text after the steps; None when one of them is refused, so that the whole collection is to be rewritten."""
    try:
        return _run(_Batch(document), steps, allow_shared_anchor=allow_shared_anchor).text
    except PatchRefused:
        return None


def _restructure(batch: _Batch, place: Place, operation: Operation) -> _Batch:
    """Add or remove, written out at once."""
    document = batch.document
    if operation.name == "remove":
        node = place.node if place.node is not None else 0
        first = place.key if place.key is not None else node
        edits = remove_edits(document, place)
        change = Change(first, document.close[node] + 1, None, None, removes=True)
    else:
        edits = insert_edits(document, place, operation.value)
        parent = place.parent if place.parent is not None else 0
        at = document.close[parent] if place.node is None else place.node
        change = Change(at, at, None if _is_item(document, place) else place.token, operation.value)
    return _Batch(verify(document, apply(document.text, edits), [change]))


def _write(batch: _Batch) -> Document:
    """Splice the batch's edits, parse the result and prove that exactly the intended has changed."""
    if not batch.edits:
        return batch.document
    return verify(batch.document, apply(batch.document.text, batch.edits), batch.changes)
