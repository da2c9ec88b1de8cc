"""Faults on request: the next matching call goes wrong once, in a way that a real forge goes wrong."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from gitops_bot.sandbox.forge.limits.refusals import DOCUMENTATION, secondary_limit
from gitops_bot.sandbox.http import Request, Response

FaultKind: TypeAlias = Literal[
    "rate-limit",
    "secondary-limit",
    "401",
    "403",
    "404",
    "409",
    "422",
    "500",
    "502",
    "503",
    "lost",
    "drop",
    "timeout",
    "slow",
    "truncated",
]
WORKED = {"drop", "timeout", "slow", "truncated"}
WORDS = {
    "401": "Bad credentials",
    "403": "Resource not accessible by integration",
    "404": "Not Found",
    "409": "Conflict",
    "422": "Validation Failed",
}
# GraphQL refuses under status 200, save whom it does not know.
GRAPHQL_TYPES = {"403": "FORBIDDEN", "404": "NOT_FOUND", "409": "STALE_DATA", "422": "UNPROCESSABLE"}


@dataclass(frozen=True)
class Fault:
    """What goes wrong where: `path` is searched in the request's path and query, `body` in its body."""

    method: str
    path: re.Pattern[str]
    kind: FaultKind
    retry_after: int
    seconds: float
    body: re.Pattern[bytes]

    def strikes(self, request: Request) -> bool:
        """Whether the request is one of those that go wrong."""
        here = self.method in {request.method, "*"} and self.path.search(request.target) is not None
        return here and self.body.search(request.body) is not None

    def instead(self, request: Request) -> Response:
        """The answer in place of the work."""
        if self.kind == "lost":
            return Response(0, drop=True)
        if self.kind == "rate-limit":
            limited = {"retry-after": str(self.retry_after), "x-ratelimit-remaining": "0"}
            return Response.json(429, {"message": "API rate limit exceeded for installation."}, limited)
        if self.kind == "secondary-limit":
            return secondary_limit(self.retry_after)
        words = WORDS.get(self.kind, "Server Error")
        if self.kind in GRAPHQL_TYPES and request.path.endswith("/graphql"):
            return Response.json(200, {"data": None, "errors": [{"type": GRAPHQL_TYPES[self.kind], "message": words}]})
        return Response.json(
            int(self.kind), {"message": words, "documentation_url": DOCUMENTATION, "status": self.kind}
        )


class Faults:
    """The faults that still wait. One fault strikes one call. Safe for many threads."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []
        self._guard = threading.Lock()
        self._released = threading.Event()

    def add(
        self,
        method: str,
        path: str,
        kind: FaultKind,
        *,
        times: int = 1,
        retry_after: int = 1,
        seconds: float = 1.0,
        body: str = "",
    ) -> None:
        """Let the next `times` calls of `method` (`*`: any) go wrong whose path and query match `path`.

        `body` is a regular expression that the request's body matches too, as where GraphQL has one path for all.
        Instead of the work come `rate-limit` (429), `secondary-limit` (403), a refusal or a failure with its status,
        and `lost`: the connection closes before the work. After the work `drop` closes the connection, `timeout` does
        so `seconds` later, `slow` answers `seconds` later, and `truncated` answers with the first half of the body.
        """
        fault = Fault(method.upper(), re.compile(path), kind, retry_after, seconds, re.compile(body.encode()))
        with self._guard:
            self._waiting += [fault] * times

    def clear(self) -> None:
        """Forget the faults that still wait."""
        with self._guard:
            self._waiting.clear()

    def release(self) -> None:
        """Let go of every answer that is held back, now and later."""
        self._released.set()

    @property
    def waiting(self) -> int:
        """How many faults have not struck yet."""
        with self._guard:
            return len(self._waiting)

    def apply(self, request: Request, work: Callable[[Request], Response]) -> Response:
        """The answer to a request: what `work` gives, or what the fault that strikes it makes of that."""
        fault = self._take(request)
        if fault is None:
            return work(request)
        return self._spoiled(work(request), fault) if fault.kind in WORKED else fault.instead(request)

    def _take(self, request: Request) -> Fault | None:
        with self._guard:
            for fault in self._waiting:
                if fault.strikes(request):
                    self._waiting.remove(fault)
                    return fault
        return None

    def _spoiled(self, response: Response, fault: Fault) -> Response:
        if fault.kind in {"timeout", "slow"}:
            self._released.wait(fault.seconds)
        if fault.kind == "truncated":
            return replace(response, body=response.body[: len(response.body) // 2])
        return response if fault.kind == "slow" else replace(response, drop=True)
