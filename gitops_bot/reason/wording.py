"""Words for people: untrusted text made safe for a sentence, times, numbers, lists."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

LONGEST = 300


def one_line(text: str, longest: int = LONGEST) -> str:
    """Return untrusted text on one line without control characters, cut to `longest` characters."""
    printable = "".join(letter if letter.isprintable() else " " for letter in text[: longest * 4])
    line = " ".join(printable.split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def quoted(text: str, longest: int = LONGEST) -> str:
    """Return untrusted text as an inline code span that it cannot end itself."""
    return f"`{one_line(text, longest).replace('`', chr(39))}`"


def count(number: int, noun: str) -> str:
    """Return `1 restart`, `7 restarts`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def listed(items: Iterable[str], most: int = 3) -> str:
    """Return `a`, `a and b`, `a, b and c`, or `a, b, c and 4 more`."""
    names = list(dict.fromkeys(items))
    if len(names) > most:
        return f"{', '.join(names[:most])} and {len(names) - most} more"
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def since(time: datetime | None) -> str:
    """Return ` since 2026-11-23 10:27:42 UTC`, or nothing where the time is unknown."""
    return f" since {time.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if time else ""
