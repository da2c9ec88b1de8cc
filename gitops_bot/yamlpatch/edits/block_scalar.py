"""Replace the value of a literal (`|`) or folded (`>`) block scalar; its style stays while it can hold the new value."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gitops_bot.yamlpatch.detect import file_style
from gitops_bot.yamlpatch.events import Document
from gitops_bot.yamlpatch.layout import (
    Edit,
    block_scalar_end,
    content_start,
    end_of_line,
    key_column,
    line_end,
    line_start,
)
from gitops_bot.yamlpatch.navigate import Place
from gitops_bot.yamlpatch.writing import can_be_literal, scalar_text

_INDICATOR = re.compile(r"([|>])(?:([1-9])([-+]?)|([-+])([1-9])?)?")


@dataclass(frozen=True, slots=True)
class _Block:
    """An old block scalar: its header's parts, its content lines as written, and where they stand."""

    style: str
    chomp: str
    explicit: bool
    base: int
    indent: int
    header: tuple[int, int]
    body: tuple[int, int]
    raw_lines: list[str]
    carriage_return: str
    at_end: bool


def replace_block_scalar(document: Document, place: Place, value: None | bool | int | float | str) -> list[Edit]:
    """The edits that put a new scalar where a block scalar is."""
    node = place.node if place.node is not None else 0
    block = _read(document, place, node)
    if not isinstance(value, str) or not can_be_literal(value):
        style = file_style(document, block.header[0])
        new = scalar_text(value, style, flow=False, old_quote='"' if isinstance(value, str) else "")
        return [Edit(*block.header, new), Edit(*block.body, "")]
    lines = _literal(block, document.value(node), value) if block.style == "|" else _folded(block, value)
    chomp = _chomp(block, value)
    body_end = _kept_blank_lines(document, node, block) if chomp == "+" else block.body[1]
    if block.at_end and value.endswith("\n"):
        lines.append("")
    body = "".join(f"\n{line}" for line in lines)
    if block.carriage_return:
        body = "\r" + body.removesuffix("\r")
    edits = [Edit(block.body[0], body_end, body)]
    header = block.style + (str(block.indent - max(block.base, 0)) if _needs_digit(block, value) else "") + chomp
    if header != document.text[slice(*block.header)] and not _same_header(header, document.text[slice(*block.header)]):
        edits.insert(0, Edit(*block.header, header))
    return edits


def _same_header(left: str, right: str) -> bool:
    return sorted(left) == sorted(right)


def _read(document: Document, place: Place, node: int) -> _Block:
    text = document.text
    start = content_start(document, node)
    match = _INDICATOR.match(text, start)
    style, digit, chomp = ("|", "", "")
    header_end = start + 1
    if match:
        style, digit, chomp = match[1], match[2] or match[5] or "", match[3] or match[4] or ""
        header_end = match.end()
    base = key_column(document, place.parent) if place.parent is not None else -1
    body_start, body_end = line_end(text, start), block_scalar_end(document, node)
    raw = text[body_start:body_end].removeprefix("\r").removeprefix("\n")
    lines = raw.split("\n") if body_end > body_start else []
    if digit:
        indent = max(base, 0) + int(digit)
    else:
        widths = [len(line) - len(line.lstrip(" ")) for line in lines if line.strip(" \r")]
        indent = widths[0] if widths else max(base, 0) + file_style(document, start).step
    carriage_return = "\r" if end_of_line(text, start) == "\r\n" else ""
    if carriage_return and lines and not lines[-1].endswith("\r"):
        lines[-1] += "\r"
    at_end = body_end >= len(text)
    return _Block(
        style,
        chomp,
        bool(digit),
        base,
        indent,
        (start, header_end),
        (body_start, body_end),
        lines,
        carriage_return,
        at_end,
    )


def _chomp(block: _Block, value: str) -> str:
    if not value.endswith("\n"):
        return "" if block.at_end and not block.chomp else "-"
    if value.endswith("\n\n"):
        return "+"
    return block.chomp if block.chomp == "+" else ""


def _needs_digit(block: _Block, value: str) -> bool:
    return block.explicit or value.lstrip("\n").startswith(" ")


def _kept_blank_lines(document: Document, node: int, block: _Block) -> int:
    """The body's end when the blank lines behind it are to count: they are replaced with it."""
    text, end = document.text, document.events[node].end_mark.index
    end = line_start(text, end) if not text[line_start(text, end) : end].strip() else end
    if end < len(text) or text.endswith("\n"):
        end = line_end(text, end - 1)
    return max(end, block.body[1])


def _value_lines(value: str) -> list[str]:
    return value.removesuffix("\n").split("\n")


def _literal(block: _Block, old: str, new: str) -> list[str]:
    """The new content lines as written; those that stay are kept byte by byte."""
    old_lines, new_lines = _value_lines(old), _value_lines(new)
    fresh = [(" " * block.indent + line if line else "") + block.carriage_return for line in new_lines]
    if len(old_lines) != len(block.raw_lines):
        return fresh
    shorter = min(len(old_lines), len(new_lines))
    head = next((at for at in range(shorter) if old_lines[at] != new_lines[at]), shorter)
    tail = next((at for at in range(shorter - head) if old_lines[-1 - at] != new_lines[-1 - at]), shorter - head)
    kept_tail = block.raw_lines[len(old_lines) - tail :]
    return [*block.raw_lines[:head], *fresh[head : len(new_lines) - tail], *kept_tail]


def _folded(block: _Block, value: str) -> list[str]:
    """Each line end of the value between two lines at the block's own indentation takes one more empty line."""
    body = value.rstrip("\n")
    written: list[str] = []
    previous = ""
    for line in body.split("\n"):
        if line and previous and line[0] not in " \t" and previous[0] not in " \t":
            written.append("")
        written.append(line)
        previous = line or previous
    written += [""] * (len(value) - len(body) - 1)
    return [(" " * block.indent + line if line else "") + block.carriage_return for line in written]
