"""Prometheus and Loki as tools: bounded questions, and answers as rows."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta

import pytest

from gitops_bot.clients.http import ReadOnlyClient
from gitops_bot.clients.monitoring import Loki, Prometheus
from gitops_bot.clients.tooling import ToolRefused
from gitops_bot.clients.tooling.wording import MOST_CHARACTERS, number, rows
from gitops_bot.sandbox.metrics import Failure, Lines, Measured, MetricsServer, failure
from tests.clients.tooling.conftest import NOW, Tools

MINUTE = timedelta(minutes=1)
SCOPE = 'namespace="catalog-production"'
UP = f"up{{{SCOPE}}}"


def labels(pod: str) -> dict[str, str]:
    return {"__name__": "up", "namespace": "catalog-production", "pod": pod}


def series(pod: str, *values: float) -> Measured:
    """A series with a point each minute up to now."""
    return Measured(labels(pod), tuple((NOW - step * MINUTE, value) for step, value in enumerate(values))[::-1])


Watched = Callable[..., tuple[Tools, MetricsServer]]


@pytest.fixture
def watched(tools_of: Callable[..., Tools]) -> Iterator[Watched]:
    """Makes tools with a Prometheus and a Loki that answer from these tables."""
    with ExitStack() as stack:

        def make(**tables: object) -> tuple[Tools, MetricsServer]:
            server = stack.enter_context(MetricsServer.start(**tables))  # type: ignore[arg-type]
            client = stack.enter_context(ReadOnlyClient(server.url, server="Prometheus", sleep=lambda _: None))
            return tools_of(prometheus=Prometheus(client), loki=Loki(client)), server

        yield make


def test_values_of_now_are_rows_the_largest_first(watched: Watched) -> None:
    tools, _ = watched(metrics={UP: (series("a", 0.123456), series("b", math.nan), series("c", 134_217_728))})
    assert tools.ask("prometheus_ql", query=UP).split("\n") == [
        "3 series, all with up{namespace=catalog-production}",
        "{pod=c}: 134200000",
        "{pod=a}: 0.1235",
        "{pod=b}: nan",
    ]


def test_a_range_is_told_by_its_course_what_changed_first(watched: Watched) -> None:
    flat, risen = series("flat", *[5.0] * 30), series("risen", *[float(value) for value in range(30, 0, -1)])
    tools, server = watched(metrics={UP: (flat, risen)})
    head, first, second = tools.ask("prometheus_ql", query=UP, minutes=60).split("\n")
    assert first == (
        "{pod=risen}: last 30, first 1, min 1 (10:01:00Z), max 30 (10:30:00Z); 10:01:00Z to 10:30:00Z: "
        "1 4 6 9 12 14 17 19 22 25 27 30"
    )
    assert second.startswith("{pod=flat}: last 5, first 5")
    assert head.startswith("2 series")
    [asked] = server.requests
    assert (asked.parameter("step"), asked.parameter("end")) == ("31", f"{NOW.timestamp():.3f}")


@pytest.mark.parametrize("minutes", [1, 7, 60, 1440])
def test_a_range_has_a_bounded_number_of_points(watched: Watched, minutes: int) -> None:
    tools, server = watched()
    tools.ask("prometheus_ql", query=UP, minutes=minutes)
    [asked] = server.requests
    span = float(asked.parameter("end")) - float(asked.parameter("start"))
    assert span == minutes * 60
    assert span / int(asked.parameter("step")) + 1 <= 120


def test_of_many_series_a_few_are_shown(watched: Watched) -> None:
    tools, _ = watched(metrics={UP: tuple(series(f"pod-{place:04}", place) for place in range(500))})
    lines = tools.ask("prometheus_ql", query=UP).split("\n")
    assert lines[0].startswith("500 series")
    assert lines[1] == "{pod=pod-0499}: 499"
    assert lines[-1] == "(… 480 more series: aggregate with sum by (…) or topk(…))"
    assert len(lines) == 22


def test_nothing_measured_is_said(watched: Watched) -> None:
    tools, _ = watched()
    assert tools.ask("prometheus_ql", query=UP).startswith("no series: nothing matches")
    assert tools.ask("loki_query", query=f"{{{SCOPE}}}").startswith("no line: nothing matches")


def test_the_servers_words_on_a_bad_query_come_through(watched: Watched) -> None:
    many = "many-to-many matching not allowed"
    metrics = {
        UP: failure("execution", many),
        "node_load1": failure("timeout", "query timed out at http://10.0.0.1:9090/"),
    }
    tools, _ = watched(metrics=metrics, logs={f"{{{SCOPE}}} |": Failure(400, "parse error at line 1, col 35")})
    told = {
        "prometheus_ql": (UP, f"HTTP 422: {many}"),
        "loki_query": (f"{{{SCOPE}}} |", "parse error at line 1, col 35"),
    }
    for tool, (query, words) in told.items():
        with pytest.raises(ToolRefused) as raised:
            tools.ask(tool, query=query)
        assert str(raised.value).endswith(words)
    with pytest.raises(ToolRefused) as raised:
        tools.ask("prometheus_ql", query="node_load1")
    assert str(raised.value) == "Prometheus failed to answer: HTTP 503: query timed out at [address]"


def test_lines_are_merged_and_folded_the_newest_first(watched: Watched) -> None:
    query = f'{{{SCOPE}}} |= "x"'
    a = Lines(labels("a"), ((NOW - 4 * MINUTE, "out\tof memory"), (NOW - 3 * MINUTE, "out\tof memory")))
    b = Lines(labels("b"), ((NOW - 2 * MINUTE, "y" * 900),))
    tools, server = watched(logs={query: (a, b)})
    head, newest, last = tools.ask("loki_query", query=query).split("\n")
    assert head == "3 lines, all with up{namespace=catalog-production}"
    assert newest.startswith("10:28:00Z {pod=b} yyy")
    assert len(newest) <= 420
    assert last == "10:27:00Z {pod=a} out of memory (×2, last 10:26:00Z)"
    asked = tools.ask("loki_query", query=query, limit=1, minutes=10, oldest_first=True)
    assert asked.split("\n")[0].startswith("1 lines (the limit: there may be more)")
    assert [one.parameter("direction") for one in server.requests] == ["backward", "forward"]


def test_many_lines_are_cut(watched: Watched) -> None:
    query = f"{{{SCOPE}}}"
    lines = tuple((NOW - timedelta(seconds=step), f"line {step} {'z' * 100}") for step in range(290, 0, -1))
    tools, _ = watched(logs={query: (Lines(labels("a"), lines),)})
    text = tools.ask("loki_query", query=query, limit=300)
    assert "line 1 " in text.split("\n")[1]
    assert text.split("\n")[-1].startswith("(… ")
    assert len(text) <= MOST_CHARACTERS + 20


def test_numbers_made_of_lines_are_told_as_series(watched: Watched) -> None:
    query = f"sum(rate({{{SCOPE}}}[5m]))"
    tools, _ = watched(logs={query: (Measured({}, ((NOW - MINUTE, 1.0), (NOW, 2.0))),)})
    assert "value: last 2, first 1" in tools.ask("loki_query", query=query)


NUMBERS = [(0.0, "0"), (3.0, "3"), (1234.5678, "1235"), (0.000123456, "0.0001235"), (1e-7, "1e-07"), (math.inf, "inf")]


@pytest.mark.parametrize(("value", "text"), [*NUMBERS, (-2.5, "-2.5"), (98_765_432.1, "98770000"), (1e20, "1e+20")])
def test_numbers_are_rounded(value: float, text: str) -> None:
    assert number(value) == text


def test_rows_say_what_they_leave_out() -> None:
    assert rows(["a", "b", "c"], most=2) == "a\nb\n(… 1 more)"
    assert rows(["a" * 30, "b" * 30], characters=40, longest=20) == f"{'a' * 19}…\n(… 1 more)"
    assert rows([]) == ""
