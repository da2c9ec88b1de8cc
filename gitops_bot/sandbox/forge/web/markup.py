"""HTML that is safe by default: what goes into a template is escaped unless it is Markup already."""

from __future__ import annotations

import html
from collections.abc import Iterable
from datetime import UTC, datetime


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


def escape(value: object) -> Markup:
    """The value as HTML text, quotes included; Markup stays as it is."""
    return value if isinstance(value, Markup) else Markup(html.escape(str(value)))


def markup(template: str, **values: object) -> Markup:
    """Fill `{name}` in a template with escaped values."""
    return Markup(template.format_map({name: escape(value) for name, value in values.items()}))


def joined(parts: Iterable[object]) -> Markup:
    """The parts one after the other, each escaped unless it is Markup."""
    return Markup("".join(escape(part) for part in parts))


def moment(when: datetime) -> Markup:
    """A time that a person reads, in UTC."""
    utc = when.astimezone(UTC)
    return markup(
        '<time datetime="{machine}">{words}</time>', machine=utc.isoformat(), words=f"{utc:%d %b %Y, %H:%M} UTC"
    )


def plural(count: int, noun: str) -> str:
    """`1 commit`, `2 commits`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
