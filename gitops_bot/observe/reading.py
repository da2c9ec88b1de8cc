"""Small helpers for text and times that come from outside."""

from __future__ import annotations

from datetime import UTC, datetime

from gitops_bot.model.json import Json
from gitops_bot.redaction import redact_field, redacted_and_capped

LONGEST_TEXT = 4096


def capped(text: str) -> str:
    """Return at most 4 KiB of a text that somebody else wrote, without the secrets in it; a cut shows."""
    return redacted_and_capped(text, LONGEST_TEXT)


def capped_field(label: str, value: Json) -> Json:
    """Return a field's value without secrets, and with each string in it capped; `label` may tell that it is one."""
    return capped_value(redact_field(label, value))


def capped_value(value: Json) -> Json:
    """Return a JSON value with each string in it redacted and capped."""
    if isinstance(value, str):
        return capped(value)
    if isinstance(value, list):
        return [capped_value(item) for item in value]
    if isinstance(value, dict):
        return {capped(key): capped_value(item) for key, item in value.items()}
    return value


def moment(value: Json) -> datetime | None:
    """Return an RFC 3339 time of a manifest in UTC, or None where it is none."""
    if not isinstance(value, str):
        return None
    try:
        parsed = datetime.fromisoformat(value)
    except ValueError:
        return None
    return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)


def earliest(*moments: datetime | None) -> datetime | None:
    """Return the earliest of the moments that are known."""
    return min((known for known in moments if known), default=None)


def number(value: Json) -> int:
    """Return the value where it is a whole number, else 0."""
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
