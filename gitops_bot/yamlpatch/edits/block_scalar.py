"""Replace the value of a literal (`|`) or folded (`>`) block scalar; its style stays while it holds the new value."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gitops_bot.yamlpatch.detect import file_style
from gitops_bot.yamlpatch.errors import PatchRefused
from gitops_bot.yamlpatch.events import Document, parse
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
from gitops_bot.yamlpatch.scalars import Scalar
from gitops_bot.yamlpatch.writing import can_be_literal, scalar_text

_BREAKS = re.compile(r"(?:[ \t]*\r?\n)+ *")
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


def replace_block_scalar(document: Document, place: Place, value: Scalar) -> list[Edit]:
    """The edits that put a new scalar where a block scalar is."""
    node = place.node if place.node is not None else 0
    block = _read(document, place, node)
    if not isinstance(value, str) or not can_be_literal(value):
        style = file_style(document, block.header[0])
        new = scalar_text(value, style, flow=False, old_quote='"' if isinstance(value, str) else "")
        return [Edit(*block.header, new), Edit(*block.body, "")]
    old, chomp = document.value(node), _chomp(block, value)
    if block.style == "|":
        lines = _literal(block, old, value)
    else:
        lines = _spliced(block, old, value, chomp) or _folded(block, value)
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


def _spliced(block: _Block, old: str, new: str, chomp: str) -> list[str] | None:
    """A folded scalar's lines with only the changed words rewritten; None when the change is not inside a line."""
    shorter = min(len(old), len(new))
    head = next((at for at in range(shorter) if old[at] != new[at]), shorter)
    tail = next((at for at in range(shorter - head) if old[-1 - at] != new[-1 - at]), shorter - head)
    raw = "\n".join(block.raw_lines)
    offsets = _offsets(raw, old)
    middle = new[head : len(new) - tail]
    if offsets is None or "\n" in middle or "\n" in old[head : len(old) - tail] or not old.strip():
        return None
    lines = (raw[: offsets[head]] + middle + raw[offsets[len(old) - tail] :]).split("\n")
    return lines if _reads_as(block, lines, new, chomp) else None


def _offsets(raw: str, value: str) -> list[int] | None:
    """Where each character of a folded value stands in its text; a run of line ends is one place."""
    offsets, at = [], len(raw) - len(raw.lstrip(" "))
    position = 0
    while position < len(value):
        if raw.startswith(value[position], at) and value[position] != "\n":
            offsets.append(at)
            position, at = position + 1, at + 1
            continue
        broken = _BREAKS.match(raw, at)
        width = len(value) - position - len(value[position:].lstrip("\n")) or 1
        if not broken and position + width < len(value):
            return None
        offsets += [at] * width
        position, at = position + width, broken.end() if broken else at
    return [*offsets, at]


def _reads_as(block: _Block, lines: list[str], value: str, chomp: str) -> bool:
    owner = "---" if block.base < 0 else " " * block.base + "k:"
    digit = str(block.indent - max(block.base, 0)) if block.explicit else ""
    end = "" if block.at_end and not value.endswith("\n") else "\n"
    try:
        document = parse(f"{owner} >{digit}{chomp}\n" + "\n".join(lines).removesuffix("\r") + end)
    except PatchRefused:
        return False
    return document.value(0 if block.base < 0 else 2) == value
