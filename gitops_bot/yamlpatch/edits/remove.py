"""Remove a mapping's entry or a sequence's item: one run of lines with its comment, or its part inside brackets."""

from __future__ import annotations

import re

from gitops_bot.yamlpatch.errors import PatchRefused, RefusalReason
from gitops_bot.yamlpatch.events import MAPPING, Document
from gitops_bot.yamlpatch.layout import (
    Edit,
    column,
    comment_start,
    content_end,
    content_start,
    dash,
    ends_line,
    key_column,
    line_end,
    line_start,
    next_line,
    properties_end,
    starts_line,
)
from gitops_bot.yamlpatch.navigate import Place

_HEADER_COMMENT = re.compile(
    r"copyright|licen[sc]e|spdx|yaml-language-server|\$schema|vim:|-\*-|do not edit|generated|default values",
    re.IGNORECASE,
)


def remove_edits(document: Document, place: Place) -> list[Edit]:
    """The edits that take away the place's entry or item."""
    if place.parent is None or place.node is None:
        raise PatchRefused(RefusalReason.UNSUPPORTED_SHAPE, "a document's root can't be removed")
    if document.is_flow(place.parent):
        return _from_flow(document, place, place.parent, place.node)
    return _from_block(document, place, place.parent, place.node)


def _from_block(document: Document, place: Place, parent: int, node: int) -> list[Edit]:
    text = document.text
    children = document.children(parent)
    mapping = document.kinds[parent] == MAPPING
    only = len(children) == (2 if mapping else 1)
    start = _entry_start(document, place, parent)
    end = content_end(document, node)
    if not ends_line(text, end):
        raise PatchRefused(RefusalReason.UNSUPPORTED_SHAPE, "something else follows on the line of what is removed")
    if only:
        return _empty_parent(document, place, parent, start, end)
    if starts_line(text, start):
        return [_line_run(document, place, parent, start, end)]
    return [_first_on_owners_line(document, parent, children, start, end)]


def _entry_start(document: Document, place: Place, parent: int) -> int:
    """Where the entry's key or the item's dash stands."""
    if place.key is not None:
        start = document.start(place.key)
        text, at = document.text, line_start(document.text, start) + key_column(document, parent)
        if at == start:
            return start
        if text[at : at + 1] != "?" or text[at + 1 : start].strip():
            raise PatchRefused(RefusalReason.UNSUPPORTED_SHAPE, "the key stands apart from its siblings")
        return at
    start = dash(document, parent, place.ordinal)
    if start < 0 or document.text[start : start + 1] != "-":
        raise PatchRefused(RefusalReason.UNSUPPORTED_SHAPE, "the item's dash was not found")
    return start


def _first_line(document: Document, place: Place, parent: int, start: int) -> int:
    """The line start of the entry, the comment that belongs to it included."""
    text = document.text
    line = line_start(text, start)
    floor = 0
    if place.ordinal > 0:
        children = document.children(parent)
        before = children[place.ordinal * 2 - 1] if place.key is not None else children[place.ordinal - 1]
        floor = next_line(text, content_end(document, before))
    begin = comment_start(text, line, column(text, start), floor)
    if parent == 0 and place.ordinal == 0 and begin < line and _is_header(text, begin, line):
        return line
    return begin


def _is_header(text: str, begin: int, line: int) -> bool:
    """Does the comment say that it speaks of the whole file rather than of its first entry?"""
    return not text[:begin].strip() and _HEADER_COMMENT.search(text, begin, line) is not None


def _line_run(document: Document, place: Place, parent: int, start: int, end: int) -> Edit:
    begin = _first_line(document, place, parent, start)
    return Edit(begin, next_line(document.text, end), "")


def _first_on_owners_line(document: Document, parent: int, children: list[int], start: int, end: int) -> Edit:
    """The first entry shares its line with a dash: the next one moves up, unless other lines lie between."""
    text = document.text
    mapping = document.kinds[parent] == MAPPING
    following = document.start(children[2]) if mapping else dash(document, parent, 1)
    if following < 0:
        raise PatchRefused(RefusalReason.UNSUPPORTED_SHAPE, "the next item's dash was not found")
    if line_start(text, following) == next_line(text, end):
        return Edit(start, following, "")
    behind = len(text[:start].rstrip(" \t"))
    return Edit(behind, line_end(text, end), "")


