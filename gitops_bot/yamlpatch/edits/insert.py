"""Add an entry to a mapping or an item to a sequence, as whole lines or inside a flow collection's brackets."""

from __future__ import annotations

from gitops_bot.yamlpatch.detect import file_style, sibling_style
from gitops_bot.yamlpatch.errors import PatchRefused, RefusalReason
from gitops_bot.yamlpatch.events import MAPPING, SCALAR, Document
from gitops_bot.yamlpatch.layout import (
    Edit,
    column,
    comment_start,
    content_end,
    content_start,
    dash,
    end_of_line,
    ends_line,
    indentation,
    key_column,
    line_end,
    line_start,
    starts_line,
)
from gitops_bot.yamlpatch.navigate import Place
from gitops_bot.yamlpatch.scalars import Json
from gitops_bot.yamlpatch.writing import entry_lines, flow_key, flow_text, item_lines, pretty_json


def insert_edits(document: Document, place: Place, value: Json) -> list[Edit]:
    """The edits that add `value` at the place: a missing key of a mapping, or before the item at its ordinal."""
    if place.parent is None:
        raise PatchRefused(RefusalReason.UNSUPPORTED_SHAPE, "a document's root is replaced, not added to")
    if document.is_flow(place.parent):
        return _into_flow(document, place, place.parent, value)
    return _into_block(document, place, place.parent, value)


def _into_block(document: Document, place: Place, parent: int, value: Json) -> list[Edit]:
    text = document.text
    children = document.children(parent)
    at = key_column(document, parent)
    mapping = document.kinds[parent] == MAPPING
    above = children[-1] if mapping or place.ordinal >= len(children) else children[max(place.ordinal - 1, 0)]
    end = content_end(document, above)
    style = sibling_style(document, parent, file_style(document, end, at))
    if mapping:
        lines = entry_lines(place.token, value, at, style)
    else:
        lines = item_lines(value, at, style, gap=_gap(document, parent))
    if not mapping and place.ordinal == 0:
        return [_before_first(document, parent, lines)]
    return _after(text, document, above, lines)


def _gap(document: Document, sequence: int) -> int:
    """The spaces between dash and item, as the first item with content on its dash's line has them."""
    for ordinal, item in enumerate(document.children(sequence)):
        at = dash(document, sequence, ordinal)
        between = document.text[at + 1 : document.start(item)]
        if at >= 0 and between and not between.strip(" "):
            return len(between)
    return 1


def _after(text: str, document: Document, node: int, lines: list[str]) -> list[Edit]:
    """Whole lines after the line that the node's last leaf ends on."""
    end = content_end(document, node)
    line = line_end(text, end)
    if not ends_line(text, end):
        raise PatchRefused(RefusalReason.UNSUPPORTED_SHAPE, "something else follows on the last sibling's line")
    break_ = end_of_line(text, end)
    edits = [Edit(line, line, "".join(break_ + added for added in lines))]
    if line == len(text):
        edits[:0] = _strip_open_block(document, node)
    return edits


def _strip_open_block(document: Document, node: int) -> list[Edit]:
    """A clipped block scalar that ends the file without a line end has none in its value: it needs a `-` now."""
    leaf = node
    while document.kinds[leaf] != SCALAR and document.close[leaf] > leaf and not document.is_flow(leaf):
        leaf = document.children(leaf)[-1]
    event = document.events[leaf]
    if document.kinds[leaf] != SCALAR or event.style not in {"|", ">"} or event.value.endswith("\n"):
        return []
    start = content_start(document, leaf)
    header = document.text[start : line_end(document.text, start)].split(" ")[0]
    if "-" in header:
        return []
    plus = header.find("+")
    return (
        [Edit(start + plus, start + plus + 1, "-")]
        if plus >= 0
        else [Edit(start + len(header), start + len(header), "-")]
    )


def _before_first(document: Document, sequence: int, lines: list[str]) -> Edit:
    text = document.text
    first = content_start(document, sequence)
    break_ = end_of_line(text, first)
    at = column(text, first)
    if starts_line(text, first):
        position = comment_start(text, line_start(text, first), at, 0)
        return Edit(position, position, "".join(added + break_ for added in lines))
    return Edit(first, first, break_.join(lines)[at:] + break_ + " " * at)


def _into_flow(document: Document, place: Place, parent: int, value: Json) -> list[Edit]:
    text = document.text
    opening = content_start(document, parent)
    style = sibling_style(document, parent, file_style(document, opening))
    mapping = document.kinds[parent] == MAPPING
    children = document.children(parent)
    new = flow_text(value, style)
    if style.json and children and starts_line(text, document.start(children[0])):
        new = pretty_json(value, indentation(text, document.start(children[0])), style)
    if mapping:
        new = flow_key(place.token, style) + new
    if text[opening : opening + 1] not in {"{", "["}:
        end = content_end(document, parent)
        return [Edit(opening, opening, "{"), Edit(end, end, f"{style.comma}{new}}}")]
    if not children:
        gap = " " if text.startswith(" ", opening + 1) else ""
        return [Edit(opening + 1, opening + 1, gap + new)]
    if not mapping and place.ordinal < len(children):
        start = document.start(children[place.ordinal])
        return [Edit(start, start, new + _separator(text, start, style.comma))]
    return _append_flow(document, parent, children, new, style.comma)


def _separator(text: str, start: int, comma: str) -> str:
    """What stands between a new item and the one at `start`: a line of its own where that one has one."""
    if starts_line(text, start):
        return f",{end_of_line(text, start)}{indentation(text, start)}"
    return comma


def _append_flow(document: Document, parent: int, children: list[int], new: str, comma: str) -> list[Edit]:
    text = document.text
    last = children[-2] if document.kinds[parent] == MAPPING else children[-1]
    end = content_end(document, children[-1])
    closing = document.events[document.close[parent]].start_mark.index
    after = text[end:closing]
    own_line = starts_line(text, document.start(last))
    code = "".join(line.partition(" #")[0] for line in after.splitlines())
    trailing = code.strip().startswith(",")
    if not own_line:
        if trailing:
            behind = text.index(",", end) + 1
            return [Edit(behind, behind, f" {new},")]
        return [Edit(end, end, comma + new)]
    indented = end_of_line(text, end) + indentation(text, document.start(last)) + new
    line = line_end(text, end)
    if trailing:
        behind = max(text.index(",", end) + 1, line)
        return [Edit(behind, behind, f"{indented},")]
    if line >= closing:
        return [Edit(end, end, f",{indented}")]
    if line == end:
        return [Edit(end, end, f",{indented}")]
    return [Edit(end, end, ","), Edit(line, line, indented)]
