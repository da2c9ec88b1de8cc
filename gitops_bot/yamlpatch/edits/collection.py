"""Replace a collection, or a scalar by a collection."""

from __future__ import annotations

import re
from dataclasses import replace

from gitops_bot.yamlpatch.detect import file_style
from gitops_bot.yamlpatch.errors import PatchRefused, RefusalReason
from gitops_bot.yamlpatch.events import Document
from gitops_bot.yamlpatch.layout import (
    Edit,
    column,
    content_end,
    content_start,
    dash,
    ends_line,
    has_properties,
    indentation,
    is_empty,
    key_column,
    line_end,
    line_start,
    properties_end,
    starts_line,
)
from gitops_bot.yamlpatch.navigate import Place
from gitops_bot.yamlpatch.scalars import Json
from gitops_bot.yamlpatch.writing import Style, flow_text, mapping_lines, pretty_json, scalar_text, sequence_lines

_ONE_SPACE = re.compile(r" [ \t]*(?:[\r\n,}\]]|\Z)")
Collection = dict[str, Json] | list[Json]


def node_of(place: Place) -> int:
    """The place's node; raises PatchRefused when there is none."""
    if place.node is None:
        raise PatchRefused(RefusalReason.POINTER_NOT_FOUND, f"there is nothing at {place.token!r} to replace")
    return place.node


def in_flow(document: Document, place: Place) -> bool:
    """Does the place stand inside a flow collection?"""
    return place.parent is not None and document.is_flow(place.parent)


def sibling_column(document: Document, place: Place) -> int:
    """The column of the place's keys or dashes; 0 for the root and inside flow collections."""
    return 0 if place.parent is None or document.is_flow(place.parent) else key_column(document, place.parent)


def fill_empty(document: Document, place: Place, new: str) -> Edit:
    """Put a value where there is none: behind `:` or `-` and a space, or behind the anchor."""
    node, text = node_of(place), document.text
    end = properties_end(document, node)
    owner = text[:end].rstrip(" \t")
    if not has_properties(document, node) and owner[-1:] not in {":", "-"}:
        if not in_flow(document, place) or place.key is None or end != content_end(document, place.key):
            raise PatchRefused(RefusalReason.UNSUPPORTED_SHAPE, "an empty value without its own ':' can't be filled")
        return Edit(end, end, f": {new}")
    if len(owner) < end and not has_properties(document, node):
        return Edit(end, end, new)
    if _ONE_SPACE.match(text, end):
        return Edit(end + 1, end + 1, new)
    return Edit(end, end, f" {new}")


def open_collection_edits(document: Document, place: Place, value: Collection) -> list[Edit]:
    """Replace a scalar by a collection."""
    node = node_of(place)
    event, text = document.events[node], document.text
    start, end = content_start(document, node), content_end(document, node)
    style = file_style(document, end, sibling_column(document, place))
    inline = in_flow(document, place) or not value
    if event.style in {"|", ">"}:
        header = start + len(text[start : line_end(text, start)].partition("#")[0].rstrip())
        if inline:
            return [Edit(start, header, flow_text(value, style)), Edit(line_end(text, start), end, "")]
        return _open_block(document, place, value, style, start, header, end)
    if is_empty(document, node):
        if inline:
            return [fill_empty(document, place, flow_text(value, style))]
        start = end = properties_end(document, node)
        if text[:end].rstrip(" \t")[-1:] not in {":", "-"} and not has_properties(document, node):
            raise PatchRefused(RefusalReason.UNSUPPORTED_SHAPE, "an empty value without its own ':' can't be filled")
    elif inline:
        return [Edit(start, end, _inline(text, start, value, style))]
    return _open_block(document, place, value, style, start, end)


def _inline(text: str, start: int, value: Collection, style: Style) -> str:
    """A collection in flow style; in JSON of several lines over several lines too."""
    if not style.json or "\n" not in text.strip():
        return flow_text(value, style)
    return pretty_json(value, indentation(text, start), style)