def _empty_parent(document: Document, place: Place, parent: int, start: int, end: int) -> list[Edit]:
    text = document.text
    empty = "{}" if document.kinds[parent] == MAPPING else "[]"
    if not starts_line(text, start):
        return [Edit(start, end, empty)]
    if parent == 0 and properties_end(document, parent) == document.start(parent):
        return [Edit(start, end, empty)]
    if document.start(parent) != content_start(document, parent):
        behind = properties_end(document, parent)
    else:
        behind = _behind_owner(text, start)
    begin = _first_line(document, place, parent, start)
    return [Edit(behind, behind, f" {empty}"), Edit(begin, next_line(text, end), "")]


def _behind_owner(text: str, position: int) -> int:
    """Right behind the `:` or the dash that ends the last line above with more than a comment."""
    line = line_start(text, position)
    while line > 0:
        line = line_start(text, line - 1)
        content = _without_comment(text[line : line_end(text, line)])
        if content.strip():
            if content.rstrip()[-1] in ":-":
                return line + len(content.rstrip())
            break
    raise PatchRefused(RefusalReason.UNSUPPORTED_SHAPE, "the emptied collection's own line was not found")


def _without_comment(line: str) -> str:
    if line.lstrip(" \t").startswith("#"):
        return ""
    for match in re.finditer(r"[ \t]#", line):
        before = line[: match.start()].rstrip()
        if before.endswith((":", "-")):
            return before
    return line


def _from_flow(document: Document, place: Place, parent: int, node: int) -> list[Edit]:
    text = document.text
    children = document.children(parent)
    mapping = document.kinds[parent] == MAPPING
    opening = content_start(document, parent)
    if text[opening : opening + 1] not in {"{", "["}:
        return [Edit(opening, content_end(document, parent), "{}")]
    closing = document.events[document.close[parent]].start_mark.index
    step = 2 if mapping else 1
    if len(children) == step:
        return [Edit(opening + 1, closing, "")]
    start = document.start(children[place.ordinal * step])
    end = content_end(document, node)
    last = place.ordinal == len(children) // step - 1
    comma = _comma(text, end, closing)
    if starts_line(text, start) and comma is not None and ends_line(text, comma + 1):
        begin = comment_start(text, line_start(text, start), column(text, start), line_start(text, opening) + 1)
        return [Edit(begin, next_line(text, comma + 1), "")]
    if not last:
        return [Edit(start, document.start(children[(place.ordinal + 1) * step]), "")]
    previous = content_end(document, children[place.ordinal * step - 1])
    if "#" not in text[previous:start] and text.count("\n", previous, start) < 2:
        return [Edit(previous, end, "")]
    return _last_apart(text, previous, start, end)


def _last_apart(text: str, previous: int, start: int, end: int) -> list[Edit]:
    """The last item of a flow collection, comments or blank lines above it; the one before loses its comma."""
    behind = _next_comma(text, previous)
    comma = Edit(behind, behind + 1, "")
    if not starts_line(text, start):
        return [comma, Edit(start, end, "")]
    begin = comment_start(text, line_start(text, start), column(text, start), next_line(text, behind))
    if ends_line(text, end):
        return [comma, Edit(begin, next_line(text, end), "")]
    return [comma, Edit(begin, line_start(text, start), ""), Edit(start, end, "")]


def _next_comma(text: str, position: int) -> int:
    """The next comma outside comments."""
    while text[position] != ",":
        position = line_end(text, position) if text[position] == "#" else position + 1
    return position


def _comma(text: str, end: int, closing: int) -> int | None:
    """The comma behind an item, when only spaces stand between."""
    position = end
    while position < closing and text[position] in " \t":
        position += 1
    return position if text[position : position + 1] == "," else None
