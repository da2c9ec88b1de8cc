"""Replace a value: a scalar's bytes alone; whatever has to do with collections is in `collection`."""

from __future__ import annotations

from gitops_bot.yamlpatch.detect import file_style
from gitops_bot.yamlpatch.edits.block_scalar import replace_block_scalar
from gitops_bot.yamlpatch.edits.collection import (
    collection_edits,
    fill_empty,
    in_flow,
    node_of,
    open_collection_edits,
    sibling_column,
)
from gitops_bot.yamlpatch.events import SCALAR, Document
from gitops_bot.yamlpatch.layout import Edit, content_start, is_empty, line_end
from gitops_bot.yamlpatch.navigate import Place
from gitops_bot.yamlpatch.scalars import Json, Scalar
from gitops_bot.yamlpatch.writing import Style, is_plain_safe, literal_lines, scalar_text


def replace_edits(document: Document, place: Place, value: Json) -> list[Edit]:
    """The edits that put `value` where the place's node is."""
    if document.kinds[node_of(place)] != SCALAR:
        return collection_edits(document, place, value)
    if isinstance(value, (dict, list)):
        return open_collection_edits(document, place, value)
    return scalar_edits(document, place, value)


def scalar_edits(document: Document, place: Place, value: Scalar) -> list[Edit]:
    """Replace one scalar by another; its comment, anchor and quote style stay."""
    node = node_of(place)
    event = document.events[node]
    flow = in_flow(document, place)
    if event.style in {"|", ">"}:
        return replace_block_scalar(document, place, value)
    start, end = content_start(document, node), event.end_mark.index
    if is_empty(document, node):
        return [fill_empty(document, place, _scalar(document, node, value, flow=flow))]
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


def _literal(document: Document, place: Place, value: str, start: int, end: int) -> Edit | None:
    """A plain one-line scalar replaced by a multi-line string becomes a literal block."""
    text = document.text
    if "\n" not in value or line_end(text, end) != end or end == len(text):
        return None
    at = sibling_column(document, place)
    style = file_style(document, end, at)
    lines = literal_lines(value, at + style.step if place.parent is not None else 0, style)
    return None if lines is None else Edit(start, end, style.end_of_line.join(lines))
