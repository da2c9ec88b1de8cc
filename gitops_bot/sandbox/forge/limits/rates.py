"""GitHub's limits: requests an hour for each account, and how fast content may be made."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from gitops_bot.sandbox.http import Json

REQUESTS_PER_HOUR = 5_000
REQUESTS_OF_A_WORKFLOW = 1_000
REQUESTS_OF_NOBODY = 60
SEARCHES_PER_MINUTE = 30
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
CREATIONS = ((MINUTE, 80), (HOUR, 500))
CREATIONS_KEPT = 100_000


@dataclass(frozen=True)
class Creation:
    """One request that made content."""

    at: datetime
    login: str
    method: str
    path: str


@dataclass
class _Window:
    started: datetime
    used: int = 0


class Limits:
    """How much each account has asked for, by the forge's clock; not thread-safe.

    `hourly` sets another hourly limit for a login (an empty login: for nobody). With `content_creation` on, the 81st
    creation in a minute and the 501st in an hour are refused; all of them are counted in `creations` anyhow.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._windows: dict[tuple[str, str], _Window] = {}
        self.hourly: dict[str, int] = {}
        self.content_creation = False
        self.creations: deque[Creation] = deque(maxlen=CREATIONS_KEPT)

    def standing(self, login: str, resource: str) -> dict[str, Json]:
        """An account's limit, remaining, used and reset (Unix time) for `core`, `graphql` or `search`."""
        length = MINUTE if resource == "search" else HOUR
        default = REQUESTS_PER_HOUR if login else REQUESTS_OF_NOBODY
        limit = SEARCHES_PER_MINUTE if resource == "search" else self.hourly.get(login, default)
        window = self._window(login, resource, length)
        reset = int((window.started + length).timestamp())
        used = min(window.used, limit)
        return {"limit": limit, "remaining": limit - used, "used": used, "reset": reset}

    def _window(self, login: str, resource: str, length: timedelta) -> _Window:
        now = self._clock()
        window = self._windows.get((login, resource))
        if window is None or now >= window.started + length:
            window = self._windows[login, resource] = _Window(now)
        return window

    def spent(self, login: str, resource: str) -> bool:
        """Whether nothing is left until the reset."""
        return self.standing(login, resource)["remaining"] == 0

    def count(self, login: str, resource: str) -> None:
        """Count one request."""
        self._window(login, resource, MINUTE if resource == "search" else HOUR).used += 1

    def wait_for_creation(self, login: str) -> int:
        """The whole seconds until the account may make content again; 0 where it may now."""
        if not self.content_creation:
            return 0
        now = self._clock()
        waits = [0]
        for length, most in CREATIONS:
            recent = [each.at for each in self.creations if each.login == login and each.at > now - length]
            if len(recent) >= most:
                waits.append(int((recent[-most] + length - now).total_seconds()) + 1)
        return max(waits)

    def create(self, login: str, method: str, path: str) -> None:
        """Count one creation of content."""
        self.creations.append(Creation(self._clock(), login, method, path))
