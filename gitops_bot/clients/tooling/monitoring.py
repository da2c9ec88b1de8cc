"""`prometheus_ql` and `loki_query`: what was measured and logged, in this incident's namespaces alone."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

from msgspec import Meta, Struct

from gitops_bot.clients.monitoring import LogStream, Loki, Prometheus
from gitops_bot.clients.tooling.scope import namespaces_of
from gitops_bot.clients.tooling.selectors import check_series, check_streams
from gitops_bot.clients.tooling.series import labelled, shared, shown
from gitops_bot.clients.tooling.tool import TypedTool
from gitops_bot.clients.tooling.wording import folded, plain, rows
from gitops_bot.model.application import Application

LONGEST_RANGE = 1440
MOST_POINTS = 120
_LEAST_STEP = 15
_LONGEST_QUERY = 1500
_USUAL_RANGE = 60
_USUAL_LINES = 100
_MOST_LINES = 300


class MetricQuestion(Struct, frozen=True, forbid_unknown_fields=True):
    """Arguments of `prometheus_ql`."""

    query: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=_LONGEST_QUERY,
            description='PromQL; each selector needs namespace="…" of this incident, save for node_*, kube_node_* and '
            "control plane metrics",
        ),
    ]
    minutes: (
        Annotated[
            int,
            Meta(ge=1, le=LONGEST_RANGE, description="look at so many minutes up to now; null for the value of now"),
        ]
        | None
    ) = None


class LogQuestion(Struct, frozen=True, forbid_unknown_fields=True):
    """Arguments of `loki_query`."""

    query: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=_LONGEST_QUERY,
            description='LogQL; each stream selector needs namespace="…" of this incident',
        ),
    ]
    minutes: (
        Annotated[int, Meta(ge=1, le=LONGEST_RANGE, description="look at so many minutes up to now; null for 60")]
        | None
    ) = None
    limit: Annotated[int, Meta(ge=1, le=_MOST_LINES, description="at most so many lines; null for 100")] | None = None
    oldest_first: Annotated[bool, Meta(description="begin with the oldest line; null for the newest")] | None = None


def prometheus_ql(application: Application, prometheus: Prometheus, now: datetime) -> TypedTool[MetricQuestion]:
    """Return the tool that asks Prometheus, as of `now`."""

    def answer(asked: MetricQuestion) -> str:
        check_series(asked.query, namespaces_of(application))
        if asked.minutes is None:
            return shown(prometheus.instant(asked.query, now))
        # A point each step, and one more: servers count both ends.
        step = max(_LEAST_STEP, -(-asked.minutes * 60 // (MOST_POINTS - 1)))
        start = now - timedelta(minutes=asked.minutes)
        return shown(prometheus.over(asked.query, start, now, timedelta(seconds=step)))

    purpose = "Ask Prometheus: the value of now, or how it went. Rows of series, those that changed most first."
    return TypedTool("prometheus_ql", purpose, MetricQuestion, answer)


def loki_query(application: Application, loki: Loki, now: datetime) -> TypedTool[LogQuestion]:
    """Return the tool that asks Loki, as of `now`."""

    def answer(asked: LogQuestion) -> str:
        check_streams(asked.query, namespaces_of(application))
        minutes = asked.minutes or _USUAL_RANGE
        most = asked.limit or _USUAL_LINES
        found = loki.over(
            asked.query,
            now - timedelta(minutes=minutes),
            now,
            most=most,
            step=timedelta(seconds=max(_LEAST_STEP, -(-minutes * 60 // (MOST_POINTS - 1)))),
            newest_first=not asked.oldest_first,
        )
        if found.measured.series:
            return shown(found.measured)
        if any(stream.lines for stream in found.streams):
            return _lines(found.streams, most, newest_first=not asked.oldest_first)
        return "no line: nothing matches, or nothing was logged then"

    purpose = "Ask Loki for log lines, or numbers made of them (rate, count_over_time). Newest lines first."
    return TypedTool("loki_query", purpose, LogQuestion, answer)


def _lines(streams: tuple[LogStream, ...], most: int, *, newest_first: bool) -> str:
    same = shared([one.labels for one in streams])
    every = sorted(
        ((time, labelled(one.labels, same), line) for one in streams for time, line in one.lines),
        key=lambda found: found[0],
        reverse=newest_first,
    )
    head = f"{len(every)} lines{' (the limit: there may be more)' if len(every) >= most else ''}"
    told = [(f"{time:%H:%M:%SZ}", f"{labels} {plain(line)}".strip()) for time, labels, line in every]
    return rows([f"{head}, all with {labelled(same) or 'no label'}", *folded(told)], most=_MOST_LINES + 1)
