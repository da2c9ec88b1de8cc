"""Documents made to cost time: each would run for minutes if work grew with the square, or worse, of its size."""

from __future__ import annotations

import pytest

from gitops_bot.yamlpatch import PatchRefused, RefusalReason, patch
from tests.yamlpatch.oracle import check, remove, replace

MANY = 5_000
ANCHORS = "".join(f"  k{at}: &a{at} v\n" for at in range(MANY))
DOUBLED = "".join(f"a{at}: &a{at} {{<<: [*a{at - 1}, *a{at - 1}]}}\n" for at in range(1, 60))


def test_many_anchors_are_looked_up_once() -> None:
    source = f"a:\n{ANCHORS}b: 1\n".encode()
    assert patch(source, 0, [remove("/a")]) == b"b: 1\n"
    shared = source + f"c: *a{MANY - 1}\n".encode()
    with pytest.raises(PatchRefused) as refusal:
        patch(shared, 0, [remove("/a")])
    assert refusal.value.reason is RefusalReason.SHARED_ANCHOR


def test_merge_keys_that_double_at_each_level_are_walked_once() -> None:
    source = f"a0: &a0 {{x: 1}}\n{DOUBLED}z: {{<<: *a59, q: 1}}\n".encode()
    assert patch(source, 0, [remove("/z/q")]) == source.replace(b", q: 1", b"")
    with pytest.raises(PatchRefused) as refusal:
        patch(source, 0, [replace("/z/x", 2)])
    assert refusal.value.reason is RefusalReason.MERGE_KEY


def test_aliases_that_multiply_are_not_written_out_without_end() -> None:
    source = f"a0: &a0 {{x: 1}}\n{DOUBLED}z: 1\n".encode()
    assert patch(source, 0, [replace("/z", 2)]) == source.replace(b"z: 1", b"z: 2")
    with pytest.raises(PatchRefused) as refusal:
        patch(source, 0, [check("/a59", {"x": 2})])
    assert refusal.value.reason in {RefusalReason.UNSUPPORTED_SHAPE, RefusalReason.TEST_FAILED}


def test_a_key_named_like_that_of_sops_is_looked_into_once() -> None:
    source = ('{"a": 1,\n' + '"x": {"sops": 1},\n' * MANY + '"b": 1}').encode()
    assert patch(source, 0, [replace("/b", 2)]).endswith(b'"b": 2}')
