"""From an edit's description to the file's new bytes: the one place where a plan becomes content.

`locate` computes an edit here when it plans, and `apply` computes it here again, from the same blobs, before it writes.
"""

from __future__ import annotations

import difflib
import hashlib
import os
import re
from collections.abc import Mapping
from typing import Protocol

import msgspec

from gitops_bot.model.difference import differences
from gitops_bot.model.json import Json, at
from gitops_bot.model.plan import CommentTouch, Edit, FieldPatch, HunkReversal
from gitops_bot.redaction import Redactor

COMMENT_TAG = "# gitops-bot: "
DIFF_CONTEXT = 3
BINARY_WINDOW = 8000  # where Git looks for a NUL byte


class NotEditable(Exception):
    """The described change cannot be made on these bytes; `reason` says why, for people."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class NothingToChange(NotEditable):
    """The file already says what the change would make it say."""


class History(Protocol):
    """What of a Git repository is needed to take hunks back."""

    def read(self, commit: str, path: str) -> bytes | None:
        """Return the file's bytes at a commit, None where it is not there."""

    def parent(self, commit: str) -> str | None:
        """Return the first parent, None for a root commit."""

    def merge(self, ours: bytes, base: bytes, theirs: bytes) -> bytes | None:
        """Return the three-way merge, None at a conflict."""


def new_content(
    path: str, before: bytes | None, change: FieldPatch | HunkReversal | CommentTouch, history: History
) -> bytes | None:
    """Return the bytes that `change` makes of `before` (None: the file goes away, or was not there).

    Raises NotEditable where the change does not fit these bytes.
    """
    if isinstance(change, HunkReversal):
        content = before
        for commit in change.commits:
            content = _reverse(path, content, commit, history)
        return content
    if before is None:
        raise NotEditable(f"{path} is not there")
    if isinstance(change, CommentTouch):
        return touch(path, before, change.text)
    return _patch(path, before, change)


def _reverse(path: str, content: bytes | None, commit: str, history: History) -> bytes | None:
    parent = history.parent(commit)
    new = history.read(commit, path)
    old = history.read(parent, path) if parent else None
    if any(version is not None and is_encrypted(version) for version in (content, new, old)):
        raise NotEditable(
            f"{path} is encrypted with SOPS: what an older version holds cannot be read here and may be revoked, and "
            " lines of two versions do not decrypt together"
        )
    if content == new:
        return old
    if content is None or new is None or old is None:
        raise NotEditable(f"{path} was added, removed or replaced after {commit[:7]}")
    merged = history.merge(content, new, old)
    if merged is None:
        raise NotEditable(f"the lines that {commit[:7]} changed in {path} were changed again later")
    return merged


def _patch(path: str, before: bytes, change: FieldPatch) -> bytes:
    from gitops_bot.yamlpatch import PatchInvalid, PatchRefused, patch

    operations = [_operation(msgspec.to_builtins(operation)) for operation in change.operations]
    try:
        if not change.inside:
            return patch(before, change.document, operations)
        return _patch_inside(before, change.document, change.inside, operations)
    except PatchRefused as refusal:
        raise NotEditable(f"{path} cannot be edited safely: {refusal}") from None
    except PatchInvalid as error:
        raise NotEditable(f"{path} cannot be edited: {error}") from None


def _operation(operation: dict[str, Json]) -> dict[str, Json]:
    # A plan leaves a null value out; JSON Patch wants it said.
    if operation["op"] != "remove":
        operation.setdefault("value", None)
    return operation


def _patch_inside(before: bytes, document: int, inside: tuple[str, ...], operations: list[dict[str, Json]]) -> bytes:
    from gitops_bot.yamlpatch import load_documents, patch

    outer, *deeper = inside
    text = at(load_documents(before)[document], outer)
    if not isinstance(text, str):
        raise NotEditable(f"{outer} holds no text")
    inner = text.encode()
    changed = _patch_inside(inner, 0, tuple(deeper), operations) if deeper else patch(inner, 0, operations)
    return patch(
        before,
        document,
        [{"op": "test", "path": outer, "value": text}, {"op": "replace", "path": outer, "value": changed.decode()}],
    )


def touch(path: str, before: bytes, text: str) -> bytes:
    """Return the file with our comment line at its end, put there or renewed; JSON has no comments and is refused."""
    if not path.endswith((".yaml", ".yml")):
        raise NotEditable(f"{path} holds no comments")
    line_end = b"\r\n" if b"\r\n" in before else b"\n"
    comment = (COMMENT_TAG + text).encode()
    renewed, count = re.subn(rb"(?m)^" + re.escape(COMMENT_TAG.encode()) + rb"[^\r\n]*", lambda _: comment, before)
    if count:
        return renewed
    gap = b"" if not before or before.endswith(b"\n") else line_end
    return before + gap + comment + line_end


