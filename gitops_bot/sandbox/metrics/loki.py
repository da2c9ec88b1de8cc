"""Loki's query over a range of time, in its own envelope and with its own refusals in plain text."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from gitops_bot.sandbox.http import Json, Request, Response
from gitops_bot.sandbox.metrics.answers import Failure, Lines, Measured
from gitops_bot.sandbox.metrics.prometheus import matrix

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_USUAL_LIMIT = 100
_MOST_LINES = 5000
NO_QUERY = Failure(400, "parse error : syntax error: unexpected $end")

Found = Sequence[Lines] | Sequence[Measured] | Failure


def over(request: Request, found: Found) -> Response:
    """Answer `/loki/api/v1/query_range`: the newest (or oldest) lines of the range, or measured series."""
    try:
        start, end = _time(request, "start"), _time(request, "end")
        limit = int(request.parameter("limit") or _USUAL_LIMIT)
    except ValueError as error:
        return refused(Failure(400, str(error)))
    direction = request.parameter("direction", "backward")
    if direction not in ("backward", "forward"):
        return refused(Failure(400, f"invalid direction '{direction}'"))
    if end <= start:
        return refused(Failure(400, "end timestamp must not be before or equal to start time"))
    if limit > _MOST_LINES:
        message = f"max entries limit per query exceeded, limit > max_entries_limit_per_query ({limit} > {_MOST_LINES})"
        return refused(Failure(400, message))
    if isinstance(found, Failure):
        return refused(found)
    measured = [one for one in found if isinstance(one, Measured)]
    if measured:
        return _success("matrix", matrix(measured, start, end))
    streams = [one for one in found if isinstance(one, Lines)]
    return _success("streams", _newest(streams, start, end, limit, backward=direction == "backward"))


def refused(found: Failure) -> Response:
    """Answer with an error."""
    return Response.text(found.status, f"{found.message}\n")


def _newest(streams: Sequence[Lines], start: datetime, end: datetime, limit: int, *, backward: bool) -> list[Json]:
    every = [(time, number, line) for number, one in enumerate(streams) for time, line in one.lines]
    chosen = sorted((one for one in every if start <= one[0] < end), key=lambda one: one[0], reverse=backward)[:limit]
    result: list[Json] = []
    for number, stream in enumerate(streams):
        values: list[Json] = [[_nanoseconds(time), line] for time, place, line in chosen if place == number]
        if values:
            result.append({"stream": dict(stream.labels), "values": values})
    return result


def _success(kind: str, result: list[Json]) -> Response:
    data: dict[str, Json] = {"resultType": kind, "result": result, "stats": {"summary": {"totalLinesProcessed": 0}}}
    return Response.json(200, {"status": "success", "data": data})


def _time(request: Request, name: str) -> datetime:
    given = request.parameter(name)
    if not given.isdecimal():
        raise ValueError(f"could not parse '{name}' parameter: {given!r} is no number of nanoseconds")
    return _EPOCH + timedelta(microseconds=int(given) // 1000)


def _nanoseconds(time: datetime) -> str:
    return str((time - _EPOCH) // timedelta(microseconds=1) * 1000)
