"""Writing no faster than the forge wants: GitHub allows 80 creations of content a minute."""

from __future__ import annotations

import time
from collections.abc import Callable

BURST = 20
PER_SECOND = 1.0


class Pacing:
    """A token bucket: a burst of 20 writes, then one a second, so never more than 80 in any minute.

    `clock` gives seconds that only grow, `sleep` waits that many.
    """

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._tokens = float(BURST)
        self._filled_at = clock()

    def take(self) -> None:
        """Return as soon as one more write is allowed."""
        self._fill()
        if self._tokens < 1.0:
            self._sleep((1.0 - self._tokens) / PER_SECOND)
            self._fill()
        self._tokens = max(self._tokens - 1.0, 0.0)

    def _fill(self) -> None:
        now = self._clock()
        self._tokens = min(BURST, self._tokens + (now - self._filled_at) * PER_SECOND)
        self._filled_at = now
