"""Faults that a test injects into answers: each for the paths that a pattern finds, once or always."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

from gitops_bot.sandbox.http import Response

Spoil: TypeAlias = Callable[[Response], Response]


def status(code: int) -> Spoil:
    """Answer with another status, in the error shape of Argo CD's gateway."""
    error = f"rpc error: code = Unknown desc = injected fault {code}"
    return lambda _: Response.json(code, {"error": error, "code": 2, "message": error})


def truncated(response: Response) -> Response:
    """Answer with the first half of the body, as if a proxy had cut it; no JSON any more."""
    return replace(response, body=response.body[: len(response.body) // 2])


def not_json(_: Response) -> Response:
    """Answer with the HTML page of a login proxy, under status 200."""
    return Response(200, {"content-type": "text/html"}, b"<!doctype html><title>Sign in</title><p>Sign in to go on.")


def dropped(response: Response) -> Response:
    """Close the connection without an answer."""
    return replace(response, drop=True)


@dataclass(frozen=True)
class _Fault:
    pattern: re.Pattern[str]
    spoil: Spoil
    once: bool


class Faults:
    """The faults in force, the first that fits an answer spoils it. Safe for many threads."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._faults: list[_Fault] = []
        self._released = threading.Event()

    def add(self, pattern: str, spoil: Spoil, *, once: bool = False) -> None:
        """Spoil the answers to paths in which the regular expression `pattern` is found: the next one, or all."""
        with self._guard:
            self._faults.append(_Fault(re.compile(pattern), spoil, once))

    def hang(self, response: Response) -> Response:
        """Answer only after `release`."""
        self._released.wait()
        return response

    def slow(self, seconds: float) -> Spoil:
        """Answer `seconds` later, or at `release`."""

        def spoil(response: Response) -> Response:
            self._released.wait(seconds)
            return response

        return spoil

    def release(self) -> None:
        """Let go of every answer that hangs, now and later; a server that closes calls it first."""
        self._released.set()

    def clear(self) -> None:
        """Forget every fault, so that answers are sound again."""
        with self._guard:
            self._faults.clear()

    def apply(self, path: str, response: Response) -> Response:
        """The answer to `path`, spoiled where a fault says so."""
        with self._guard:
            fault = next((each for each in self._faults if each.pattern.search(path)), None)
            if fault is not None and fault.once:
                self._faults.remove(fault)
        return response if fault is None else fault.spoil(response)
