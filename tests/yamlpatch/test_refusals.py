from __future__ import annotations

import pytest

from gitops_bot.yamlpatch import PatchInvalid, PatchRefused, RefusalReason, YamlPatchError, locate_node, patch
from tests.yamlpatch.oracle import Operation, add, check, patched, remove, replace

REFUSED: list[tuple[str, Operation, RefusalReason]] = [
    ("a: 1\nsops:\n  mac: ENC[AES256_GCM,data:x]\n", replace("/a", 2), RefusalReason.SOPS),
    ("a: ENC[AES256_GCM,data:xyz,type:str]\n", replace("/a", 2), RefusalReason.SOPS),
    ("a: 1\n---\nb: 1\nsops:\n  lastmodified: x\n", replace("/a", 2), RefusalReason.SOPS),
    ('{"a": 1, "sops": {"version": "3.8"}}', replace("/a", 2), RefusalReason.SOPS),
    ("a: [1\n", replace("/a", 2), RefusalReason.INVALID_YAML),
    ("a: *nowhere\n", replace("/a", 2), RefusalReason.INVALID_YAML),
    ("\ta: 1\n", replace("/a", 2), RefusalReason.INVALID_YAML),
    ("a: 1\n---\nb: [\n", replace("/a", 2), RefusalReason.INVALID_YAML),
    ("a: {{ .Values.a }}\nb: 1\n", replace("/b", 2), RefusalReason.TEMPLATE),
    ("{{- if .Values.a }}\nb: 1\n{{- end }}\n", replace("/b", 2), RefusalReason.TEMPLATE),
    ("a: {{ x }}-suffix\nb: 1\n", replace("/b", 2), RefusalReason.TEMPLATE),
    ("a: 1\n---\nb: {{ x }}\n", replace("/a", 2), RefusalReason.TEMPLATE),
    ("a: 1\n---\nb: {{ x }}-y\n", replace("/a", 2), RefusalReason.TEMPLATE),
    ("a: 1\n", replace("/b", 2), RefusalReason.POINTER_NOT_FOUND),
    ("a: 1\n", replace("/a/b", 2), RefusalReason.POINTER_NOT_FOUND),
    ("a: [1]\n", replace("/a/1", 2), RefusalReason.POINTER_NOT_FOUND),
    ("a: [1]\n", replace("/a/01", 2), RefusalReason.POINTER_NOT_FOUND),
    ("a: [1]\n", replace("/a/-", 2), RefusalReason.POINTER_NOT_FOUND),
    ("a: [1]\n", add("/a/2", 2), RefusalReason.POINTER_NOT_FOUND),
    ("a: [1]\n", add("/a/x", 2), RefusalReason.POINTER_NOT_FOUND),
    ("a:\n", add("/a/x", 2), RefusalReason.POINTER_NOT_FOUND),
    ("a: 1\n", add("/b/x", 2), RefusalReason.POINTER_NOT_FOUND),
    ("a: 1\n", remove("/b"), RefusalReason.POINTER_NOT_FOUND),
    ("a: 1\n", check("/a", 2), RefusalReason.TEST_FAILED),
    ("a: '1'\n", check("/a", 1), RefusalReason.TEST_FAILED),
    ("a: true\n", check("/a", 1), RefusalReason.TEST_FAILED),
    ("a: 1\na: 2\n", replace("/a", 3), RefusalReason.DUPLICATE_KEY),
    ("a:\n  x: 1\na:\n  x: 2\n", replace("/a/x", 3), RefusalReason.DUPLICATE_KEY),
    ("a: &x\n  b: 1\nc: *x\n", replace("/c/b", 2), RefusalReason.ALIAS),
    ("a: &x 1\nc: *x\n", replace("/c", 2), RefusalReason.ALIAS),
    ("a: &x\n  b: 1\nc: *x\n", add("/c/d", 2), RefusalReason.ALIAS),
    ("a: &x\n  b: 1\nc:\n  <<: *x\n", replace("/c/b", 2), RefusalReason.MERGE_KEY),
    ("a: &x\n  b: 1\nc:\n  <<: *x\n", replace("/c/<</b", 2), RefusalReason.MERGE_KEY),
    ("a: &x\n  b: 1\nc:\n  <<: [*x]\n  b: 2\n", remove("/c/b"), RefusalReason.MERGE_KEY),
    ("a: &x\n  b: 1\nc: *x\n", replace("/a/b", 2), RefusalReason.SHARED_ANCHOR),
    ("a: &x\n  b: 1\nc: *x\n", add("/a/d", 2), RefusalReason.SHARED_ANCHOR),
    ("a: &x 1\nc: *x\n", remove("/a"), RefusalReason.SHARED_ANCHOR),
    ("a:\n  b: &x 1\nc: *x\n", replace("/a", 5), RefusalReason.SHARED_ANCHOR),
    ("a:\n- &x 1\n- 2\nc: *x\n", remove("/a/0"), RefusalReason.SHARED_ANCHOR),
    ("a: !!str 1\n", replace("/a", "2"), RefusalReason.EXPLICIT_TAG),
    ("a: !Ref b\n", replace("/a", "2"), RefusalReason.EXPLICIT_TAG),
    ("a: !Join\n- x\n- z\n", replace("/a/0", "2"), RefusalReason.EXPLICIT_TAG),
    ("? a\n: 1\n?\n  b\n: 2\n", remove("/b"), RefusalReason.UNSUPPORTED_SHAPE),
    ("? a\n: 1\n? b\n", replace("/b", 2), RefusalReason.UNSUPPORTED_SHAPE),
    ("---\n# c\n", replace("/a", 2), RefusalReason.POINTER_NOT_FOUND),
    ("---\n# c\n", add("/a/b", 2), RefusalReason.POINTER_NOT_FOUND),
    ("", add("/-", 2), RefusalReason.POINTER_NOT_FOUND),
    ("# c\n", add("/0", 2), RefusalReason.POINTER_NOT_FOUND),
    ("# c\n", replace("", {}), RefusalReason.DOCUMENT_NOT_FOUND),
    ("# c\n", check("", None), RefusalReason.DOCUMENT_NOT_FOUND),
    ("a: 1\n", remove(""), RefusalReason.UNSUPPORTED_SHAPE),
    ("a: " + "[" * 300 + "]" * 300 + "\n", remove("/a"), RefusalReason.UNSUPPORTED_SHAPE),
    ('{"a": 1}\n', replace("/a", float("inf")), RefusalReason.NOT_JSON),
]


