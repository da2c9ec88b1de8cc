"""Random edits of generated documents, each checked by a second parser, by jsonpatch and for what else has changed."""

from __future__ import annotations

import copy
from typing import cast

import jsonpatch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gitops_bot.yamlpatch import PatchRefused, load_documents, locate_node, patch
from tests.yamlpatch import styles
from tests.yamlpatch.oracle import Operation, changed, read, same

_EXAMPLES = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)


def pointers(value: object, prefix: str = "") -> list[tuple[str, object]]:
    """All pointers into a value, with what they lead to."""
    found = [(prefix, value)]
    if isinstance(value, dict):
        for key, item in value.items():
            found += pointers(item, f"{prefix}/{key.replace('~', '~0').replace('/', '~1')}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            found += pointers(item, f"{prefix}/{index}")
    return found


@st.composite
def edits(draw: st.DrawFn) -> tuple[bytes, list[object], int, Operation]:
    source, documents = draw(styles.streams())
    at = draw(st.integers(0, len(documents) - 1))
    places = pointers(documents[at])
    inner = places[1:] or places
    kind = draw(st.sampled_from(["replace", "remove", "add"]))
    if kind == "remove" and len(places) > 1:
        return source, documents, at, {"op": "remove", "path": draw(st.sampled_from(inner))[0]}
    value = draw(styles.values)
    collections = [place for place in places if isinstance(place[1], (dict, list))]
    if kind == "add":
        pointer, parent = draw(st.sampled_from(collections))
        token = draw(styles.keys) if isinstance(parent, dict) else draw(st.sampled_from(["-", "0", str(len(parent))]))
        path = f"{pointer}/{token.replace('~', '~0').replace('/', '~1')}"
        return source, documents, at, {"op": "add", "path": path, "value": value}
    return source, documents, at, {"op": "replace", "path": draw(st.sampled_from(inner))[0], "value": value}


@given(edits())
@_EXAMPLES
def test_the_result_is_what_jsonpatch_makes_of_the_document(edit: tuple[bytes, list[object], int, Operation]) -> None:
    source, documents, at, operation = edit
    after = patch(source, at, [operation])
    expected = list(documents)
    expected[at] = cast("object", jsonpatch.apply_patch(copy.deepcopy(documents[at]), [operation]))
    assert same(read(after), expected)
    assert same(load_documents(after), expected)
    gone, put = changed(source, after)
    assert source.count(b"\xef\xbb\xbf") == after.count(b"\xef\xbb\xbf")
    if b"\r\n" in source and b"\n" not in source.replace(b"\r\n", b""):
        assert b"\n" not in after.replace(b"\r\n", b"")
    if operation["op"] == "remove" and not put:
        assert gone[0].strip()
        assert gone[-1].strip()


@given(edits(), st.data())
@_EXAMPLES
def test_many_operations_equal_the_same_operations_one_by_one(
    edit: tuple[bytes, list[object], int, Operation], data: st.DataObject
) -> None:
    source, _, at, first = edit
    once = patch(source, at, [first])
    between = load_documents(once)[at]
    places = pointers(between)
    second: Operation = {
        "op": "replace",
        "path": data.draw(st.sampled_from(places))[0],
        "value": data.draw(styles.leaves),
    }
    try:
        expected = patch(once, at, [second])
    except PatchRefused:
        return
    assert patch(source, at, [first, second]) == expected


@given(styles.streams())
@_EXAMPLES
def test_a_document_reads_as_the_value_that_was_written(stream: tuple[bytes, list[object]]) -> None:
    source, documents = stream
    assert same(load_documents(source), documents)
    for at, document in enumerate(documents):
        for pointer, value in pointers(document):
            span = locate_node(source, at, pointer)
            assert span is not None
            assert source[: span.start].count(b"\n") + 1 == span.line
            assert (span.text is None) == isinstance(value, (dict, list))
            assert patch(source, at, [{"op": "test", "path": pointer, "value": value}]) == source


@given(edits())
@_EXAMPLES
def test_what_is_added_to_a_block_leaves_no_trace_when_it_is_removed(
    edit: tuple[bytes, list[object], int, Operation],
) -> None:
    source, documents, at, operation = edit
    path = str(operation["path"])
    if operation["op"] != "add" or not source.endswith(b"\n") or path in dict(pointers(documents[at])):
        return
    parent = dict(pointers(documents[at]))[path.rpartition("/")[0]]
    if not parent:
        return
    if isinstance(parent, list):
        path = path.removesuffix("/-") + f"/{len(parent)}" if path.endswith("/-") else path
    assert patch(patch(source, at, [operation]), at, [{"op": "remove", "path": path}]) == source


@given(styles.streams())
@_EXAMPLES
def test_a_value_replaced_by_itself_changes_no_byte(stream: tuple[bytes, list[object]]) -> None:
    source, documents = stream
    for at, document in enumerate(documents):
        for pointer, value in pointers(document):
            assert patch(source, at, [{"op": "replace", "path": pointer, "value": value}]) == source
