"""The loopback server: which query is answered with what, and what was asked."""

from __future__ import annotations

import hmac
import threading
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self

from gitops_bot.sandbox.http import Request, Response, RunningServer, serve
from gitops_bot.sandbox.metrics import loki, prometheus
from gitops_bot.sandbox.metrics.answers import Failure, Lines, Measured

Metrics = Mapping[str, Sequence[Measured] | Failure]
Logs = Mapping[str, Sequence[Lines] | Sequence[Measured] | Failure]


class MetricsServer:
    """Answers queries from two tables on 127.0.0.1; a query that is in none finds nothing, as a real one would.

    `requests` holds what was asked, in order, and `refused` every request other than GET. `base` is a path in front of
    all others, `token` the only bearer token that is taken, any where it is empty. A context manager.
    """

    def __init__(self, metrics: Metrics, logs: Logs, *, base: str, token: str, port: int) -> None:
        self._metrics = metrics
        self._logs = logs
        self._base = base
        self._token = token
        self._guard = threading.Lock()
        self.requests: list[Request] = []
        self.refused: list[Request] = []
        self._server: RunningServer = serve(self.handle, port)
        self.url = f"{self._server.url}{base}"

    @classmethod
    def start(
        cls,
        metrics: Metrics | None = None,
        logs: Logs | None = None,
        *,
        base: str = "",
        token: str = "",
        port: int = 0,
    ) -> MetricsServer:
        """Serve what PromQL queries (`metrics`) and LogQL queries (`logs`) find, each by its exact text."""
        return cls(metrics or {}, logs or {}, base=base, token=token, port=port)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop serving."""
        self._server.close()

    def handle(self, request: Request) -> Response:
        """Answer one request."""
        with self._guard:
            (self.requests if request.method == "GET" else self.refused).append(request)
        if request.method != "GET":
            return Response.text(405, "method not allowed\n")
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        if self._token and not hmac.compare_digest(given.encode(), self._token.encode()):
            return Response.text(401, "Unauthorized\n")
        query = request.parameter("query")
        match request.path.removeprefix(self._base):
            case "/api/v1/query":
                return prometheus.instant(request, self._metrics.get(query, ()) if query else prometheus.NO_QUERY)
            case "/api/v1/query_range":
                return prometheus.over(request, self._metrics.get(query, ()) if query else prometheus.NO_QUERY)
            case "/loki/api/v1/query_range":
                return loki.over(request, self._logs.get(query, ()) if query else loki.NO_QUERY)
            case _:
                return Response.text(404, "404 page not found\n")
