"""The two queries of Prometheus' HTTP API, in its own envelopes and with its own refusals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from gitops_bot.sandbox.http import Json, Request, Response
from gitops_bot.sandbox.metrics.answers import Failure, Measured, failure

_LOOKBACK = timedelta(minutes=5)
_MOST_POINTS = 11_000
_UNITS = {
    "": timedelta(seconds=1),
    "ms": timedelta(milliseconds=1),
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
}
NO_QUERY = failure("bad_data", 'invalid parameter "query": 1:1: parse error: no expression found in input')


def instant(request: Request, found: Sequence[Measured] | Failure) -> Response:
    """Answer `/api/v1/query`: of each series the last point of the five minutes up to `time`."""
    try:
        when = _time(request, "time")
        _duration(request, "timeout")
    except ValueError as error:
        return refused(failure("bad_data", str(error)))
    if isinstance(found, Failure):
        return refused(found)
    result: list[Json] = []
    for series in found:
        points = [point for point in series.points if when - _LOOKBACK < point[0] <= when]
        if points:
            result.append({"metric": dict(series.labels), "value": [when.timestamp(), _text(points[-1][1])]})
    return _success("vector", result)


def over(request: Request, found: Sequence[Measured] | Failure) -> Response:
    """Answer `/api/v1/query_range`: of each series its points in the range, as the table has them."""
    try:
        start, end, step = _time(request, "start"), _time(request, "end"), _duration(request, "step")
        _duration(request, "timeout")
    except ValueError as error:
        return refused(failure("bad_data", str(error)))
    if end < start:
        return refused(failure("bad_data", 'invalid parameter "end": end timestamp must not be before start time'))
    if step <= timedelta():
        message = "zero or negative query resolution step widths are not accepted. Try a positive integer"
        return refused(failure("bad_data", f'invalid parameter "step": {message}'))
    if (end - start) / step > _MOST_POINTS:
        message = "exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution"
        return refused(failure("bad_data", f"{message} (?step=XX)"))
    return refused(found) if isinstance(found, Failure) else _success("matrix", matrix(found, start, end))


def matrix(found: Sequence[Measured], start: datetime, end: datetime) -> list[Json]:
    """Return the series' points in a range as a `matrix` has them; series without one are left out."""
    result: list[Json] = []
    for series in found:
        values: list[Json] = [[time.timestamp(), _text(value)] for time, value in series.points if start <= time <= end]
        if values:
            result.append({"metric": dict(series.labels), "values": values})
    return result


def refused(found: Failure) -> Response:
    """Answer with an error."""
    return Response.json(found.status, {"status": "error", "errorType": found.type, "error": found.message})


def _success(kind: str, result: list[Json]) -> Response:
    body: Mapping[str, Json] = {"status": "success", "data": {"resultType": kind, "result": result}}
    return Response.json(200, body)


def _time(request: Request, name: str) -> datetime:
    given = request.parameter(name)
    try:
        return datetime.fromtimestamp(float(given), UTC)
    except (ValueError, OverflowError):
        message = f"Invalid time value for '{name}': cannot parse \"{given}\" to a valid timestamp"
        raise ValueError(f'invalid parameter "{name}": {message}') from None


def _duration(request: Request, name: str) -> timedelta:
    given = request.parameter(name)
    if not given and name == "timeout":
        return timedelta()
    try:
        return _UNITS[given.lstrip("0123456789.")] * float(given.rstrip("hms"))
    except (KeyError, ValueError, OverflowError):
        message = f'cannot parse "{given}" to a valid duration'
        raise ValueError(f'invalid parameter "{name}": {message}') from None


def _text(value: float) -> str:
    return {"inf": "+Inf", "-inf": "-Inf", "nan": "NaN"}.get(str(value), f"{value:.15g}")
