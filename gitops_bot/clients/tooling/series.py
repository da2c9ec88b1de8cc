"""Measured series as rows that a model reads: what all share first, then each series with what sets it apart."""

from __future__ import annotations

import math
from datetime import UTC, datetime

from gitops_bot.clients.monitoring import Answer, Series
from gitops_bot.clients.tooling.wording import number, plain, rows

MOST_SERIES = 20
_MOST_VALUES = 12
_MOST_LABELS = 8


def shown(answer: Answer) -> str:
    """Return an answer as text: one row a series, the largest first, or of ranges those that changed most."""
    notes = [f"warning: {plain(warning, 200)}" for warning in answer.warnings[:3]]
    if answer.text:
        return rows([plain(answer.text), *notes])
    series = [one for one in answer.series if one.points]
    if not series:
        return rows(["no series: nothing matches, or nothing was measured then", *notes])
    same = shared([one.labels for one in series])
    ranged = any(len(one.points) > 1 for one in series)
    ordered = sorted(series, key=_change if ranged else _size, reverse=True)
    head = f"{len(series)} series" + (f", all with {labelled(same)}" if same and len(series) > 1 else "")
    own = same if len(series) > 1 else {}
    lines = [f"{labelled(one.labels, own) or 'value'}: {_told(one)}" for one in ordered]
    more = "more series: aggregate with sum by (…) or topk(…)"
    return rows([head, *notes, *lines[:MOST_SERIES]], most=MOST_SERIES + 5) + (
        f"\n(… {len(lines) - MOST_SERIES} {more})" if len(lines) > MOST_SERIES else ""
    )


def shared(labels: list[dict[str, str]]) -> dict[str, str]:
    """Return the labels that all have with the same value."""
    first, *others = labels
    return {key: value for key, value in first.items() if all(one.get(key) == value for one in others)}


def labelled(labels: dict[str, str], without: dict[str, str] | None = None) -> str:
    """Return labels as `name{key=value, …}`, those in `without` left out."""
    own = {key: value for key, value in labels.items() if key not in (without or {})}
    name = plain(own.pop("__name__", ""), 120)
    pairs = [f"{plain(key, 60)}={plain(value, 80)}" for key, value in sorted(own.items())]
    more = [f"… {len(pairs) - _MOST_LABELS} more"] if len(pairs) > _MOST_LABELS else []
    return f"{name}{{{', '.join([*pairs[:_MOST_LABELS], *more])}}}" if pairs else name


def _told(series: Series) -> str:
    note = " observations (a native histogram)" if series.histogram else ""
    if len(series.points) == 1:
        return f"{number(series.points[0][1])}{note}"
    finite = [(value, time) for time, value in series.points if math.isfinite(value)]
    (_, first), (_, last) = series.points[0], series.points[-1]
    words = f"last {number(last)}, first {number(first)}"
    if finite:
        (least, least_at), (most, most_at) = min(finite), max(finite)
        words += f", min {number(least)} ({_clock(least_at)}), max {number(most)} ({_clock(most_at)})"
    return f"{words}{note}; {_clock(series.points[0][0])} to {_clock(series.points[-1][0])}: {_course(series)}"


def _course(series: Series) -> str:
    """Return the series' values in a few steps, the last one among them."""
    values = [value for _, value in series.points]
    count = min(len(values), _MOST_VALUES)
    places = [round(step * (len(values) - 1) / (count - 1)) for step in range(count)]
    return " ".join(number(values[place]) for place in places)


def _size(series: Series) -> float:
    value = series.points[-1][1]
    return value if not math.isnan(value) else -math.inf


def _change(series: Series) -> float:
    """Return by how much a series moved, in proportion to its size: what is flat tells least."""
    finite = [value for _, value in series.points if math.isfinite(value)]
    if not finite:
        return 0.0
    spread, size = max(finite) - min(finite), max(abs(value) for value in finite)
    return spread / size if size else 0.0


def _clock(time: float) -> str:
    return f"{datetime.fromtimestamp(time, UTC):%H:%M:%SZ}"