def _open_block(
    document: Document, place: Place, value: Collection, style: Style, start: int, end: int, body_end: int | None = None
) -> list[Edit]:
    """Cut text[start:end] behind its key or dash, and put the value's lines below, or behind the dash itself.

    Where text[start:end] is a block scalar's header, the lines replace its content too, which ends at `body_end`.
    """
    text = document.text
    if not ends_line(text, end):
        raise PatchRefused(RefusalReason.UNSUPPORTED_SHAPE, "something follows the value on its line")
    line = line_end(text, end)
    below = line if body_end is None else body_end
    if starts_line(text, start) and end > start:
        block = _block_text(document, place, value, replace(style, literal=line == end and style.literal))
        return [Edit(line_start(text, start), max(end, body_end or 0), block.removeprefix(style.end_of_line))]
    if place.key is None and end > start and not has_properties(document, node_of(place)):
        lines = _lines(value, column(text, start), style)
        added = "".join(style.end_of_line + text_line for text_line in lines[1:])
        return [Edit(start, end, lines[0].lstrip(" ")), Edit(line, below, added)]
    before = len(text[:start].rstrip(" \t"))
    return [Edit(before, end, ""), Edit(line, below, _block_text(document, place, value, style))]


def _lines(value: Collection, at: int, style: Style) -> list[str]:
    return mapping_lines(value, at, style) if isinstance(value, dict) else sequence_lines(value, at, style)


def _block_text(document: Document, place: Place, value: Collection, style: Style) -> str:
    """The value's lines below its key, dash or `---`, each with a line end before it."""
    at = 0
    if place.parent is not None:
        under_key = isinstance(value, list) and place.key is not None
        at = key_column(document, place.parent) + (style.sequence_offset if under_key else style.step)
    return "".join(style.end_of_line + line for line in _lines(value, at, style))


def collection_edits(document: Document, place: Place, value: Json) -> list[Edit]:
    """Replace a collection by any value: flow stays flow, block stays block, an empty one opens up."""
    node = node_of(place)
    start, end = content_start(document, node), content_end(document, node)
    style = file_style(document, end, sibling_column(document, place))
    if not document.is_flow(node):
        return _block_edits(document, place, value, style)
    flow = in_flow(document, place) or style.json
    if not isinstance(value, (dict, list)):
        return [Edit(start, end, scalar_text(value, style, flow=flow))]
    opens = not document.children(node) and value and not flow and place.parent is not None
    if opens and document.text[start:end] in {"{}", "[]"} and ends_line(document.text, end):
        return _open_block(document, place, value, style, start, end)
    return [Edit(start, end, _inline(document.text, start, value, style))]


def _block_edits(document: Document, place: Place, value: Json, style: Style) -> list[Edit]:
    node, text = node_of(place), document.text
    first, end = content_start(document, node), content_end(document, node)
    opens = isinstance(value, (dict, list)) and bool(value)
    if ends_line(text, end) and (opens or "\n" in text[first:end]):
        end = line_end(text, end)
    if not isinstance(value, (dict, list)) or not value:
        if place.parent is None or not starts_line(text, first):
            return [Edit(first, end, _one_line(value, style))]
        return _below_owner(document, place, first, end, f" {_one_line(value, style)}", "")
    if place.parent is None or not starts_line(text, first):
        lines = _lines(value, column(text, first), style)
        return [Edit(first, end, style.end_of_line.join(lines).lstrip(" "))]
    return _below_owner(document, place, first, end, "", _block_text(document, place, value, style))


def _below_owner(document: Document, place: Place, first: int, end: int, tail: str, lines: str) -> list[Edit]:
    """Put `tail` behind the key or dash, and `lines` in place of the block from `first` to `end` below it."""
    node, text = node_of(place), document.text
    behind = properties_end(document, node) if document.start(node) != first else _behind_owner(document, place)
    cut = _line_before(text, first)
    if behind == cut:
        return [Edit(behind, end, tail + lines)]
    return [Edit(behind, behind, tail), Edit(cut, end, lines)]


def _one_line(value: Json, style: Style) -> str:
    if isinstance(value, (dict, list)):
        return "{}" if isinstance(value, dict) else "[]"
    return scalar_text(value, style, flow=False)


def _behind_owner(document: Document, place: Place) -> int:
    """Right behind the `:` of the place's key, or behind the dash of its item."""
    if place.key is not None:
        colon = document.text.find(":", content_end(document, place.key))
        return colon + 1
    at = -1 if place.parent is None else dash(document, place.parent, place.ordinal)
    if at < 0:
        raise PatchRefused(RefusalReason.UNSUPPORTED_SHAPE, "the item's dash was not found")
    return at + 1


def _line_before(text: str, position: int) -> int:
    """The end of the line above the position's line."""
    start = text.rfind("\n", 0, position)
    return start - 1 if start > 0 and text[start - 1] == "\r" else start
