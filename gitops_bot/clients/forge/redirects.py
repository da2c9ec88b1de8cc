"""Redirects are not followed: PyGithub would lose the query of a GET, and take that of a write for its answer."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from urllib3 import BaseHTTPResponse, Retry
from urllib3.connectionpool import ConnectionPool

from gitops_bot.clients.forge.errors import AnswerError


class NoRedirects(Retry):
    """Raises AnswerError for a redirect: the repository or the forge has another name now."""

    @classmethod
    def made(cls) -> Self:
        """Return one that repeats nothing at all."""
        return cls(0, read=False, status_forcelist={301, 302, 303, 307, 308}, allowed_methods=None)

    def increment(
        self,
        method: str | None = None,
        url: str | None = None,
        response: BaseHTTPResponse | None = None,
        error: Exception | None = None,
        _pool: ConnectionPool | None = None,
        _stacktrace: TracebackType | None = None,
    ) -> Self:
        """Raise what went wrong; `response` is a redirect where it is given."""
        if response is None:
            return super().increment(method, url, response, error, _pool, _stacktrace)
        target = response.headers.get("location", "nowhere")
        response.drain_conn()
        raise AnswerError(response.status, f"redirected to {target}")
