"""One request to the forge, carried through: paced, waited for, and never done twice when the answer was lost."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from gitops_bot.clients.forge.errors import AnswerError, worded

Result = TypeVar("Result")
_TRIES = 3
# GitHub allows 80 creations of content a minute.
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


class Exchange:
    """Carries requests. `patience` is how many seconds all waits for a rate limit may take in this run."""

    def __init__(
        self,
        where: str,
        pacing: Pacing,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], float] = time.time,
        patience: float = 180.0,
    ) -> None:
        self._where = where
        self._pacing = pacing
        self._sleep = sleep
        self._now = now
        self._patience = patience

    def read(self, what: str, call: Callable[[], Result], permission: str = "contents: read") -> Result:
        """Return what `call` gives; lost answers and server errors are asked again. Raises GitopsBotError."""
        for attempt in range(_TRIES):
            try:
                return self._unlimited(call)
            except AnswerError as answer:
                if not answer.uncertain or attempt == _TRIES - 1:
                    raise worded(answer, what, self._where, permission) from answer
                self._sleep(float(2**attempt))
        raise AssertionError("unreachable")

    def write(
        self,
        what: str,
        call: Callable[[], Result],
        permission: str,
        done: Callable[[], Result | None],
        *,
        creates: bool = False,
    ) -> Result:
        """Return what `call` gives. When the answer is lost, `done` looks whether the work was done before a repeat.

        What `creates` content is paced: every POST and PUT, whatever it makes.
        Raises GitopsBotError: Refused, ConfigurationError or SourceUnavailable.
        """
        for attempt in range(_TRIES):
            if creates:
                self._pacing.take()
            try:
                return self._unlimited(call)
            except AnswerError as answer:
                if not answer.uncertain:
                    raise worded(answer, what, self._where, permission) from answer
                self._sleep(float(2**attempt))
                found = done()
                if found is not None:
                    return found
                if attempt == _TRIES - 1:
                    raise worded(answer, what, self._where, permission) from answer
        raise AssertionError("unreachable")

    def _unlimited(self, call: Callable[[], Result]) -> Result:
        while True:
            try:
                with translated():
                    return call()
            except AnswerError as answer:
                wait = answer.wait(self._now())
                if not answer.limited or wait > self._patience:
                    raise
                self._patience -= max(wait, 1.0)
                self._sleep(wait)


@contextmanager
def translated() -> Iterator[None]:
    """Turn whatever PyGithub, requests and httpx raise into AnswerError."""
    import httpx
    from github import BadAttributeException, GithubException

    try:
        yield
    except GithubException as error:
        raise AnswerError(error.status, _said(error.data, error.message), error.headers) from error
    except (BadAttributeException, AttributeError, KeyError, TypeError, ValueError) as error:
        # PyGithub takes answers as they come: what is missing or of another type shows where it is used.
        raise AnswerError(0, f"an answer of another shape: {type(error).__name__}: {error}") from error
    except httpx.HTTPError as error:
        raise AnswerError(0, str(error) or type(error).__name__) from error
    except AssertionError as error:
        # PyGithub asserts that every URL in an answer stands on the host that it was given.
        raise AnswerError(404, f"the forge answers with URLs of another host than GITHUB_API_URL: {error}") from error
    except (OSError, RuntimeError) as error:
        raise AnswerError(0, str(error) or type(error).__name__) from error


def _said(data: object, message: str | None) -> str:
    """Return GitHub's words with those of its `errors`, which often say the most."""
    if not isinstance(data, dict):
        return message or ""
    errors = data.get("errors")
    parts = [str(data.get("message") or message or "")]
    parts += [_one(error) for error in errors] if isinstance(errors, list) else []
    return "; ".join(part for part in parts if part)


def _one(error: object) -> str:
    return str(error.get("message") or error.get("code") or "") if isinstance(error, dict) else str(error)
