"""Reads of one Application that may fail one by one, without the others failing with them."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import TypeVar

from gitops_bot.clients.argocd import ArgoCD
from gitops_bot.clients.http_errors import UnexpectedStatus
from gitops_bot.errors import SourceUnavailable
from gitops_bot.model.incident import Skipped
from gitops_bot.observe.reading import capped

T = TypeVar("T")

MOST_SILENCES = 5


class Outage:
    """Counts reads in a row, in any thread, that got no answer at all; after five of them nobody asks any more."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._silences = 0

    @property
    def lasts(self) -> bool:
        """Whether it is of no use to ask again in this run."""
        return self._silences >= MOST_SILENCES

    def note(self, *, answered: bool) -> None:
        """Remember how a read ended."""
        with self._lock:
            if not self.lasts:
                self._silences = 0 if answered else self._silences + 1


class Reader:
    """Makes the calls for one Application and keeps, in words for a person, what could not be read."""

    def __init__(self, argocd: ArgoCD, application: str, outage: Outage) -> None:
        self.argocd = argocd
        self.unread: list[Skipped] = []
        self._application = application
        self._outage = outage

    def attempt(self, what: str, call: Callable[[], T]) -> T | None:
        """Return what `call` gives, or None, and remember why, where it cannot be read."""
        if self._outage.lasts:
            self._miss(f"{what} was not read: Argo CD had stopped answering")
            return None
        try:
            result = call()
        except UnexpectedStatus as error:
            self._outage.note(answered=True)
            gone = " It may have been deleted since the list was read." if error.status in {400, 403, 404} else ""
            self._miss(f"{what} could not be read: {error}{gone}")
            return None
        except SourceUnavailable as error:
            self._outage.note(answered=False)
            self._miss(f"{what} could not be read: {error}")
            return None
        self._outage.note(answered=True)
        return result

    def _miss(self, reason: str) -> None:
        if not (self._outage.lasts and any("stopped answering" in one.reason for one in self.unread)):
            self.unread.append(Skipped(application=self._application, reason=capped(reason)))