@pytest.mark.parametrize(("source", "operation", "reason"), REFUSED)
def test_a_shape_that_can_not_be_edited_is_refused_by_name(
    source: str, operation: Operation, reason: RefusalReason
) -> None:
    with pytest.raises(PatchRefused) as refusal:
        patch(source.encode(), 0, [operation])
    assert refusal.value.reason is reason
    assert str(refusal.value).startswith(reason.value)


@pytest.mark.parametrize("document", [-1, 2, 99])
def test_a_document_that_is_not_there_is_refused(document: int) -> None:
    with pytest.raises(PatchRefused) as refusal:
        patch(b"a: 1\n---\nb: 2\n", document, [])
    assert refusal.value.reason is RefusalReason.DOCUMENT_NOT_FOUND


def test_a_document_beyond_the_first_is_not_there_in_an_empty_file() -> None:
    with pytest.raises(PatchRefused) as refusal:
        patch(b"# c\n", 1, [add("/a", 1)])
    assert refusal.value.reason is RefusalReason.DOCUMENT_NOT_FOUND


@pytest.mark.parametrize("source", [b"a: \xff\n", "a: 1\n".encode("utf-16"), b"a: caf\xe9\n"])
def test_what_is_not_utf_8_is_refused(source: bytes) -> None:
    with pytest.raises(PatchRefused) as refusal:
        patch(source, 0, [replace("/a", 2)])
    assert refusal.value.reason is RefusalReason.NOT_UTF8


