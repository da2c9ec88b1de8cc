"""Time for one call: a deadline over all its tries, and answers that are read no longer and no further than allowed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from email.utils import parsedate_to_datetime
from typing import TypeVar

from msgspec import Struct

from gitops_bot.clients.models.failures import Failures, LastingFailure
from gitops_bot.errors import ModelUnavailable

T = TypeVar("T")

TRIES = 4
LARGEST_ANSWER = 8 * 1024 * 1024
_FIRST_WAIT = 0.5
_LONGEST_PAUSE = 5.0


class Clock(Struct, frozen=True):
    """Seconds that only grow, and how to wait for some of them."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


class PassingFailure(Exception):
    """A try failed as another may not: what to report in the end, and the seconds that the server asks to wait."""

    def __init__(self, error: ModelUnavailable, wait: float | None = None) -> None:
        super().__init__(str(error))
        self.error = error
        self.wait = wait


def passing(error: ModelUnavailable, wait: float | None = None) -> Exception:
    """Return what to raise where another try may end otherwise, which it never does after a lasting failure."""
    return error if isinstance(error, LastingFailure) else PassingFailure(error, wait)


class Deadline:
    """The time that is left for one call."""

    def __init__(self, patience: float, clock: Clock) -> None:
        self.patience = patience
        self._clock = clock
        self._end = clock.now() + patience

    @property
    def left(self) -> float:
        """Seconds that are left, none where it is over."""
        return max(self._end - self._clock.now(), 0.0)

    def retrying(self, attempt: Callable[[], T]) -> T:
        """Return what `attempt` returns, after as many tries as fit.

        Raises the ModelUnavailable of the last try, at once where the server asks for a longer wait than is left.
        """
        for number in range(1, TRIES + 1):
            try:
                return attempt()
            except PassingFailure as failure:
                wait = _FIRST_WAIT * 2 ** (number - 1) if failure.wait is None else max(failure.wait, 0.0)
                if number == TRIES or wait >= self.left:
                    raise failure.error from failure.__cause__
                self._clock.sleep(wait)
        raise AssertionError("unreachable: the last try returns or raises")

    def read(self, chunks: Iterable[bytes], failures: Failures, largest: int) -> bytes:
        """Return the joined chunks; ModelUnavailable where there are more than `largest` bytes or time is over."""
        body = bytearray()
        for chunk in chunks:
            body += chunk
            if len(body) > largest:
                raise failures.too_large(largest)
            if not self.left:
                raise failures.too_late(self.patience)
        return bytes(body)

    def hasten(self, extensions: dict[str, object]) -> None:
        """Allow only a short pause between the pieces of an answer that has begun.

        The time-out for its first byte is that of the whole call, and would start anew with each piece.
        """
        timeout = extensions.get("timeout")
        if isinstance(timeout, dict):
            timeout["read"] = min(max(self.left, 0.001), _LONGEST_PAUSE)


def asked_wait(retry_after: str, date: str) -> float | None:
    """Return the seconds that the header `retry-after` asks for, None where it says nothing that can be read."""
    wish = retry_after.strip()
    try:
        return float(wish)
    except ValueError:
        pass
    try:
        # Both times are the server's own, so that a wrong clock here does not matter.
        return (parsedate_to_datetime(wish) - parsedate_to_datetime(date)).total_seconds()
    except (ValueError, TypeError):
        return None
