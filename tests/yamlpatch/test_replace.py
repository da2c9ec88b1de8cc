from __future__ import annotations

import pytest

from tests.yamlpatch.oracle import add, patched, remove, replace

HAZARDS = [
    *(
        "yes",
        "on",
        "Off",
        "y",
        "N",
        "true",
        "null",
        "~",
        "",
        "1",
        "-1",
        "+1",
        "1.5",
        "1e3",
        "1E+3",
        ".5",
        "0777",
        "0o17",
    ),
    *(
        "0x1F",
        "0b1",
        "1_000",
        "12:30:45",
        "1:30",
        "08",
        "2024-01-01",
        "2024-01-01T10:00:00Z",
        "=",
        "<<",
        ".inf",
        "-.INF",
    ),
    *(
        ".nan",
        " lead",
        "trail ",
        "a: b",
        "a #b",
        "# c",
        "- a",
        "-",
        "?",
        ":",
        "[x",
        "{y",
        "a, b]",
        "*a",
        "&a",
        "!t",
        "%d",
    ),
    *(
        "@x",
        "`x",
        "it's",
        'say "hi"',
        "---",
        "...",
        "--- a",
        "a\tb",
        "end:",
        "back\\slash",
        "{{ x }}",
        "${{ x }}",
        "|",
        ">",
    ),
    *(
        "é→😀",
        "\x07",
        "\x7f",
        "\u2028",
        "\ufeff",
        "\x85",
        "two\nlines",
        "two\nlines\n",
        "\n",
        "a\n\n\nb\n\n",
        "  ind\nx\n",
    ),
]


@pytest.mark.parametrize("value", HAZARDS)
@pytest.mark.parametrize(
    "source",
    [
        "a: old # c\nb: 1\n",
        "a: 'old' # c\nb: 1\n",
        'a: "old"\nb: 1\n',
        "a:\nb: 1\n",
        "a: 5\nb: 1\n",
        "a: |\n  old\n  text\nb: 1\n",
        "a: >-\n  old\n  text\n\nb: 1\n",
        "a: {b: old, c: 1}\n",
        '{"a": "old", "b": 1}\n',
    ],
)
def test_any_string_is_read_back_as_that_string_by_both_versions_of_yaml(source: str, value: str) -> None:
    pointer = "/a/b" if source.startswith("a: {") else "/a"
    after = patched(source, replace(pointer, value))
    assert after.endswith(source.encode()[-5:])


@pytest.mark.parametrize("value", [None, True, False, 0, -7, 10**25, 1.5, -0.0, 1e21, 1e-7, float("inf"), float("nan")])
@pytest.mark.parametrize("source", ["a: old\n", "a: '1'\n", "a: |\n  x\n", "a: [1]\n", "a:\n  b: 1\n", "a: # c\n"])
def test_other_scalars_are_written_plain_and_keep_their_type(source: str, value: object) -> None:
    after = patched(source, replace("/a", value)).decode()
    assert after.count("\n") == 1
    assert "'" not in after


@pytest.mark.parametrize(
    ("source", "value", "expected"),
    [
        ("a: v1   # note\n", "v2", "a: v2   # note\n"),
        ('a: "v1"\n', "v'2", 'a: "v\'2"\n'),
        ("a: 'v1'\n", "v'2", "a: 'v''2'\n"),
        ("a: 'v1'\n", "v\n2", 'a: "v\\n2"\n'),
        ("a: 3\n", "yes", 'a: "yes"\n'),
        ("a: 3\nb: 'x'\n", "yes", "a: 'yes'\nb: 'x'\n"),
        ('a: "3"\n', 3, "a: 3\n"),
        ("a:\n", 3, "a: 3\n"),
        ("a:   # note\n", "x", "a: x   # note\n"),
        ("a: ~\n", "x", "a: x\n"),
        ("- \n- b\n", "x", None),
        ("a: &x 1 # note\n", 2, "a: &x 2 # note\n"),
        ("a: &x # note\n", 2, "a: &x 2 # note\n"),
        ("a: one\n  two\n  three # note\n", "x", "a: x # note\n"),
        ("a:\n  one # note\n", "x", "a:\n  x # note\n"),
        ("{a, b: 1}\n", "x", "{a: x, b: 1}\n"),
        ("{a: , b: 1}\n", "x", "{a: x, b: 1}\n"),
        ("{a: 1, b: 1}\n", "x, w", '{a: "x, w", b: 1}\n'),
        ("a: 1\r\nb: 2\r\n", 3, "a: 3\r\nb: 2\r\n"),
        ("\ufeffa: 1\n", 2, "\ufeffa: 2\n"),
        ("a: 1", 2, "a: 2"),
        ("a: ${{ matrix.os }}\n", "${{ matrix.arch }}", "a: ${{ matrix.arch }}\n"),
        ("a: nginx:1.25@sha256:0a\n", "nginx:1.26@sha256:1e5", "a: nginx:1.26@sha256:1e5\n"),
        ("? a\n: b\n", "x", "? a\n: x\n"),
        ("a: one\nb: 2\n", "two\nlines\n", "a: |\n  two\n  lines\nb: 2\n"),
    ],
)
def test_a_scalar_changes_its_own_bytes_alone(source: str, value: object, expected: str | None) -> None:
    pointer = "/0" if source.startswith("-") else "/a"
    after = patched(source, replace(pointer, value)).decode()
    assert after == ("- x\n- b\n" if expected is None else expected)


