"""Faults on request: the next matching call goes wrong once, in a way that a real forge goes wrong."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from gitops_bot.sandbox.http import Request, Response

FaultKind: TypeAlias = Literal["rate-limit", "secondary-limit", "500", "502", "503", "drop"]


@dataclass(frozen=True)
class Fault:
    """What goes wrong where: `path` is searched in the request's path and query; `retry_after` in seconds."""

    method: str
    path: re.Pattern[str]
    kind: FaultKind
    retry_after: int = 1

    def answer(self) -> Response:
        """The answer in place of the work; for `drop` there is none."""
        if self.kind == "rate-limit":
            limited = {"retry-after": str(self.retry_after), "x-ratelimit-remaining": "0"}
            return Response.json(429, {"message": "API rate limit exceeded for installation."}, limited)
        if self.kind == "secondary-limit":
            text = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
            return Response.json(403, {"message": text}, {"retry-after": str(self.retry_after)})
        return Response.json(int(self.kind), {"message": "Server Error"})


class Faults:
    """The faults that still wait. One fault strikes one call. Safe for many threads."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []
        self._guard = threading.Lock()

    def add(self, method: str, path: str, kind: FaultKind, *, times: int = 1, retry_after: int = 1) -> None:
        """Let the next `times` calls of `method` whose path matches the regular expression `path` go wrong.

        `rate-limit` (429), `secondary-limit` (403), `500`, `502` and `503` come instead of the work; with `drop` the
        work is done and the answer is lost.
        """
        with self._guard:
            self._waiting += [Fault(method.upper(), re.compile(path), kind, retry_after)] * times

    def take(self, request: Request) -> Fault | None:
        """The fault that strikes this request, which is then used up."""
        with self._guard:
            for fault in self._waiting:
                if fault.method == request.method and fault.path.search(request.target):
                    self._waiting.remove(fault)
                    return fault
        return None


def dropped(response: Response) -> Response:
    """The same answer, lost on its way."""
    return replace(response, drop=True)
