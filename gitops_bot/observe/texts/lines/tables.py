"""Tables with a line of capitals above aligned columns, as kubectl, argocd, flux and helm print them."""

from __future__ import annotations

import re

Row = dict[str, str]
_TITLE = re.compile(r"[A-Z][A-Z0-9()-]*(?: [A-Z0-9()-]+)*")
_GAP = re.compile(r" {2,}")


def header(line: str) -> list[tuple[str, int]] | None:
    """Return the columns of a header line with where they begin, or None where it is none."""
    stripped = line.strip()
    if not stripped or not stripped[0].isupper() or any(letter.islower() for letter in stripped):
        return None
    columns = [(found.group(), found.start()) for found in _TITLE.finditer(line)]
    parts = _GAP.split(stripped)
    if [name for name, _ in columns] != parts:
        columns = _loose(line)
    return columns if len(columns) >= 2 and all(_TITLE.fullmatch(name) for name, _ in columns) else None


def rows(columns: list[tuple[str, int]], lines: list[str]) -> list[Row]:
    """Return the rows as maps from column to cell."""
    return [_row(columns, line) for line in lines]


def _loose(line: str) -> list[tuple[str, int]]:
    return [(found.group(), found.start()) for found in re.finditer(r"\S+(?: \S+)*", line)]


def _row(columns: list[tuple[str, int]], line: str) -> Row:
    starts = [start for _, start in columns]
    names = [name for name, _ in columns]
    if all(start == 0 or start >= len(line) or line[start - 1] == " " for start in starts):
        ends = [*starts[1:], len(line)]
        return {name: line[start:end].strip() for name, start, end in zip(names, starts, ends, strict=True)}
    cells = _GAP.split(line.strip(), maxsplit=len(names) - 1)
    if len(cells) < len(names):
        cells = line.split(None, len(names) - 1)
    return dict(zip(names, (*cells, *[""] * len(names)), strict=False))
