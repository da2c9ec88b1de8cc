from __future__ import annotations

import math

import pytest

from gitops_bot.yamlpatch import PatchRefused, RefusalReason, load_documents, locate_node

READINGS: list[tuple[str, object]] = [
    ("yes", True), ("Off", False), ("y", True), ("true", True), ("~", None), ("", None), ("Null", None),
    ("1", 1), ("-7", -7), ("0777", 511), ("0o17", 15), ("0x1F", 31), ("0b11", 3), ("1_000", 1000), ("08", 8.0),
    ("1.5", 1.5), ("1e3", 1000.0), (".5", 0.5), ("1.", 1.0), (".inf", math.inf), ("-.INF", -math.inf),
    ("12:30:45", "12:30:45"), ("2024-01-01", "2024-01-01"), ("=", "="), ("1.2.3", "1.2.3"), ("10Gi", "10Gi"),
    ("'yes'", "yes"), ('"1"', "1"), ("|-\n  1", "1"), ("!!str 1", "1"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value"), READINGS)
def test_scalars_are_read_as_kubernetes_reads_them(text: str, value: object) -> None:
    [document] = load_documents(f"a: {text}\n".encode())
    assert isinstance(document, dict)
    assert document["a"] == value
    assert type(document["a"]) is type(value)


def test_aliases_and_merge_keys_are_resolved_and_own_keys_win() -> None:
    source = b"a: &x {k: 1, l: 2}\nb: &z {k: 3}\nc:\n  k: 9\n  <<: [*z, *x]\nd: *x\ne:\n  <<: *z\n"
    [document] = load_documents(source)
    assert document == {
        "a": {"k": 1, "l": 2}, "b": {"k": 3}, "c": {"k": 9, "l": 2}, "d": {"k": 1, "l": 2}, "e": {"k": 3},
    }  # fmt: skip


def test_keys_are_strings_as_they_are_written() -> None:
    assert load_documents(b"on: 1\n8080: 2\n~: 3\n") == [{"on": 1, "8080": 2, "~": 3}]


@pytest.mark.parametrize("source", [b"a: &x [*x]\n", b"? [a]\n: 1\n", b"a: [", b"\xff"])
def test_what_has_no_plain_value_is_refused(source: bytes) -> None:
    with pytest.raises(PatchRefused):
        load_documents(source)


def test_aliases_that_multiply_without_bound_are_refused() -> None:
    lines = ["l0: &l0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"l{at}: &l{at} [{', '.join([f'*l{at - 1}'] * 10)}]" for at in range(1, 9)]
    with pytest.raises(PatchRefused) as refusal:
        load_documents("\n".join(lines).encode())
    assert refusal.value.reason is RefusalReason.UNSUPPORTED_SHAPE


@pytest.mark.parametrize(
    ("pointer", "line", "written", "text"),
    [
        ("/a/é", 3, "'x'", "x"),
        ("/a/list/1", 6, "two", "two"),
        ("/a/text", 7, "|\n    one\n    two", "one\ntwo\n"),
        ("/a/flow", 11, "{k: v}", None),
        ("/a/none", 12, "", ""),
        ("/a/list", 5, "- one\n  - two", None),
    ],
)
def test_a_node_is_located_by_line_and_bytes(pointer: str, line: int, written: str, text: str | None) -> None:
    document = "a:\n  é: 'x' # c\n  list:\n  - one\n  - two\n  text: |\n    one\n    two\n\n  flow: {k: v}\n  none:\n"
    source = ("--- # öä\n" + document + "---\nb: 1\n").encode()
    span = locate_node(source, 0, pointer)
    assert span is not None
    assert (span.line, source[span.start : span.end].decode(), span.text) == (line, written, text)
