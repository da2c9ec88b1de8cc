"""Prometheus' HTTP API, read-only: instant and range queries, bounded in time, size and series."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import urlencode

import msgspec
from msgspec import Struct
from msgspec.json import Decoder

from gitops_bot.clients.http import ReadOnlyClient
from gitops_bot.clients.monitoring.series import Answer, Measurement, answered, seconds

_QUERY = "/api/v1/query"
_RANGE = "/api/v1/query_range"


class _Envelope(Struct, frozen=True):
    data: Measurement
    warnings: list[str] | None = None


_ENVELOPE = Decoder(_Envelope)


class Prometheus:
    """Asks one Prometheus, or what speaks its API (Thanos, Mimir, VictoriaMetrics).

    Every method is one GET and raises SourceUnavailable (UnexpectedStatus with the server's words on a bad query).
    `client` bounds the bytes of an answer; `patience` is for how long the server may work on one, and `most_series` how
    many series one may have where the server knows that limit.
    """

    def __init__(
        self, client: ReadOnlyClient, *, patience: timedelta = timedelta(seconds=8), most_series: int = 1000
    ) -> None:
        self._client = client
        self._bounds = {"timeout": f"{patience // timedelta(milliseconds=1)}ms", "limit": str(most_series)}

    def instant(self, query: str, at: datetime) -> Answer:
        """Return what a PromQL query gives at a time."""
        return self._ask(_QUERY, query=query, time=seconds(at))

    def over(self, query: str, start: datetime, end: datetime, step: timedelta) -> Answer:
        """Return what a PromQL query gives from `start` to `end`, a point each `step`."""
        return self._ask(_RANGE, query=query, start=seconds(start), end=seconds(end), step=f"{step.total_seconds():g}")

    def _ask(self, path: str, **query: str) -> Answer:
        target = f"{path}?{urlencode({**query, **self._bounds})}"
        body = self._client.get(target)
        try:
            envelope = _ENVELOPE.decode(body)
            return answered(envelope.data, envelope.warnings or ())
        except msgspec.DecodeError as error:
            raise self._client.undecodable(target, body, error) from error
