"""When a text was taken: the moment that its ages count back from."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from gitops_bot.observe.texts.lines.quantities import age, written_time

_ISO = re.compile(r"\b20\d\d-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?: ?(?:Z|UTC|[+-]\d\d:?\d\d))?")
_LONG = re.compile(r"\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d? \w{3} 20\d\d \d\d:\d\d:\d\d [+-]\d{4}")
_START = re.compile(r"^Start Time:[ \t]+(\S.{10,40})$", re.MULTILINE)
_SCHEDULED = re.compile(r"^[ \t]*Normal[ \t]+Scheduled[ \t]+(\d\S{0,12})\s", re.MULTILINE)
_STALE = timedelta(hours=1)
_READ = 200_000


def taken_at(texts: Iterable[str], now: datetime) -> datetime:
    """Return when the texts were taken: told by a pod's start and its age; for old texts the last time in them."""
    whole = "\n".join(text[:_READ] for text in texts)[: 3 * _READ]
    start, scheduled = _START.search(whole), _SCHEDULED.search(whole)
    if start and scheduled and (began := written_time(start[1])) and (length := age(scheduled[1])):
        return began + length
    times = (written_time(found) for pattern in (_ISO, _LONG) for found in pattern.findall(whole)[:2000])
    latest = max((time for time in times if time and time <= now + _STALE), default=now)
    return latest if now - latest > _STALE else now