def test_every_reason_but_the_last_resort_has_a_case() -> None:
    covered = {reason for _, _, reason in REFUSED}
    others = {RefusalReason.NOT_UTF8, RefusalReason.NOT_VERIFIED}
    assert covered | others == set(RefusalReason)


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "move", "from": "/a", "path": "/b"},
        {"op": "replace", "path": "a", "value": 1},
        {"op": "replace", "path": "/a~2", "value": 1},
        {"op": "replace", "path": "/a"},
        {"op": "replace", "value": 1},
        {"op": "add", "path": "/a", "value": {1: 2}},
        {"op": "add", "path": "/a", "value": object()},
        {"op": "add", "path": "/a", "value": "\ud800"},
        {"op": "add", "path": "/a", "value": 1 << 20_000},
        "replace",
    ],
)
def test_a_malformed_operation_is_an_error_of_its_own(operation: object) -> None:
    with pytest.raises(PatchInvalid):
        patch(b"a: 1\n", 0, [operation])  # type: ignore[list-item]
    assert issubclass(PatchInvalid, YamlPatchError)


def test_an_anchored_node_changes_for_all_its_aliases_when_the_caller_allows_it() -> None:
    source = b"a: &x\n  b: 1 # c\nc: *x\nd:\n  <<: *x\n"
    after = patch(source, 0, [replace("/a/b", 2)], allow_shared_anchor=True)
    assert after == source.replace(b"1", b"2")


def test_an_anchor_without_aliases_and_one_named_again_later_are_free_to_change() -> None:
    assert patched("a: &x 1\nb: &z 2\nc: *z\n", replace("/a", 3)) == b"a: &x 3\nb: &z 2\nc: *z\n"
    with pytest.raises(PatchRefused):
        patch(b"a: &x 1\nb: &x 2\nc: *x\n", 0, [replace("/b", 3)])
    assert patch(b"a: &x 1\nb: &x 2\nc: *x\n", 0, [replace("/a", 3)]) == b"a: &x 3\nb: &x 2\nc: *x\n"


@pytest.mark.parametrize(
    ("source", "operation", "expected"),
    [
        ("a: 1\na: 2\nb: 3\n", replace("/b", 4), "a: 1\na: 2\nb: 4\n"),
        ("a: !Ref x\nb: !Join [1]\nc: 3\n", replace("/c", 4), "a: !Ref x\nb: !Join [1]\nc: 4\n"),
        ("a: &x {k: 1}\nb:\n  <<: *x\n  c: 3\n", replace("/b/c", 4), "a: &x {k: 1}\nb:\n  <<: *x\n  c: 4\n"),
        ("a: &x {k: 1}\nb:\n  <<: *x\n  c: 3\n", remove("/b/c"), "a: &x {k: 1}\nb:\n  <<: *x\n"),
        ("a: '{{ x }}'\nb: x-{{ z }}\n", replace("/b", "v"), "a: '{{ x }}'\nb: v\n"),
        ("a: |\n  {{ if x }}\nb: 1\n", replace("/b", 2), "a: |\n  {{ if x }}\nb: 2\n"),
        ("sops:\n  enabled: true\nb: 1\n", replace("/b", 2), "sops:\n  enabled: true\nb: 2\n"),
    ],
)
def test_a_hazard_elsewhere_in_the_document_does_not_hinder(source: str, operation: Operation, expected: str) -> None:
    assert patch(source.encode(), 0, [operation]).decode() == expected


def test_a_refusal_on_the_way_to_a_node_is_raised_by_the_locator_too_but_a_missing_node_is_none() -> None:
    assert locate_node(b"a: 1\n", 0, "/b") is None
    with pytest.raises(PatchRefused):
        locate_node(b"a: &x {b: 1}\nc: *x\n", 0, "/c/b")
