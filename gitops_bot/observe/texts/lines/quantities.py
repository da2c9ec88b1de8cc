"""Ages, ratios and times as kubectl prints them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from gitops_bot.observe.reading import moment

_AGE = re.compile(r"(\d{1,6})(y|d|h|ms|m|s)")
_WHOLE_AGE = re.compile(r"(?:\d{1,6}(?:y|d|h|ms|m|s)){1,4}")
_SECONDS = {"y": 31_536_000, "d": 86_400, "h": 3_600, "m": 60, "s": 1, "ms": 0}
_RATIO = re.compile(r"(\d{1,5})/(\d{1,5})")
_SERIES = re.compile(r"\(x(\d{1,7}) over (\S{1,20})\)")
_GO_TIME = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.\d{1,9})? ?(Z|UTC|[+-]\d\d:?\d\d)?")


def age(text: str) -> timedelta | None:
    """Return `5m3s` as a length of time, None where it is none."""
    if not _WHOLE_AGE.fullmatch(text.strip()):
        return None
    return timedelta(seconds=sum(int(number) * _SECONDS[unit] for number, unit in _AGE.findall(text)))


def ago(text: str, now: datetime) -> datetime | None:
    """Return the moment that an age speaks of."""
    length = age(text)
    return now - length if length is not None else None


def stamp(when: datetime | None) -> str | None:
    """Return a moment as manifests write it."""
    return when.astimezone(UTC).isoformat() if when else None


def ratio(text: str) -> tuple[int, int] | None:
    """Return `1/2` as two numbers."""
    found = _RATIO.match(text.strip())
    return (int(found[1]), int(found[2])) if found else None


def whole(text: str) -> int:
    """Return the number that a text begins with, else 0."""
    found = re.match(r"\s*(\d{1,9})", text)
    return int(found[1]) if found else 0


def series(text: str) -> tuple[int, timedelta | None]:
    """Return how often and over what time `2m (x4 over 5m)` says something was seen."""
    found = _SERIES.search(text)
    return (int(found[1]), age(found[2])) if found else (1, None)


def written_time(text: str) -> datetime | None:
    """Return a time as manifests, `kubectl describe` and Go programs write it, in UTC."""
    text = text.strip()
    if found := moment(text):
        return found
    if found_go := _GO_TIME.match(text):
        date, clock, zone = found_go.groups()
        offset = "+00:00" if zone in {None, "Z", "UTC"} else str(zone)
        return moment(f"{date}T{clock}{offset}")
    if not re.match(r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d", text):
        return None
    try:
        return parsedate_to_datetime(text[:40]).astimezone(UTC)
    except (ValueError, TypeError):
        return None
