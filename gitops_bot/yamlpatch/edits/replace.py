"""Replace a value: a scalar's bytes alone, or a collection by another value."""

from __future__ import annotations

from gitops_bot.yamlpatch.detect import file_style, is_json
from gitops_bot.yamlpatch.edits.block_scalar import replace_block_scalar
from gitops_bot.yamlpatch.errors import PatchRefused, RefusalReason
from gitops_bot.yamlpatch.events import SCALAR, Document
from gitops_bot.yamlpatch.layout import (
    Edit,
    column,
    content_end,
    content_start,
    dash,
    ends_line,
    key_column,
    line_end,
    line_start,
    properties_end,
    starts_line,
)
from gitops_bot.yamlpatch.navigate import Place
from gitops_bot.yamlpatch.scalars import Json, Scalar
from gitops_bot.yamlpatch.writing import (
    Style,
    flow_text,
    is_plain_safe,
    literal_lines,
    mapping_lines,
    pretty_json,
    scalar_text,
    sequence_lines,
)


def replace_edits(document: Document, place: Place, value: Json) -> list[Edit]:
    """The edits that put `value` where the place's node is."""
    node = _present(place)
    if document.kinds[node] == SCALAR:
        if isinstance(value, (dict, list)):
            return _scalar_by_collection(document, place, value)
        return scalar_edits(document, place, value)
    if document.is_flow(node):
        return _flow_collection_edits(document, place, value)
    return _block_collection_edits(document, place, value)


def _present(place: Place) -> int:
    if place.node is None:
        raise PatchRefused(RefusalReason.POINTER_NOT_FOUND, f"there is nothing at {place.token!r} to replace")
    return place.node


def in_flow(document: Document, place: Place) -> bool:
    """Does the place stand inside a flow collection?"""
    return place.parent is not None and document.is_flow(place.parent)


def scalar_edits(document: Document, place: Place, value: Scalar) -> list[Edit]:
    """Replace one scalar by another; its comment, anchor and quote style stay."""
    node = _present(place)
    event = document.events[node]
    flow = in_flow(document, place)
    if event.style in {"|", ">"}:
        return replace_block_scalar(document, place, value)
    start, end = content_start(document, node), event.end_mark.index
    if not event.value and not event.style:
        return [_fill_empty(document, place, _scalar(document, node, value, flow=flow))]
    if isinstance(value, str) and not event.style and not flow:
        literal = _literal(document, place, value, start, end)
        if literal is not None:
            return [literal]
    return [Edit(start, end, _scalar(document, node, value, flow=flow))]


def _scalar(document: Document, node: int, value: Scalar, *, flow: bool) -> str:
    """The new scalar's text; the file's style is looked up only when the old scalar's own does not decide."""
    quote = document.events[node].style or ""
    if not isinstance(value, str) or (quote and quote in "'\""):
        return scalar_text(value, Style(), flow=flow, old_quote=quote)
    if not flow and is_plain_safe(value, flow=False):
        return value
    return scalar_text(value, file_style(document, document.start(node)), flow=flow)


def _sibling_column(document: Document, place: Place) -> int:
    """The column of the place's keys or dashes; 0 for the root and inside flow collections."""
    return 0 if place.parent is None or document.is_flow(place.parent) else key_column(document, place.parent)


def _fill_empty(document: Document, place: Place, new: str) -> Edit:
    """Put a value where there is none: behind `:` or `-` and a space, or behind the anchor."""
    node, text = _present(place), document.text
    end = properties_end(document, node)
    owner = text[:end].rstrip(" \t")
    if end == document.start(node) and owner[-1:] not in {":", "-"}:
        if not in_flow(document, place) or place.key is None or end != content_end(document, place.key):
            raise PatchRefused(RefusalReason.UNSUPPORTED_SHAPE, "an empty value without its own ':' can't be filled")
        return Edit(end, end, f": {new}")
    if len(owner) < end and end == document.start(node):
        return Edit(end, end, new)
    if text[end : end + 1] == " " and not text[end : line_end(text, end)].strip():
        return Edit(end + 1, end + 1, new)
    return Edit(end, end, f" {new}")


def _literal(document: Document, place: Place, value: str, start: int, end: int) -> Edit | None:
    """A plain one-line scalar replaced by a multi-line string becomes a literal block."""
    text = document.text
    if "\n" not in value or line_end(text, end) != end or end == len(text):
        return None
    at = key_column(document, place.parent) if place.parent is not None else 0
    style = file_style(document, start, at)
    base = at if place.parent is not None else -style.step
    lines = literal_lines(value, base + style.step, style)
    return None if lines is None else Edit(start, end, style.end_of_line.join(lines))


