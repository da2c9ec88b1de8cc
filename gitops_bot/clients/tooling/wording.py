"""What tools answer: rows of plain text, cut to a number of rows and characters, and saying so."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import groupby

from gitops_bot.untrusted import clip, one_line

MOST_ROWS = 60
# The loop shows no more of one answer: what is cut here is cut with a word about it.
MOST_CHARACTERS = 3_800
_LONGEST_ROW = 400


def rows(
    lines: Iterable[str],
    *,
    most: int = MOST_ROWS,
    characters: int = MOST_CHARACTERS,
    longest: int = _LONGEST_ROW,
    what: str = "more",
) -> str:
    """Return the lines, each on one line of at most `longest` characters, most telling first.

    Cut to `most` lines and to `characters` in all, with a last line that says how many are left out.
    """
    every = list(lines)
    shown: list[str] = []
    room = characters
    for line in every[:most]:
        row = clip(line, longest)
        if len(row) + 1 > room:
            break
        shown.append(row)
        room -= len(row) + 1
    if len(shown) < len(every):
        shown.append(f"(… {len(every) - len(shown)} {what})")
    return "\n".join(shown)


def block(text: str, characters: int = MOST_CHARACTERS) -> str:
    """Return a text of many lines cut after a whole line, with a last line that says how many are left out."""
    return rows(text.rstrip("\n").split("\n"), most=len(text) + 1, characters=characters, longest=characters)


def plain(text: str, limit: int = _LONGEST_ROW) -> str:
    """Return untrusted text on one line, without characters that do not show."""
    return one_line(text, limit)


def number(value: float) -> str:
    """Return a measured number with four significant digits, without an exponent where it can be read without."""
    if not math.isfinite(value) or (value == int(value) and abs(value) < 10_000):
        return f"{value:g}"
    rounded = float(f"{value:.4g}")
    if not 1e-4 <= abs(rounded) < 1e15:
        return f"{rounded:g}"
    return f"{rounded:.8f}".rstrip("0").rstrip(".")


def moment(time: datetime | None) -> str:
    """Return a time as `2026-11-23T10:27:42Z`, `-` for none."""
    return f"{time.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if time else "-"


def folded(lines: Iterable[tuple[str, str]]) -> list[str]:
    """Return `TIME TEXT` of each pair, runs of one text as one row: `10:28:57Z … (×3, last 10:29:01Z)`."""
    runs = [[*run] for _, run in groupby(lines, key=lambda line: line[1])]
    return [f"{run[0][0]} {run[0][1]}" + (f" (×{len(run)}, last {run[-1][0]})" if len(run) > 1 else "") for run in runs]
