from __future__ import annotations

import pytest

from tests.yamlpatch.oracle import patched, remove


@pytest.mark.parametrize(
    ("source", "pointer", "expected"),
    [
        ("a: 1\nb: 2\nc: 3\n", "/b", "a: 1\nc: 3\n"),
        ("a: 1\n# about b\n# more\nb: 2\n# about c\nc: 3\n", "/b", "a: 1\n# about c\nc: 3\n"),
        ("a: 1\n# apart\n\n# about b\nb: 2\nc: 3\n", "/b", "a: 1\n# apart\n\nc: 3\n"),
        ("a:\n  x: 1\n    # deeper\n  w: 2\n", "/a/w", "a:\n  x: 1\n    # deeper\n"),
        ("a: 1\n\nb: 2\n\nc: 3\n", "/b", "a: 1\n\n\nc: 3\n"),
        ("a: |\n  # text\nb: 2\n", "/b", "a: |\n  # text\n"),
        ("a: 1\nb:\n  x: |\n    text\n\nc: 3\n", "/b", "a: 1\n\nc: 3\n"),
        ("a: 1\nb: [1,\n  2]\nc: 3\n", "/b", "a: 1\nc: 3\n"),
        ("a: 1\r\nb: 2\r\nc: 3\r\n", "/b", "a: 1\r\nc: 3\r\n"),
        ("a: 1\nb: 2", "/b", "a: 1\n"),
        ("# Copyright of the file\na: 1\nb: 2\n", "/a", "# Copyright of the file\nb: 2\n"),
        ("# about a\n# and how\n# and why\na: 1\nb: 2\n", "/a", "b: 2\n"),
        ("- a\n# two\n- b\n- c\n", "/1", "- a\n- c\n"),
        ("- k: a\n  v: 1\n- k: b\n", "/0", "- k: b\n"),
        ("- k: a\n  v: 1\n- k: b\n", "/0/k", "- v: 1\n- k: b\n"),
        ("- k: a # c\n\n  v: 1\n", "/0/k", "-\n\n  v: 1\n"),
        ("- k: a\n  # about v\n  v: 1\n", "/0/k", "-\n  # about v\n  v: 1\n"),
        ("- - a\n  - b\n", "/0/0", "- - b\n"),
        ("-\n  - a\n  - b\n", "/0/0", "-\n  - b\n"),
        ("? a\n: 1\n? b\n: 2\n", "/b", "? a\n: 1\n"),
        ("a:\n-\n- b\n", "/a/0", "a:\n- b\n"),
        ("a:\n- x\n---\nb: 1\n", "/a/0", "a: []\n---\nb: 1\n"),
    ],
)
def test_one_run_of_lines_goes_with_its_own_comment_and_no_blank_line(source: str, pointer: str, expected: str) -> None:
    assert patched(source, remove(pointer)).decode() == expected


@pytest.mark.parametrize(
    ("source", "pointer", "expected"),
    [
        ("a:\n  x: 1\nb: 2\n", "/a/x", "a: {}\nb: 2\n"),
        ("a: # c\n  # about x\n  x: 1\nb: 2\n", "/a/x", "a: {} # c\nb: 2\n"),
        ("a:\n- x\nb: 2\n", "/a/0", "a: []\nb: 2\n"),
        ("a: &k\n  x: 1\nb: 2\n", "/a/x", "a: &k {}\nb: 2\n"),
        ("a: 1\n", "/a", "{}\n"),
        ("---\na: 1\n...\n", "/a", "---\n{}\n...\n"),
        ("- a: 1\n- b\n", "/0/a", "- {}\n- b\n"),
        ("- - a\n", "/0/0", "- []\n"),
        ("a:\n  x: 1", "/a/x", "a: {}\n"),
        ('"a#b":\n  "x: w": 1\n', "/a#b/x: w", '"a#b": {}\n'),
    ],
)
def test_an_emptied_parent_is_written_as_empty(source: str, pointer: str, expected: str) -> None:
    assert patched(source, remove(pointer)).decode() == expected


@pytest.mark.parametrize(
    ("source", "pointer", "expected"),
    [
        ("a: [1, 2, 3]\n", "/a/0", "a: [2, 3]\n"),
        ("a: [1, 2, 3]\n", "/a/1", "a: [1, 3]\n"),
        ("a: [1, 2, 3] # c\n", "/a/2", "a: [1, 2] # c\n"),
        ("a: { x: 1 }\n", "/a/x", "a: {}\n"),
        ("a: [b: 1, c]\n", "/a/0/b", "a: [{}, c]\n"),
        ("a: [b: 1, c]\n", "/a/0", "a: [c]\n"),
        ("a: {x: 1, w: 2}\n", "/a/w", "a: {x: 1}\n"),
        ("a: [\n  1, # one\n  # about two\n  2, # two\n  3\n]\n", "/a/1", "a: [\n  1, # one\n  3\n]\n"),
        ("a: [\n  1, # one\n  2 # two\n]\n", "/a/1", "a: [\n  1 # one\n]\n"),
        ("a: [\n  1,\n  2\n]\n", "/a/1", "a: [\n  1\n]\n"),
        ("a: [\n  1,\n\n  2]\n", "/a/1", "a: [\n  1\n\n  ]\n"),
        ('{"a": 1,\n "b": 2}\n', "/b", '{"a": 1}\n'),
        ('{\n  "a": 1,\n  "b": {\n    "c": 1\n  }\n}\n', "/b", '{\n  "a": 1\n}\n'),
        ('{\n  "a": 1,\n  "b": {\n    "c": 1\n  }\n}\n', "/b/c", '{\n  "a": 1,\n  "b": {}\n}\n'),
    ],
)
def test_a_flow_collection_shrinks_inside_its_brackets(source: str, pointer: str, expected: str) -> None:
    assert patched(source, remove(pointer)).decode() == expected
