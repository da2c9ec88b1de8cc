"""From an edit's description to bytes: hunks taken back, comments touched, YAML patched, and checked again."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
import pytest

from gitops_bot.clients.editing import NotEditable, NothingToChange, blob_id, make_edit, new_content, recompute, unified
from gitops_bot.model.plan import CommentTouch, FieldPatch, HunkReversal, Operation

OLD, NEW = "0" * 40, "1" * 40


class OneCommit:
    """A history in which NEW follows OLD, and merging works for files of which one line is ours."""

    def __init__(self, old: Mapping[str, bytes], new: Mapping[str, bytes], merged: bytes | None = None) -> None:
        self.files = {OLD: old, NEW: new}
        self.merged = merged

    def read(self, commit: str, path: str) -> bytes | None:
        return self.files[commit].get(path)

    def parent(self, commit: str) -> str | None:
        return OLD if commit == NEW else None

    def merge(self, *versions: bytes) -> bytes | None:
        assert len(versions) == 3
        return self.merged


REVERSAL = HunkReversal(commits=(NEW,))
CHANGED = OneCommit({"a": b"x: 1\n"}, {"a": b"x: 2\n"})


def test_an_untouched_file_goes_back_byte_for_byte() -> None:
    assert new_content("a", b"x: 2\n", REVERSAL, CHANGED) == b"x: 1\n"


def test_a_file_that_the_commit_added_goes_away() -> None:
    assert new_content("a", b"x\n", REVERSAL, OneCommit({}, {"a": b"x\n"})) is None


def test_a_file_that_the_commit_removed_comes_back() -> None:
    assert new_content("a", None, REVERSAL, OneCommit({"a": b"x\n"}, {})) == b"x\n"


def test_lines_that_changed_again_are_left_alone() -> None:
    with pytest.raises(NotEditable, match="changed again later"):
        new_content("a", b"x: 3\n", REVERSAL, CHANGED)


def test_a_file_removed_since_is_left_alone() -> None:
    with pytest.raises(NotEditable, match="added, removed or replaced"):
        new_content("a", None, REVERSAL, CHANGED)


def test_what_git_already_says_is_no_change() -> None:
    with pytest.raises(NothingToChange):
        make_edit("a", b"x: 1\n", REVERSAL, OneCommit({"a": b"x: 1\n"}, {"a": b"x: 2\n"}, merged=b"x: 1\n"))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"a: 1\n", b"a: 1\n# gitops-bot: now\n"),
        (b"a: 1", b"a: 1\n# gitops-bot: now\n"),
        (b"a: 1\r\n", b"a: 1\r\n# gitops-bot: now\r\n"),
        (b"a: 1\n# gitops-bot: then\nb: 2\n", b"a: 1\n# gitops-bot: now\nb: 2\n"),
    ],
)
def test_a_comment_is_put_at_the_end_or_renewed_in_place(before: bytes, after: bytes) -> None:
    assert new_content("a.yaml", before, CommentTouch(text="now"), CHANGED) == after


def test_json_takes_no_comment() -> None:
    with pytest.raises(NotEditable, match="holds no comments"):
        new_content("a.json", b"{}", CommentTouch(text="now"), CHANGED)


def patch_of(path: str, old: str, new: str, *inside: str) -> FieldPatch:
    operations = (Operation(op="test", path=path, value=old), Operation(op="replace", path=path, value=new))
    return FieldPatch(document=0, operations=operations, inside=inside)


def test_yaml_inside_yaml_is_edited_at_the_inner_bytes() -> None:
    before = b"helm:\n  values: |\n    tag: v2   # by hand\n    on: true\nother: 1\n"
    after = new_content("a.yaml", before, patch_of("/tag", "v2", "v1", "/helm/values"), CHANGED)
    assert after == before.replace(b"v2", b"v1")


def test_a_value_that_is_not_the_expected_one_is_refused() -> None:
    with pytest.raises(NotEditable):
        new_content("a.yaml", b"tag: v3\n", patch_of("/tag", "v2", "v1"), CHANGED)


def test_a_plan_is_computed_again_from_the_same_blobs() -> None:
    edit, after = make_edit("a", b"x: 2\n", REVERSAL, CHANGED)
    assert edit.base == blob_id(b"x: 2\n")
    assert recompute((edit,), {"a": b"x: 2\n"}, CHANGED) == {"a": after}


def test_a_plan_on_other_bytes_or_with_another_result_is_refused() -> None:
    edit, _ = make_edit("a", b"x: 2\n", REVERSAL, CHANGED)
    with pytest.raises(NotEditable, match="has changed since"):
        recompute((edit,), {"a": b"x: 9\n"}, CHANGED)
    for tampered in (msgspec.structs.replace(edit, result="f" * 40), msgspec.structs.replace(edit, diff="harmless")):
        with pytest.raises(NotEditable):
            recompute((tampered,), {"a": b"x: 2\n"}, CHANGED)


def test_blob_ids_are_gits() -> None:
    assert blob_id(b"") == "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"


def test_a_diff_shows_missing_line_ends_and_missing_files() -> None:
    assert unified("a", b"x", b"y\n") == "--- a/a\n+++ b/a\n@@ -1 +1 @@\n-x\n\\ No newline at end of file\n+y\n"
    assert unified("a", None, b"y\n").startswith("--- /dev/null\n+++ b/a\n")
