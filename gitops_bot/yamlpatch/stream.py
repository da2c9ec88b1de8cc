"""A YAML stream's bytes → its documents' byte ranges, found without parsing.

A `---` or `...` at column 0 that is followed by white space always ends a document, even inside a block scalar, so the
bounds are exact and a 5 MB file costs a few milliseconds.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

from gitops_bot.yamlpatch.errors import PatchRefused, RefusalReason

_CONTENT_LINE = re.compile(rb"^[ \t]*[^\s#%]|^[ \t]+%", re.MULTILINE)
_MARKER = re.compile(rb"(?:---|\.\.\.)(?=[ \t\r\n]|\Z)")
_MARKER_LINE = re.compile(rb"\n(?:---|\.\.\.)(?=[ \t\r\n]|\Z)")
_SOPS_VALUE = b"ENC[AES256_GCM,data:"
_SOPS_KEY = re.compile(rb"""^["']?sops["']?[ \t]*:|[{,]\s*"sops"\s*:""", re.MULTILINE)
_SOPS_METADATA = re.compile(
    rb"""["']?\b(?:mac|lastmodified|kms|pgp|age|gcp_kms|azure_kv|hc_vault|version|key_groups|shamir_threshold|"""
    rb"""(?:un)?encrypted_(?:regex|suffix|comment_regex))["']?[ \t]*:"""
)
_NEXT_ROOT_LINE = re.compile(rb"^[^\s#\]}]", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Chunk:
    """One document: its text (directives and `---` included, byte order mark and `...` not) and where its bytes are."""

    text: str
    start: int
    end: int


def whole_stream(source: bytes) -> tuple[int, int]:
    """The byte range of all but the byte order mark."""
    return len(codecs.BOM_UTF8) if source.startswith(codecs.BOM_UTF8) else 0, len(source)


def split_documents(source: bytes) -> list[tuple[int, int]]:
    """Byte ranges of all documents of the stream, in order; a range starts at its directives or `---`."""
    begin, _ = whole_stream(source)
    documents: list[tuple[int, int]] = []
    start, opened = begin, False
    for position, opens in _markers(source, begin):
        if opened or _has_content(source, start, position):
            documents.append((start, position))
            start = position
        elif not opens:
            start = position
        opened = opens
        if not opens:
            start = _next_line(source, position)
    if opened or _has_content(source, start, len(source)):
        documents.append((start, len(source)))
    return documents


def _markers(source: bytes, begin: int) -> Iterator[tuple[int, bool]]:
    """Where each `---` (True) or `...` (False) line starts, in order."""
    first = _MARKER.match(source, begin)
    if first:
        yield begin, first.group() == b"---"
    for match in _MARKER_LINE.finditer(source, begin):
        yield match.start() + 1, match.group() == b"\n---"


def _has_content(source: bytes, start: int, end: int) -> bool:
    """Is there anything but comments, blank lines and directives? Content before a `%` line keeps it content."""
    return _CONTENT_LINE.search(source[start:end]) is not None


def _next_line(source: bytes, position: int) -> int:
    line_end = source.find(b"\n", position)
    return len(source) if line_end < 0 else line_end + 1


def cut_chunk(source: bytes, documents: list[tuple[int, int]], document: int) -> Chunk:
    """Cut out document number `document` (from 0) of the stream's byte ranges; raises PatchRefused if there is none."""
    if not 0 <= document < len(documents):
        raise PatchRefused(
            RefusalReason.DOCUMENT_NOT_FOUND, f"there is no document {document}; the stream has {len(documents)}"
        )
    start, end = documents[document]
    return Chunk(source[start:end].decode(), start, end)


def refuse_unreadable(source: bytes) -> None:
    """Raise PatchRefused for a stream that is not UTF-8 or that SOPS encrypted (any document of it)."""
    try:
        source.decode()
    except UnicodeDecodeError as error:
        raise PatchRefused(RefusalReason.NOT_UTF8, f"byte {error.start} is not UTF-8") from error
    if is_sops(source):
        raise PatchRefused(RefusalReason.SOPS, "the file is encrypted by SOPS; any edit breaks its checksum")


def is_sops(source: bytes) -> bool:
    """Does any document hold SOPS-encrypted values or SOPS' metadata at its root?"""
    if _SOPS_VALUE in source:
        return True
    if b"sops" not in source:
        return False
    searched = 0
    for match in _SOPS_KEY.finditer(source):
        if match.end() <= searched:
            continue
        following = _NEXT_ROOT_LINE.search(source, source.find(b"\n", match.end()) + 1)
        block_end = following.start() if following and b"\n" in source[match.end() :] else len(source)
        if _SOPS_METADATA.search(source, match.end(), block_end):
            return True
        searched = block_end
    return False