def _scalar_by_collection(document: Document, place: Place, value: dict[str, Json] | list[Json]) -> list[Edit]:
    node = _present(place)
    event, text = document.events[node], document.text
    start = content_start(document, node)
    style = file_style(document, content_end(document, node), _sibling_column(document, place))
    inline = in_flow(document, place) or not value or place.parent is None
    if event.style in {"|", ">"}:
        end = content_end(document, node)
        new = flow_text(value, style) if inline else _block_text(document, place, value, style)
        return [Edit(properties_end(document, node) if not inline else start, end, new)]
    if not event.value and not event.style:
        if inline:
            return [_fill_empty(document, place, flow_text(value, style))]
        start = end = properties_end(document, node)
        if text[end - 1 : end] not in {":", "-"} and end == document.start(node):
            raise PatchRefused(RefusalReason.UNSUPPORTED_SHAPE, "an empty value without its own ':' can't be filled")
    else:
        end = event.end_mark.index
        if inline:
            return [Edit(start, end, _inline(text, start, value, style))]
    return _open_block(document, place, value, style, start, end)


def _inline(text: str, start: int, value: Json, style: Style) -> str:
    """A collection in flow style; in JSON of several lines over several lines too."""
    if not style.json or "\n" not in text.strip():
        return flow_text(value, style)
    line = line_start(text, start)
    return pretty_json(value, len(text[line:start]) - len(text[line:start].lstrip(" ")), style)


def _open_block(document: Document, place: Place, value: Json, style: Style, start: int, end: int) -> list[Edit]:
    """Cut text[start:end] behind its key or dash, and put the value's lines below."""
    text = document.text
    if not ends_line(text, end):
        raise PatchRefused(RefusalReason.UNSUPPORTED_SHAPE, "something follows the value on its line")
    block = _block_text(document, place, value, style)
    if starts_line(text, start) and end > start:
        return [Edit(line_start(text, start), end, block.removeprefix(style.end_of_line))]
    before = len(text[:start].rstrip(" \t"))
    line = line_end(text, end)
    if line == end:
        return [Edit(before, end, block)]
    return [Edit(before, end, ""), Edit(line, line, block)]


def _block_text(document: Document, place: Place, value: Json, style: Style) -> str:
    """The value's lines, each with a line end before it."""
    base = key_column(document, place.parent) if place.parent is not None else -style.step
    item = place.key is None
    if isinstance(value, dict):
        lines = mapping_lines(value, base + style.step, style)
    elif isinstance(value, list):
        lines = sequence_lines(value, base + (style.step if item else style.sequence_offset), style)
    else:
        raise PatchRefused(RefusalReason.UNSUPPORTED_SHAPE, "only a collection is written as a block")
    return "".join(style.end_of_line + line for line in lines)


def _flow_collection_edits(document: Document, place: Place, value: Json) -> list[Edit]:
    node = _present(place)
    start, end = content_start(document, node), document.events[document.close[node]].end_mark.index
    style = file_style(document, start)
    if not document.text[start:end].startswith(("{", "[")):
        raise PatchRefused(RefusalReason.UNSUPPORTED_SHAPE, "a pair without braces can't be replaced")
    if isinstance(value, (dict, list)):
        return [Edit(start, end, _inline(document.text, start, value, style))]
    if is_json(document) or in_flow(document, place):
        return [Edit(start, end, scalar_text(value, style, flow=True))]
    return [Edit(start, end, scalar_text(value, style, flow=False))]


def _block_collection_edits(document: Document, place: Place, value: Json) -> list[Edit]:
    node = _present(place)
    text = document.text
    first, end = content_start(document, node), content_end(document, node)
    style = file_style(document, end, _sibling_column(document, place))
    if place.parent is None:
        lines = _block_text(document, place, value, style) if isinstance(value, (dict, list)) and value else ""
        return [Edit(first, end, lines.removeprefix(style.end_of_line) or _one_line(value, style))]
    inline = "" if isinstance(value, (dict, list)) and value else _one_line(value, style)
    if starts_line(text, first):
        behind = properties_end(document, node) if document.start(node) != first else _behind_owner(document, place)
        cut = _line_before(text, first)
        tail = f" {inline}" if inline else ""
        lines = "" if inline else _block_text(document, place, value, style)
        if behind == cut:
            return [Edit(behind, end, tail + lines)]
        return [Edit(behind, behind, tail), Edit(cut, end, lines)]
    if inline:
        return [Edit(first, end, inline)]
    lines = _block_text(document, place, value, style)
    width = len(style.end_of_line) + column(text, first)
    return [Edit(first, end, lines[width:])]


def _one_line(value: Json, style: Style) -> str:
    if isinstance(value, (dict, list)):
        return "{}" if isinstance(value, dict) else "[]"
    return scalar_text(value, style, flow=False)


def _behind_owner(document: Document, place: Place) -> int:
    """Right behind the `:` of the place's key, or behind the dash of its item."""
    if place.key is not None:
        colon = document.text.find(":", content_end(document, place.key))
        return colon + 1
    assert_parent = place.parent if place.parent is not None else 0
    at = dash(document, assert_parent, place.ordinal)
    if at < 0:
        raise PatchRefused(RefusalReason.UNSUPPORTED_SHAPE, "the item's dash was not found")
    return at + 1


def _line_before(text: str, position: int) -> int:
    """The end of the line above the position's line."""
    start = text.rfind("\n", 0, position)
    return start - 1 if start > 0 and text[start - 1] == "\r" else start
