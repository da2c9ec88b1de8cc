from __future__ import annotations

import pytest

from tests.yamlpatch.oracle import add, patched


@pytest.mark.parametrize(
    ("source", "pointer", "value", "expected"),
    [
        ("a: 1\n", "/b", 2, "a: 1\nb: 2\n"),
        ("a: 1", "/b", 2, "a: 1\nb: 2"),
        ("a: 1\r\nb: 2\r\n", "/c", 3, "a: 1\r\nb: 2\r\nc: 3\r\n"),
        ("a: 1 # c\n\n# about nothing\n", "/b", 2, "a: 1 # c\nb: 2\n\n# about nothing\n"),
        ("a:\n  x: 1\n  # trailing\nb: 2\n", "/a/w", 2, "a:\n  x: 1\n  w: 2\n  # trailing\nb: 2\n"),
        ("a:\n  x: |\n    text\n\n\nb: 2\n", "/a/w", 2, "a:\n  x: |\n    text\n  w: 2\n\n\nb: 2\n"),
        ("a:\n  x: |+\n    text\n\nb: 2\n", "/a/w", 2, "a:\n  x: |+\n    text\n\n  w: 2\nb: 2\n"),
        ("a:\n  x: |\n    text", "/a/w", 2, "a:\n  x: |-\n    text\n  w: 2"),
        ("a:\n  x: [1,\n    2]\nb: 2\n", "/a/w", 2, "a:\n  x: [1,\n    2]\n  w: 2\nb: 2\n"),
        (
            "a:\n    x:\n        w: 1\n",
            "/a/z",
            {"u": {"v": 1}},
            "a:\n    x:\n        w: 1\n    z:\n        u:\n            v: 1\n",
        ),
        ("- a: 1\n  b: 2\n", "/0/c", 3, "- a: 1\n  b: 2\n  c: 3\n"),
        ("-   a: 1\n", "/0/c", 3, "-   a: 1\n    c: 3\n"),
        ("a:\n  x:\nb: 1\n", "/a/w", 2, "a:\n  x:\n  w: 2\nb: 1\n"),
        ("---\na: 1\n---\nb: 2\n", "/c", 3, "---\na: 1\nc: 3\n---\nb: 2\n"),
        ("%YAML 1.2\n---\na: 1\n...\n", "/c", 3, "%YAML 1.2\n---\na: 1\nc: 3\n...\n"),
        ("a: 1\n", "/yes", "no", 'a: 1\n"yes": "no"\n'),
        ("a: 1\n", "/x~1y~0z", {}, "a: 1\nx/y~z: {}\n"),
        ("a: 1\n", "/b", "two\nlines\n", "a: 1\nb: |\n  two\n  lines\n"),
        ("a: 1\n    # deep\n", "/b", "two\nlines\n", 'a: 1\nb: "two\\nlines\\n"\n    # deep\n'),
        ("a: 'x'\nb: 'y'\n", "/c", "z", "a: 'x'\nb: 'y'\nc: z\n"),
        ("? a\n: 1\n? b\n", "/c", 2, "? a\n: 1\n? b\nc: 2\n"),
    ],
)
def test_an_entry_comes_after_the_last_leaf(source: str, pointer: str, value: object, expected: str) -> None:
    assert patched(source, add(pointer, value)).decode() == expected


