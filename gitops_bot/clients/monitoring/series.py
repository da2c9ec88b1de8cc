"""Measured series in the JSON that Prometheus defined and Loki answers metric queries in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec
from msgspec import Struct

# The most that is read of one answer, in bytes: a query that gives more is one to be narrowed.
LARGEST_ANSWER = 8 * 1024 * 1024

_Sample = tuple[float, str]


class Series(Struct, frozen=True, kw_only=True):
    """One series: its labels and its points, as seconds since 1970 (UTC) and value, oldest first.

    Of a native histogram (`histogram`) the values are the counts of observations.
    """

    labels: dict[str, str]
    points: tuple[tuple[float, float], ...]
    histogram: bool = False


class Answer(Struct, frozen=True, kw_only=True):
    """What a query gave: series, or one text; the server's warnings with it."""

    series: tuple[Series, ...] = ()
    text: str = ""
    warnings: tuple[str, ...] = ()


class _Histogram(Struct, frozen=True):
    count: str = "0"


class _Measured(Struct, frozen=True):
    metric: dict[str, str] = {}
    value: _Sample | None = None
    values: list[_Sample] | None = None
    histogram: tuple[float, _Histogram] | None = None
    histograms: list[tuple[float, _Histogram]] | None = None


class Vector(Struct, frozen=True, tag_field="resultType", tag="vector"):
    """One sample a series."""

    result: list[_Measured] | None = None


class Matrix(Struct, frozen=True, tag_field="resultType", tag="matrix"):
    """Many samples a series."""

    result: list[_Measured] | None = None


class Scalar(Struct, frozen=True, tag_field="resultType", tag="scalar"):
    """One sample without a series."""

    result: _Sample


class Text(Struct, frozen=True, tag_field="resultType", tag="string"):
    """One text."""

    result: _Sample


Measurement = Vector | Matrix | Scalar | Text


def answered(data: Measurement, warnings: Iterable[str]) -> Answer:
    """Return what a query gave; msgspec.ValidationError where a value is no number."""
    told = tuple(warnings)
    if isinstance(data, Text):
        return Answer(text=data.result[1], warnings=told)
    if isinstance(data, Scalar):
        return Answer(series=(Series(labels={}, points=(_point(data.result),)),), warnings=told)
    return Answer(series=tuple(map(_series, data.result or ())), warnings=told)


def _series(measured: _Measured) -> Series:
    values = [*(measured.values or ()), *([measured.value] if measured.value else [])]
    histograms = [*(measured.histograms or ()), *([measured.histogram] if measured.histogram else [])]
    counted = [(time, histogram.count) for time, histogram in histograms]
    points = tuple(map(_point, values or counted))
    return Series(labels=measured.metric, points=points, histogram=bool(histograms and not values))


def _point(sample: _Sample) -> tuple[float, float]:
    time, value = sample
    try:
        return time, float(value)  # NaN, +Inf and -Inf are written as Python reads them
    except ValueError:
        raise msgspec.ValidationError(f"a value is no number: {value[:40]!r}") from None


def seconds(time: datetime) -> str:
    """Return a time as the seconds since 1970 that a query takes, to the millisecond."""
    return f"{time.timestamp():.3f}"
