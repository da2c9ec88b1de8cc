"""The bot's own texts, read back. Whoever may write can have changed them: what is not found is left out. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

_HEADING = re.compile(r"#{1,6} +(.+)")
_FENCE = re.compile(r" {0,3}(`{3,})")
_CELLS = re.compile(r"(?<!\\)\|")
_LINK = re.compile(r"\[([^\[\]]*)\]\([^()\s]*\)")
_TAG = re.compile(r"<[^<>]*>")
_TICKS = re.compile(r"(`+)")
_LONGEST_LINE = 4_000
_RULE = re.compile(r"[-: ]*")
_PATH = re.compile(r"\[?(`+) ?([^`\n]+?) ?\1(?:\]\([^()\s]*\))?")
_COMMIT = re.compile(r"/commit/([0-9a-f]{40})\)")
_FILES = {"What changes", "What was considered"}
_MARKS = {"✓": True, "✗": False}
# A field's line in a rendered difference, after the line with its object.
_OBJECT = re.compile(r"[ +-] ([A-Z][A-Za-z0-9]*) (?:([a-z0-9.-]+)/)?([a-z0-9.:-]+)")
_FIELD = re.compile(r"[+-] ([A-Za-z][^\s:]*): .*")


class Line(Struct, frozen=True):
    """One line of a body: below which heading (empty: above all), and whether it stands in a fence."""

    section: str
    text: str
    fenced: bool = False


class Question(Struct, frozen=True):
    """One row of the checks: what was asked, whether it passed, the answer, and what would lift a refusal."""

    name: str
    passed: bool
    detail: str
    lift: str


class Field(Struct, frozen=True):
    """A field that changes: the object's kind, namespace and name, and the field's label."""

    kind: str
    namespace: str
    name: str
    label: str


def lines_of(body: str) -> tuple[Line, ...]:
    """Return the lines of a body with where they stand; the fences themselves are left out."""
    found: list[Line] = []
    section = fence = ""
    for text in body.replace("\r\n", "\n").split("\n"):
        ticks = _FENCE.match(text)
        if fence:
            if ticks and text.strip() == fence:
                fence = ""
                continue
            found.append(Line(section, text, fenced=True))
        elif ticks:
            fence = ticks.group(1)
        elif heading := _HEADING.fullmatch(text.strip()):
            section = heading.group(1)
        else:
            found.append(Line(section, text))
    return tuple(found)


def plain(markdown: str) -> str:
    """Return a line without our links, tags and emphasis; what stands in code stays, between single backticks."""
    pieces = _TICKS.split(_LINK.sub(r"\1", markdown[:_LONGEST_LINE]))
    text, index = "", 0
    while index < len(pieces):
        ticks = pieces[index] if index % 2 else ""
        end = next((at for at in range(index + 2, len(pieces), 2) if pieces[at] == ticks), 0) if ticks else 0
        if end:
            text += f"`{''.join(pieces[index + 1 : end]).replace('`', chr(39)).strip()}`"
            index = end
        elif not ticks:
            text += _TAG.sub("", pieces[index]).replace("**", "")
        index += 1
    return text.strip()


def paragraph(lines: tuple[Line, ...], section: str) -> str:
    """Return a section's prose on one line: no tables, no fences, no notes."""
    texts = (plain(line.text) for line in lines if line.section == section and not line.fenced)
    return " ".join(text for text in texts if text and not text.startswith(("|", ">")))


def rows(lines: tuple[Line, ...], section: str = "") -> Iterator[tuple[str, ...]]:
    """Yield the cells of the rows of a section's tables (of all where it is empty), heads and rules too."""
    for line in lines:
        if line.text.startswith("|") and not line.fenced and (not section or line.section == section):
            yield tuple(plain(cell.replace("\\|", "|")) for cell in _CELLS.split(line.text.strip())[1:-1])


def evidence(lines: tuple[Line, ...]) -> tuple[tuple[str, str, str], ...]:
    """Return signal, value and place of the evidence."""
    found = [cells for cells in rows(lines, "Evidence") if len(cells) == 4 and not _RULE.fullmatch(cells[0])]
    return tuple((signal, value, where) for signal, value, where, _ in found[1:])


def checks(lines: tuple[Line, ...]) -> tuple[Question, ...]:
    """Return the checks, failed ones first."""
    found = [cells for cells in rows(lines) if len(cells) == 4 and cells[0] in _MARKS]
    questions = [Question(name, _MARKS[mark], detail, lift) for mark, name, detail, lift in found]
    return tuple(sorted(questions, key=lambda one: one.passed))


def commits(lines: tuple[Line, ...]) -> tuple[str, ...]:
    """Return the commits that the cause names: the one with which it began, and the last good one."""
    texts = "\n".join(line.text for line in lines if line.section == "Cause" and not line.fenced)
    return tuple(dict.fromkeys(_COMMIT.findall(texts)))


def paths(lines: tuple[Line, ...]) -> tuple[str, ...]:
    """Return the files that change: each stands alone on its line, as code."""
    alone = (line.text.strip() for line in lines if line.section in _FILES and not line.fenced)
    return tuple(found.group(2) for text in alone if (found := _PATH.fullmatch(text)))


def fields(lines: tuple[Line, ...]) -> tuple[Field, ...]:
    """Return the rendered fields that change, each once."""
    found: dict[Field, None] = {}
    current = None
    for line in lines:
        if not line.fenced or line.section not in _FILES:
            continue
        if match := _OBJECT.fullmatch(line.text):
            current = match
        elif current and (match := _FIELD.fullmatch(line.text)):
            kind, namespace, name = current.groups(default="")
            found[Field(kind, namespace, name, match.group(1))] = None
    return tuple(found)
