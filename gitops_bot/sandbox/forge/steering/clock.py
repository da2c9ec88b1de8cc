"""A clock that stands still until it is moved."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

START = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


class ManualClock:
    """Gives the present in UTC; every look moves it on by `tick`, `advance` by as much as is asked."""

    def __init__(self, now: datetime = START, tick: timedelta = timedelta(0)) -> None:
        self.now = now
        self.tick = tick

    def __call__(self) -> datetime:
        """The present, and a tick later from now on."""
        present = self.now
        self.now += self.tick
        return present

    def advance(self, **parts: float) -> datetime:
        """Move on by `days`, `hours`, `minutes` or `seconds`; returns the new present."""
        self.now += timedelta(**parts)
        return self.now

    def seconds(self) -> float:
        """The present as Unix time, for a client that counts so."""
        return self.now.timestamp()
