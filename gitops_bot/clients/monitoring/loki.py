"""Loki's HTTP API, read-only: queries of log lines, or of numbers made from them, over a range of time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import msgspec
from msgspec import Struct
from msgspec.json import Decoder

from gitops_bot.clients.http import ReadOnlyClient
from gitops_bot.clients.monitoring.series import Answer, Matrix, Scalar, Vector, answered

_RANGE = "/loki/api/v1/query_range"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class LogStream(Struct, frozen=True, kw_only=True):
    """Lines with the same labels, as time (UTC) and text, in the order in which they were asked for."""

    labels: dict[str, str]
    lines: tuple[tuple[datetime, str], ...]


class LogAnswer(Struct, frozen=True, kw_only=True):
    """What a query gave: streams of lines, or measured series."""

    streams: tuple[LogStream, ...] = ()
    measured: Answer = Answer()


class _Stream(Struct, frozen=True):
    stream: dict[str, str] = {}
    # Nanoseconds, the line, and since Loki 3 what else is known of it.
    values: list[list[msgspec.Raw]] | None = None


class _Streams(Struct, frozen=True, tag_field="resultType", tag="streams"):
    result: list[_Stream] | None = None


class _Envelope(Struct, frozen=True):
    data: _Streams | Vector | Matrix | Scalar
    warnings: list[str] | None = None


_ENVELOPE = Decoder(_Envelope)
_TEXT = Decoder(str)


class Loki:
    """Asks one Loki. Its method is one GET and raises SourceUnavailable (UnexpectedStatus with the server's words)."""

    def __init__(self, client: ReadOnlyClient) -> None:
        self._client = client

    def over(
        self, query: str, start: datetime, end: datetime, *, most: int, step: timedelta, newest_first: bool = True
    ) -> LogAnswer:
        """Return what a LogQL query gives from `start` to `end`: up to `most` lines, or a number each `step`."""
        wanted = {
            "query": query,
            "start": _nanoseconds(start),
            "end": _nanoseconds(end),
            "limit": str(most),
            "direction": "backward" if newest_first else "forward",
            "step": f"{step.total_seconds():g}",
        }
        target = f"{_RANGE}?{urlencode(wanted)}"
        body = self._client.get(target)
        try:
            envelope = _ENVELOPE.decode(body)
            if isinstance(envelope.data, _Streams):
                return LogAnswer(streams=tuple(map(_stream, envelope.data.result or ())))
            return LogAnswer(measured=answered(envelope.data, envelope.warnings or ()))
        except msgspec.DecodeError as error:
            raise self._client.undecodable(target, body, error) from error


def _stream(given: _Stream) -> LogStream:
    lines = [(_TEXT.decode(value[0]), _TEXT.decode(value[1])) for value in given.values or () if len(value) > 1]
    return LogStream(labels=given.stream, lines=tuple((_time(nanoseconds), line) for nanoseconds, line in lines))


def _time(nanoseconds: str) -> datetime:
    try:
        return _EPOCH + timedelta(microseconds=int(nanoseconds) // 1000)
    except (ValueError, OverflowError):
        raise msgspec.ValidationError(f"a time is no number of nanoseconds: {nanoseconds[:40]!r}") from None


def _nanoseconds(time: datetime) -> str:
    return str((time - _EPOCH) // timedelta(microseconds=1) * 1000)
