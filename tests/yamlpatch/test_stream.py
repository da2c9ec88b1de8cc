from __future__ import annotations

import pytest

from gitops_bot.yamlpatch import load_documents, patch
from tests.yamlpatch.oracle import patched, replace


@pytest.mark.parametrize(
    ("source", "documents"),
    [
        ("", []),
        ("# nothing\n\n", []),
        ("a: 1\n", [{"a": 1}]),
        ("---\na: 1\n", [{"a": 1}]),
        ("a: 1\n---\nb: 2\n", [{"a": 1}, {"b": 2}]),
        ("---\n---\na: 1\n", [None, {"a": 1}]),
        ("a: 1\n---\n", [{"a": 1}, None]),
        ("a: 1\n---\n# only a comment\n---\nb: 2\n", [{"a": 1}, None, {"b": 2}]),
        ("a: 1\n...\n", [{"a": 1}]),
        ("a: 1\n...\n# end\n", [{"a": 1}]),
        ("a: 1\n...\n---\nb: 2\n...\n", [{"a": 1}, {"b": 2}]),
        ("a: 1\n...\nb: 2\n", [{"a": 1}, {"b": 2}]),
        ("%YAML 1.2\n---\na: 1\n...\n%YAML 1.2\n---\nb: 2\n", [{"a": 1}, {"b": 2}]),
        ("# head\n---\na: 1\n", [{"a": 1}]),
        ("--- one\n--- two\n", ["one", "two"]),
        ("a: |\n  ---\n  x\n---\nb: 2\n", [{"a": "---\nx\n"}, {"b": 2}]),
        ("a: |\n  x\n---\nb: 2\n", [{"a": "x\n"}, {"b": 2}]),
        ("a: x\n ---\n---\nb: 2\n", [{"a": "x ---"}, {"b": 2}]),
        ("---a: 1\n", [{"---a": 1}]),
        ("\ufeff---\na: 1\n---\nb: 1\n", [{"a": 1}, {"b": 1}]),
        ("\ufeffa: 1", [{"a": 1}]),
        ("a: 1\r\n---\r\nb: 2\r\n", [{"a": 1}, {"b": 2}]),
    ],
)
def test_documents_are_counted_as_yaml_counts_them(source: str, documents: list[object]) -> None:
    assert load_documents(source.encode()) == documents


def test_only_the_bytes_of_the_one_document_are_touched() -> None:
    source = "# head\n---\na: 1\n--- # second\na: 1 # c\n...\n%YAML 1.2\n---\na: 1\n"
    assert patched(source, replace("/a", 2), document=1).decode() == source.replace("a: 1 # c", "a: 2 # c")
    assert patched(source, replace("/a", 2), document=2).decode() == source[:-2] + "2\n"


def test_a_stream_of_100_000_lines_changes_in_one_place() -> None:
    one = b"---\nkind: ConfigMap\ndata:\n" + b"".join(b"  key%d: value\n" % at for at in range(97))
    source = one * 1000
    after = patch(source, 777, [replace("/data/key42", "other")])
    start = 777 * len(one)
    assert after[:start] == source[:start]
    assert after[start : start + len(one)] == one.replace(b"key42: value", b"key42: other")
    assert after[start + len(one) :] == source[start + len(one) :]