@pytest.mark.parametrize(
    ("source", "pointer", "value", "expected"),
    [
        ("a:\n- 1\n- 2\nb: 3\n", "/a/-", 9, "a:\n- 1\n- 2\n- 9\nb: 3\n"),
        ("a:\n  - 1\n  - 2\nb: 3\n", "/a/2", 9, "a:\n  - 1\n  - 2\n  - 9\nb: 3\n"),
        ("a:\n- 1\n# two\n- 2\n", "/a/1", 9, "a:\n- 1\n- 9\n# two\n- 2\n"),
        ("a:\n# one\n- 1\n", "/a/0", 9, "a:\n- 9\n# one\n- 1\n"),
        ("- - 1\n  - 2\n", "/0/0", 9, "- - 9\n  - 1\n  - 2\n"),
        ("-   1\n", "/-", 9, "-   1\n-   9\n"),
        (
            "- k: a\n  v: 1\n\n- k: b\n  v: 2\n",
            "/1",
            {"k": "c", "v": 3},
            "- k: a\n  v: 1\n- k: c\n  v: 3\n\n- k: b\n  v: 2\n",
        ),
        ("a:\n- k: x\n", "/a/-", {"k": "w", "l": [1]}, "a:\n- k: x\n- k: w\n  l:\n  - 1\n"),
        ("a:\n  - k: x\n", "/a/-", [["p"], []], "a:\n  - k: x\n  - - - p\n    - []\n"),
        ("- 'a'\n- 'b'\n", "/-", "c", "- 'a'\n- 'b'\n- 'c'\n"),
        ("- a", "/-", "b", "- a\n- b"),
        ("a:\n- 1 # c\n", "/a/-", "two\nlines\n", "a:\n- 1 # c\n- |\n  two\n  lines\n"),
    ],
)
def test_an_item_follows_the_sequences_own_style(source: str, pointer: str, value: object, expected: str) -> None:
    assert patched(source, add(pointer, value)).decode() == expected


@pytest.mark.parametrize(
    ("source", "pointer", "value", "expected"),
    [
        ("a: {}\n", "/a/b", 1, "a: {b: 1}\n"),
        ("a: [] # c\n", "/a/-", {"x": 1}, "a: [{x: 1}] # c\n"),
        ("a: [ ]\nb: 1\n", "/a/-", "x", "a: [ x ]\nb: 1\n"),
        ("a: {\n}\n", "/a/b", 1, "a: {b: 1\n}\n"),
        ("a: [b: 1]\n", "/a/0/c", 2, "a: [{b: 1, c: 2}]\n"),
        ("a: {'b':1}\n", "/a/c", 2, "a: {'b':1, 'c':2}\n"),
        ("a: {x: 1}\n", "/a/b", [1, "on"], 'a: {x: 1, b: [1, "on"]}\n'),
        ("a: { x: 1 }\n", "/a/b", 1, "a: { x: 1, b: 1 }\n"),
        ("a: [1, 2]\n", "/a/0", 9, "a: [9, 1, 2]\n"),
        ("a: [1, 2]\n", "/a/1", 9, "a: [1, 9, 2]\n"),
        ('a: ["x", "w"]\n', "/a/-", "z", 'a: ["x", "w", "z"]\n'),
        ("a: [1, 2,]\n", "/a/-", 9, "a: [1, 2, 9,]\n"),
        ("a: [\n  1, # one\n  2 # two\n]\n", "/a/-", 9, "a: [\n  1, # one\n  2, # two\n  9\n]\n"),
        ("a: [\n  1, # one\n  2, # two\n]\n", "/a/-", 9, "a: [\n  1, # one\n  2, # two\n  9,\n]\n"),
        ("a: [\n  1,\n  2\n]\n", "/a/1", 9, "a: [\n  1,\n  9,\n  2\n]\n"),
        ('{\n\t"a": 1\n}\n', "/c", {"d": [1]}, '{\n\t"a": 1,\n\t"c": {\n\t\t"d": [\n\t\t\t1\n\t\t]\n\t}\n}\n'),
        ('{"a":1,"b":2}\n', "/c", {"d": [1, 2]}, '{"a":1,"b":2,"c":{"d":[1,2]}}\n'),
        ('{\n  "a": 1\n}\n', "/c", {"d": []}, '{\n  "a": 1,\n  "c": {\n    "d": []\n  }\n}\n'),
    ],
)
def test_a_flow_collection_grows_inside_its_brackets(source: str, pointer: str, value: object, expected: str) -> None:
    assert patched(source, add(pointer, value)).decode() == expected


def test_adding_a_key_that_is_there_replaces_its_value() -> None:
    assert patched("a: 1 # c\n", add("/a", 2)) == b"a: 2 # c\n"