@pytest.mark.parametrize(
    ("source", "value", "expected"),
    [
        ("a: |\n  x\n  w\n# c\nb: 1\n", "x\nz\n", "a: |\n  x\n  z\n# c\nb: 1\n"),
        ("a: |-  # c\n  x\nb: 1\n", "w", "a: |-  # c\n  w\nb: 1\n"),
        ("a: |\n  x\nb: 1\n", "w", "a: |-\n  w\nb: 1\n"),
        ("a: |-\n  x\nb: 1\n", "w\n", "a: |\n  w\nb: 1\n"),
        ("a: |+\n  x\n\nb: 1\n", "w\n\n", "a: |+\n  w\n\nb: 1\n"),
        ("a: |\n  x\n\n\nb: 1\n", "w\n", "a: |\n  w\n\n\nb: 1\n"),
        ("a: |2\n    x\n  w\nb: 1\n", "  x\nz\n", "a: |2\n    x\n  z\nb: 1\n"),
        ("a: |\n  x\nb: 1\n", "  x\nz\n", "a: |2\n    x\n  z\nb: 1\n"),
        ("a: |\n    x\n  \n    w\nb: 1\n", "x\n\nz\n", "a: |\n    x\n  \n    z\nb: 1\n"),
        ("- |\n x\n- b\n", "w\n", "- |\n w\n- b\n"),
        ("a: |\r\n  x\r\n  w\r\nb: 1\r\n", "x\nz\n", "a: |\r\n  x\r\n  z\r\nb: 1\r\n"),
        ("a: |\n  x", "w", "a: |\n  w"),
        (
            "a: >\n  one two\n  three\n\n  four\nb: 1\n",
            "one 2 three\nfour\n",
            "a: >\n  one 2\n  three\n\n  four\nb: 1\n",
        ),
        ("a: >-\n  one\n  two\nb: 1\n", "x\nw", "a: >-\n  x\n\n  w\nb: 1\n"),
        ("a: | # c\n  x\n  w\nb: 1\n", 5, "a: 5 # c\nb: 1\n"),
        ("a: |\n  x\nb: 1\n", "\x07", 'a: "\\u0007"\nb: 1\n'),
    ],
)
def test_a_block_scalar_stays_one_and_keeps_the_lines_that_do_not_change(
    source: str, value: object, expected: str
) -> None:
    pointer = "/0" if source.startswith("-") else "/a"
    assert patched(source, replace(pointer, value)).decode() == expected


@pytest.mark.parametrize(
    ("source", "value", "expected"),
    [
        ("a: 1 # c\nb: 2\n", {"x": {"w": [1]}}, "a: # c\n  x:\n    w:\n      - 1\nb: 2\n"),
        ("a: |\n  x\n\nb: 2\n", {"x": 1}, "a:\n  x: 1\n\nb: 2\n"),
        ("a: &k >- # c\n  x\nb: 2\n", [1], "a: &k # c\n  - 1\nb: 2\n"),
        ("a: | # c\n  x\nb: 2\n", {}, "a: {} # c\nb: 2\n"),
        ("- | # c\n x\n- 2\n", {"x": 1, "w": 2}, "- x: 1 # c\n  w: 2\n- 2\n"),
        ("a: [b: 1, c]\n", [{"b": 1, "d": 2}, "c"], "a: [{b: 1, d: 2}, c]\n"),
        ("a:\n  x: 1\n  w: 2\nb: 2\n", "z", "a: z\nb: 2\n"),
        ("a: # c\n  - 1\n  - 2\nb: 2\n", None, "a: null # c\nb: 2\n"),
        ("- x: 1\n  w: 2\n- b\n", 5, "- 5\n- b\n"),
        ("a:\n- 1\nb: 2\n", {"x": 1}, "a:\n  x: 1\nb: 2\n"),
        ("a: [1, 2] # c\n", [3], "a: [3] # c\n"),
        ("a: {x: 1}\n", {}, "a: {}\n"),
        ("a:\n  x: 1 # one\n  w: 2 # two\n", {"x": 1, "w": 3}, "a:\n  x: 1 # one\n  w: 3 # two\n"),
        ("a:\n  x: 1 # one\n  w: 2 # two\n", {"x": 1, "z": 3}, "a:\n  x: 1 # one\n  z: 3\n"),
        ("a:\n- x # one\n- y # two\n- z\n", ["x", "z"], "a:\n- x # one\n- z\n"),
        ("a:\n- x # one\n- z\n", ["x", "w", "z"], "a:\n- x # one\n- w\n- z\n"),
        ("a:\n- {k: x, v: 1}\n- {k: w, v: 2}\n", [{"k": "x", "v": 1}, {"k": "w", "v": 3}], None),
    ],
)
def test_a_collection_is_replaced_with_as_few_lines_as_possible(
    source: str, value: object, expected: str | None
) -> None:
    after = patched(source, replace("/a" if source[0] == "a" else "/0", value)).decode()
    assert after == (expected or "a:\n- {k: x, v: 1}\n- {k: w, v: 3}\n")


def test_the_document_itself_can_be_replaced() -> None:
    assert patched("a: 1 # c\nb: 2\n", replace("", {"a": 1, "b": 3})) == b"a: 1 # c\nb: 3\n"
    assert patched("--- one\n", replace("", "two")) == b"--- two\n"
    assert patched("a: 1\n", replace("", [1, 2])) == b"- 1\n- 2\n"


def test_several_operations_see_the_result_of_those_before_them() -> None:
    operations = [replace("/a/x", 2), add("/a/w", [1]), replace("/a/w/0", 5), remove("/b"), add("/a/w/-", "on")]
    assert patched("a:\n  x: 1\nb: 3\n", *operations) == b'a:\n  x: 2\n  w:\n    - 5\n    - "on"\n'


def test_the_value_that_is_there_already_changes_nothing() -> None:
    source = "a: 0x10\nb: |\n  x\nc: {d: [1]}\n"
    assert patched(source, replace("/a", 16), replace("/b", "x\n"), replace("/c", {"d": [1]})) == source.encode()
