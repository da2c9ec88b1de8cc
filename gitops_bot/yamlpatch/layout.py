"""Where things stand in the text: lines, comments, the ends of leaves, the columns of siblings."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gitops_bot.yamlpatch.events import ALIAS, MAPPING, SCALAR, SEQUENCE, Document

_PROPERTIES = re.compile(r"(?:(?:&[^\s,\[\]{}]+|!\S*)[ \t]*)+")
_BETWEEN = re.compile(r"(?:[ \t\r\n]|(?<![^ \t\r\n])#[^\n]*)*")
_COMMENT_LINE = re.compile(r"([ \t]*)#")
_TRAILING_COMMENT = re.compile(r"(?:(?<=[:\-])[ \t]+|^[ \t]*)#", re.MULTILINE)
_BLANK_OR_COMMENT = re.compile(r"[ \t]*(?:#.*)?\r?\Z")


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace text[start:end] by `text`."""

    start: int
    end: int
    text: str


def apply(text: str, edits: list[Edit]) -> str:
    """Splice all edits, which must not overlap, into the text."""
    pieces, position = [], 0
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
        pieces += [text[position : edit.start], edit.text]
        position = edit.end
    return "".join([*pieces, text[position:]])


def line_start(text: str, position: int) -> int:
    """Where the position's line begins."""
    return text.rfind("\n", 0, position) + 1


def line_end(text: str, position: int) -> int:
    """Where the position's line ends, its `\\r\\n` or `\\n` not included."""
    end = text.find("\n", position)
    if end < 0:
        return len(text)
    return end - 1 if end > position and text[end - 1] == "\r" else end


def next_line(text: str, position: int) -> int:
    """Where the line after the position's begins (the text's end when there is none)."""
    end = text.find("\n", position)
    return len(text) if end < 0 else end + 1


def column(text: str, position: int) -> int:
    """The position's column, from 0, in characters."""
    return position - line_start(text, position)


def end_of_line(text: str, position: int) -> str:
    """The line ending of the position's line, else of the text's first line, else `\\n`."""
    end = text.find("\n", position)
    if end < 0:
        end = text.find("\n")
    return "\r\n" if end > 0 and text[end - 1] == "\r" else "\n"


def content_start(document: Document, node: int) -> int:
    """Where the node's content starts, after its anchor and tag."""
    start = document.start(node)
    if is_empty(document, node):
        return properties_end(document, node)
    if not has_properties(document, node):
        return start
    match = _PROPERTIES.match(document.text, start)
    after = match.end() if match else start
    between = _BETWEEN.match(document.text, after)
    return between.end() if between else after


def has_properties(document: Document, node: int) -> bool:
    """Does the node have an anchor or a tag?"""
    event = document.events[node]
    return document.kinds[node] != ALIAS and (event.anchor is not None or event.tag is not None)


def is_empty(document: Document, node: int) -> bool:
    """Is the node a scalar of no characters at all, as after a bare `key:`?"""
    event = document.events[node]
    return document.kinds[node] == SCALAR and not event.value and not event.style


def properties_end(document: Document, node: int) -> int:
    """Where the node's anchor and tag end; without them its start, or of an empty node right behind its `:` or `-`."""
    start = document.start(node)
    if has_properties(document, node):
        match = _PROPERTIES.match(document.text, start)
        return start + len(match.group().rstrip()) if match else start
    if not is_empty(document, node) or document.text[start - 1 : start] in {":", "-"}:
        return start
    return _owner_end(document.text, start)


def _owner_end(text: str, start: int) -> int:
    """The end of the `:`, `-` or value-less key above an empty node, whose mark stands where the next node starts."""
    position = start
    while position >= 0:
        line = line_start(text, position)
        comment = _TRAILING_COMMENT.search(text, line, position)
        content = text[line : comment.start() if comment else position].rstrip()
        if content:
            return line + len(content) if content[-1] in ":-" or starts_line(text, start) else start
        position = line - 1
    return start


def content_end(document: Document, node: int) -> int:
    """Where the node's last leaf ends: no trailing comment, and no line end save those a block scalar keeps."""
    kind = document.kinds[node]
    while kind in {MAPPING, SEQUENCE} and not document.is_flow(node):
        node = document.children(node)[-1]
        kind = document.kinds[node]
    if kind in {MAPPING, SEQUENCE}:
        return document.events[document.close[node]].end_mark.index
    event = document.events[node]
    if kind == SCALAR and event.style in {"|", ">"}:
        return block_scalar_end(document, node)
    return properties_end(document, node) if is_empty(document, node) else event.end_mark.index


def block_scalar_end(document: Document, node: int) -> int:
    """The end of a block scalar's last line that counts, its line end not included."""
    text, event = document.text, document.events[node]
    start = content_start(document, node)
    header_end = line_end(text, start)
    end = max(event.end_mark.index, header_end)
    end = max(line_start(text, end), header_end) if not text[line_start(text, end) : end].strip() else end
    body = text[header_end:end]
    keeps = "+" in text[start:header_end].partition("#")[0]
    trimmed = body.rstrip("\r\n") if not keeps else body.removesuffix("\n").removesuffix("\r")
    if not keeps and event.value.rstrip("\n")[-1:] not in {" ", "\t"}:
        trimmed = _without_blank_tail(trimmed)
    return header_end + len(trimmed)


def _without_blank_tail(body: str) -> str:
    """Cut trailing lines of nothing but white space."""
    while True:
        head, newline, last = body.rpartition("\n")
        if not newline or last.strip(" \r"):
            return body
        body = head.removesuffix("\r")


def key_column(document: Document, collection: int) -> int:
    """The column of a block collection's keys or dashes."""
    event = document.events[collection]
    if event.anchor is None and event.tag is None:
        return event.start_mark.column
    return column(document.text, content_start(document, collection))


def dash(document: Document, sequence: int, ordinal: int) -> int:
    """Where the dash of a block sequence's item stands; -1 when it can't be told."""
    text = document.text
    if ordinal == 0:
        return content_start(document, sequence)
    at = key_column(document, sequence)
    position = next_line(text, content_end(document, document.children(sequence)[ordinal - 1]))
    while position < len(text):
        end = line_end(text, position)
        if not _BLANK_OR_COMMENT.match(text[position:end]):
            return position + at if text[position : position + at].isspace() or at == 0 else -1
        position = next_line(text, position)
    return -1


def comment_start(text: str, line: int, at: int, floor: int) -> int:
    """Where the run of comment lines directly above `line` (a line start) at column `at` begins; not before `floor`."""
    while line > floor:
        above = line_start(text, line - 1)
        match = _COMMENT_LINE.match(text, above, line)
        if above < floor or not match or len(match.group(1)) != at:
            break
        line = above
    return line


def indentation(text: str, position: int) -> str:
    """The white space that the position's line starts with."""
    line = text[line_start(text, position) : line_end(text, position)]
    return line[: len(line) - len(line.lstrip(" \t"))]


def starts_line(text: str, position: int) -> bool:
    """Is there only indentation before the position on its line?"""
    return not text[line_start(text, position) : position].strip(" \t")


def ends_line(text: str, position: int) -> bool:
    """Is there only white space and a comment after the position on its line?"""
    rest = text[position : line_end(text, position)]
    return not rest.strip() or (rest.lstrip(" \t").startswith("#") and rest[0] in " \t")
