"""Differences between objects: list elements are matched as Kubernetes merges them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitops_bot.model.difference import FieldChange, compare, differences
from gitops_bot.model.json import Json
from gitops_bot.model.resource import Manifest, ResourceKey

scalars = st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from(["a", "b", ""])
documents = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["name", "x", "a/b", "~"]), inner),
    max_leaves=12,
)


def container(name: str, image: str) -> dict[str, Json]:
    return {"name": name, "image": image}


def test_a_changed_leaf_has_a_pointer_and_a_label() -> None:
    before: Json = {"spec": {"containers": [container("api", "x:1"), container("log", "y:1")]}}
    after: Json = {"spec": {"containers": [container("log", "y:1"), container("api", "x:2")]}}
    assert differences(before, after) == (
        FieldChange("/spec/containers/1/image", "spec.containers[api].image", "x:1", "x:2"),
    )


def test_elements_without_a_common_name_are_matched_by_position() -> None:
    assert differences({"args": ["a", "b"]}, {"args": ["a", "c", "d"]}) == (
        FieldChange("/args/1", "args[1]", "b", "c"),
        FieldChange("/args/2", "args[2]", None, "d", absent_before=True),
    )


def test_a_missing_field_is_no_null() -> None:
    (gone,) = differences({"a": None}, {})
    assert gone.absent_after
    (came,) = differences({}, {"a": None})
    assert came.absent_before


@pytest.mark.parametrize(
    ("before", "after", "same"), [(1, True, False), (1, 1.0, True), (0, False, False), ("1", 1, False)]
)
def test_a_boolean_is_no_number(before: Json, after: Json, same: bool) -> None:
    assert (differences({"a": before}, {"a": after}) == ()) is same


def test_keys_with_slashes_are_escaped() -> None:
    (change,) = differences({"a/b": {"~": 1}}, {"a/b": {"~": 2}})
    assert change.pointer == "/a~1b/~0"


def test_duplicate_names_fall_back_to_positions() -> None:
    before: Json = [container("a", "1"), container("a", "2")]
    after: Json = [container("a", "1"), container("a", "3")]
    (change,) = differences(before, after)
    assert change.pointer == "/1/image"


@given(documents)
def test_a_document_does_not_differ_from_itself(document: Json) -> None:
    assert differences(document, document) == ()


@given(documents, documents)
def test_what_differs_is_told_in_both_directions(one: Json, other: Json) -> None:
    assert bool(differences(one, other)) is bool(differences(other, one))


def test_objects_come_go_and_change() -> None:
    def manifest(kind: str, **spec: Json) -> Manifest:
        return Manifest(ResourceKey("", kind, "n", "x"), {"spec": spec})

    changes = compare((manifest("A"), manifest("B", a=1)), (manifest("B", a=2), manifest("C")))
    assert [(change.key.kind, change.removed, change.added, len(change.fields)) for change in changes] == [
        ("A", True, False, 0),
        ("B", False, False, 1),
        ("C", False, True, 0),
    ]
