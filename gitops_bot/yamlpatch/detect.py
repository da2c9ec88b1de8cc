"""How this file is written: indentation step, sequence style, quotes, flow spacing; new text follows it."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from gitops_bot.yamlpatch.events import MAPPING, SCALAR, SEQUENCE, Document
from gitops_bot.yamlpatch.layout import content_end, end_of_line, indentation, key_column, line_end
from gitops_bot.yamlpatch.scalars import is_always_string
from gitops_bot.yamlpatch.writing import Style

_NEXT_COMMENT = re.compile(r"(?:\r?\n[ \t]*)*\r?\n([ \t]*)#")
_COLON = re.compile(r"[ \t]*:[ \t]*")


def file_style(document: Document, near: int, at: int = 0) -> Style:
    """The style for new text behind the character `near`, whose siblings stand at column `at`."""
    if is_json(document):
        return Style(
            always_quote='"', json=True, unit=_json_unit(document), end_of_line=end_of_line(document.text, near)
        )
    step, offset = _indentation(document, near)
    return Style(
        quote=prevailing_quote(document),
        step=step,
        sequence_offset=offset,
        end_of_line=end_of_line(document.text, near),
        literal=not _literal_would_read_apart(document.text, near, at),
    )


def _literal_would_read_apart(text: str, near: int, at: int) -> bool:
    """Would a literal block here swallow a comment right of the column, or miss its last line end?"""
    if line_end(text, near) == len(text):
        return True
    match = _NEXT_COMMENT.match(text, line_end(text, near))
    return match is not None and len(match.group(1)) > at


def _json_unit(document: Document) -> str:
    children = document.children(0)
    return (indentation(document.text, document.start(children[0])) if children else "") or "  "


def is_json(document: Document) -> bool:
    """Is the whole document JSON, which must stay JSON?"""
    if not document.kinds or document.kinds[0] not in {MAPPING, SEQUENCE} or not document.is_flow(0):
        return False
    try:
        json.loads(document.text)
    except ValueError:
        return False
    return True


def prevailing_quote(document: Document) -> str:
    """The quote character used most in the document; double quotes when there is none."""
    styles = Counter(
        event.style
        for event, kind in zip(document.events, document.kinds, strict=True)
        if kind == SCALAR and event.style
    )
    return "'" if styles["'"] > styles['"'] else '"'


def _block_children(document: Document) -> Iterator[tuple[int, int, int]]:
    """(parent's column, collection, its column) of all block collections that start below a block mapping's key."""
    columns: dict[int, int] = {}
    stack: list[int] = []
    for node, kind in enumerate(document.kinds):
        while stack and document.close[stack[-1]] < node:
            stack.pop()
        if kind not in {MAPPING, SEQUENCE}:
            continue
        if not document.is_flow(node):
            columns[node] = key_column(document, node)
            parent = stack[-1] if stack else None
            if parent is not None and parent in columns and document.kinds[parent] == MAPPING:
                yield columns[parent], node, columns[node]
        stack.append(node)


def _indentation(document: Document, near: int) -> tuple[int, int]:
    """(step, offset of sequences under their key): the commonest in the document, the nearest one on a tie."""
    steps: Counter[int] = Counter()
    offsets: Counter[int] = Counter()
    for parent_column, node, own_column in _block_children(document):
        before = 1 if document.start(node) <= near else 0
        if document.kinds[node] == MAPPING:
            steps[own_column - parent_column] += 2 + before
        else:
            offsets[own_column - parent_column] += 2 + before
    step = steps.most_common(1)[0][0] if steps else 0
    offset = offsets.most_common(1)[0][0] if offsets else None
    step = step if step > 0 else (offset or 2)
    return step, step if offset is None else offset


def sibling_style(document: Document, collection: int, style: Style) -> Style:
    """The style for a new child of the collection: all quoted where its siblings' keys and strings all are, alike."""
    children = document.children(collection)
    mapping = document.kinds[collection] == MAPPING
    if document.is_flow(collection):
        style = _flow_spacing(document, collection, children, style)
    if style.json:
        return style
    values = children[1::2] if mapping else children
    strings = [
        document.events[node].style or ""
        for node in values
        if document.kinds[node] == SCALAR and (document.events[node].style or is_always_string(document.value(node)))
    ]
    keys = (
        [document.events[node].style or "" for node in children[::2] if document.kinds[node] == SCALAR]
        if mapping
        else []
    )
    quotes = {*strings, *keys}
    if (keys if mapping else strings) and len(quotes) == 1 and quotes <= {'"', "'"}:
        style = replace(style, always_quote=quotes.pop())
    return style


def _flow_spacing(document: Document, collection: int, children: list[int], style: Style) -> Style:
    text = document.text
    step = 2 if document.kinds[collection] == MAPPING else 1
    colon = style.colon
    if step == 2 and children:
        match = _COLON.match(text, content_end(document, children[0]))
        colon = match.group() if match else colon
    comma = style.comma
    if len(children) > step:
        between = text[content_end(document, children[step - 1]) : document.start(children[step])]
        comma = between if between.strip(" ") == "," else comma
    return replace(style, colon=colon, comma=comma)
