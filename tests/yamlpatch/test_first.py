from __future__ import annotations

import pytest

from gitops_bot.yamlpatch import load_documents, patch
from tests.yamlpatch.oracle import Operation, add, replace


@pytest.mark.parametrize(
    ("source", "operation", "expected"),
    [
        ("", add("", {"a": 1}), "a: 1\n"),
        ("\ufeff", add("/a", 1), "\ufeffa: 1\n"),
        ("# all defaults\n", add("/a", {"b": ["x"]}), "# all defaults\na:\n  b:\n    - x\n"),
        ("# head\n\n# a: 1\n\n", add("/a", 2), "# head\n\n# a: 1\n\na: 2\n"),
        ("# no line end", add("/a", "two\nlines\n"), '# no line end\na: "two\\nlines\\n"'),
        ("# c\r\n", add("", ["x", "on"]), '# c\r\n- x\r\n- "on"\r\n'),
        ("---\n# c\n", add("/a", 1), "---\n# c\na: 1\n"),
        ("--- # c\n...\n", add("/a", 1), "--- # c\na: 1\n...\n"),
        ("%YAML 1.2\n---\n", replace("", {"a": 1}), "%YAML 1.2\n---\na: 1\n"),
        ("", add("", []), "[]\n"),
    ],
)
def test_the_first_content_comes_below_all_comments(source: str, operation: Operation, expected: str) -> None:
    after = patch(source.encode(), 0, [operation])
    assert after.decode() == expected
    value = operation["value"]
    assert load_documents(after) == [value if operation["path"] == "" else {"a": value}]


def test_an_empty_document_between_others_is_filled_in_its_place() -> None:
    assert patch(b"a: 1\n---\n# c\n---\nb: 2\n", 1, [add("/x", 1)]) == b"a: 1\n---\n# c\nx: 1\n---\nb: 2\n"


def test_operations_after_the_first_see_what_it_wrote() -> None:
    operations = [add("/image", {"tag": "v1"}), add("/image/name", "web"), replace("/image/tag", "1e3")]
    assert patch(b"# c\n", 0, operations) == b'# c\nimage:\n  tag: "1e3"\n  name: web\n'