def is_encrypted(content: bytes) -> bool:
    """Return whether SOPS encrypted the file, whatever its format is: YAML, JSON, INI, environment or binary."""
    from gitops_bot.yamlpatch.stream import is_sops

    return b"ENC[AES256_GCM," in content or is_sops(content)


def edited_fields(before: bytes | None, after: bytes | None) -> tuple[str, ...]:
    """Return the labels of the fields that differ between two versions of a YAML file, sorted; none for other files."""
    old, new = _loaded(before), _loaded(after)
    if old is None or new is None or len(old) != len(new):
        return ()
    pairs = enumerate(zip(old, new, strict=True))
    return tuple(sorted(f"{number}:{one.label}" for number, pair in pairs for one in differences(*pair)))


def _loaded(content: bytes | None) -> list[Json] | None:
    from gitops_bot.yamlpatch import YamlPatchError, load_documents

    try:
        return None if content is None else list(load_documents(content))
    except YamlPatchError:
        return None


def printable(path: str) -> str:
    """Return a path as Git gives it in characters that can be written out: bytes that are no UTF-8 as `\\xNN`."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def blob_id(content: bytes) -> str:
    """Return Git's name for the bytes (SHA-1 of a blob object)."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def make_edit(
    path: str, before: bytes | None, change: FieldPatch | HunkReversal | CommentTouch, history: History
) -> tuple[Edit, bytes | None]:
    """Return the edit with its blob ids and diff, and the file's new bytes. Raises NotEditable (NothingToChange)."""
    if (shown := printable(path)) != path:
        raise NotEditable(f"the name of {shown} is not UTF-8: a forge's API cannot name it")
    after = new_content(path, before, change, history)
    if after == before:
        raise NothingToChange(f"{path} already says so")
    edit = Edit(
        path=path,
        change=change,
        base=None if before is None else blob_id(before),
        result=None if after is None else blob_id(after),
        diff=shown_diff(path, before, after),
    )
    return edit, after


def recompute(edits: tuple[Edit, ...], files: Mapping[str, bytes | None], history: History) -> dict[str, bytes | None]:
    """Return the new contents of a plan's edits, computed anew from `files`.

    Raises NotEditable where a file is not the one that was planned on, or the result is not the one that was planned.
    """
    contents: dict[str, bytes | None] = {}
    for edit in edits:
        before = files.get(edit.path)
        if (None if before is None else blob_id(before)) != edit.base:
            raise NotEditable(f"{edit.path} has changed since the plan was made")
        after = new_content(edit.path, before, edit.change, history)
        if (None if after is None else blob_id(after)) != edit.result:
            raise NotEditable(f"the change to {edit.path} does not give what the plan says")
        if shown_diff(edit.path, before, after) != edit.diff:
            raise NotEditable(f"the diff of {edit.path} is not what the change does")
        contents[edit.path] = after
    return contents


def shown_diff(path: str, before: bytes | None, after: bytes | None) -> str:
    """Return the unified diff as it may stand in a plan and a pull request: of the files without their secrets.

    Whole files are redacted, for a hunk may begin in the middle of a key; a secret that changes has another number.
    """
    diff = unified(path, before, after)
    redactor = Redactor()
    hidden = unified(path, _redacted(before, redactor), _redacted(after, redactor))
    if hidden == diff:
        return diff
    # Policy reads the kinds of objects off a diff: a secret of many lines must not take one with it.
    kept = set(hidden.split("\n"))
    lost = [redactor.redact(line) for line in diff.split("\n") if "kind:" in line and line not in kept]
    return "\n".join([hidden.removesuffix("\n"), *lost]) + "\n"


def _redacted(content: bytes | None, redactor: Redactor) -> bytes | None:
    text = (content or b"").decode("utf-8", "replace")
    hidden = redactor.redact(text)
    return content if hidden == text else hidden.encode()


def unified(path: str, before: bytes | None, after: bytes | None) -> str:
    """Return a unified diff for people, with `/dev/null` for a file that is not there; binary files are only named."""
    old = _lines(before)
    new = _lines(after)
    names = (f"a/{path}" if before is not None else "/dev/null", f"b/{path}" if after is not None else "/dev/null")
    if any(b"\0" in (content or b"")[:BINARY_WINDOW] for content in (before, after)):
        return f"Binary files {names[0]} and {names[1]} differ\n"
    lines = difflib.unified_diff(old, new, *names, n=DIFF_CONTEXT, lineterm="\n")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _lines(content: bytes | None) -> list[str]:
    # Only a line feed ends a line here, as in Git; splitlines would also break at form feeds and the like.
    text = (content or b"").decode("utf-8", "replace")
    parts = text.split("\n")
    lines = [part + "\n" for part in parts[:-1]]
    return [*lines, parts[-1]] if parts[-1] else lines
