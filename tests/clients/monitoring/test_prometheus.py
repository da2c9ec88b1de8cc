"""What Prometheus is asked and what is made of its answers, against the loopback server."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import pytest

from gitops_bot.clients.http_errors import UnexpectedStatus
from gitops_bot.clients.monitoring import Prometheus, Series
from gitops_bot.errors import SourceUnavailable
from gitops_bot.sandbox.http import Request, Response, serve
from gitops_bot.sandbox.metrics import Measured, MetricsServer, failure
from tests.clients.monitoring.conftest import Connect

NOW = datetime(2026, 11, 23, 10, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
RATE = Measured({"pod": "a"}, ((NOW - 2 * MINUTE, 1.5), (NOW - MINUTE, math.nan), (NOW, math.inf)))


def test_an_instant_query_gives_the_last_point_of_each_series(connect: Connect) -> None:
    with MetricsServer.start({"up": (RATE, Measured({"pod": "old"}, ((NOW - 9 * MINUTE, 1),)))}) as server:
        answer = Prometheus(connect(server.url)).instant("up", NOW)
        assert answer.series == (Series(labels={"pod": "a"}, points=((NOW.timestamp(), math.inf),)),)
        [asked] = server.requests
        assert (asked.path, dict(asked.query)) == (
            "/api/v1/query",
            {"query": "up", "time": "1795429800.000", "timeout": "8000ms", "limit": "1000"},
        )


def test_a_range_query_gives_all_points_of_the_range(connect: Connect) -> None:
    with MetricsServer.start({"up": (RATE,)}, base="/prometheus", token="right-token") as server:
        prometheus = Prometheus(connect(server.url, token="right-token"), patience=timedelta(seconds=2.5))
        [series] = prometheus.over("up", NOW - 2 * MINUTE, NOW, MINUTE).series
        assert [time for time, _ in series.points] == [(NOW - step * MINUTE).timestamp() for step in (2, 1, 0)]
        assert [str(value) for _, value in series.points] == ["1.5", "nan", "inf"]
        [asked] = server.requests
        assert asked.path == "/prometheus/api/v1/query_range"
        assert (asked.parameter("step"), asked.parameter("timeout")) == ("60", "2500ms")


def test_what_a_query_does_not_match_is_an_empty_answer(connect: Connect) -> None:
    with MetricsServer.start() as server:
        assert Prometheus(connect(server.url)).instant("up", NOW).series == ()


@pytest.mark.parametrize(
    ("kind", "status", "tries"), [("bad_data", 400, 1), ("execution", 422, 1), ("timeout", 503, 3)]
)
def test_an_error_keeps_the_servers_words(connect: Connect, kind: str, status: int, tries: int) -> None:
    with MetricsServer.start({"up": failure(kind, "told by the server")}) as server:
        with pytest.raises(UnexpectedStatus) as raised:
            Prometheus(connect(server.url)).instant("up", NOW)
        assert (raised.value.status, raised.value.found) == (status, f"HTTP {status}: told by the server")
        assert len(server.requests) == tries


BODIES = {
    "another shape": (b'{"status":"success","data":{"resultType":"vector","result":7}}', "another shape"),
    "unknown type": (b'{"status":"success","data":{"resultType":"heap","result":[]}}', "another shape"),
    "no number": (b'{"data":{"resultType":"scalar","result":[1,"many"]}}', "another shape"),
    "cut short": (b'{"status":"success","data":{"resultType":"vec', "broken JSON"),
    "too large": (b'{"data":{"resultType":"string","result":[1,"' + b"x" * 5000 + b'"]}}', "more than can be read"),
}


@pytest.mark.parametrize(("body", "words"), BODIES.values(), ids=list(BODIES))
def test_an_answer_that_the_api_does_not_promise_is_refused(connect: Connect, body: bytes, words: str) -> None:
    def answer(_: Request) -> Response:
        return Response(200, {"content-type": "application/json"}, body)

    with serve(answer) as server, pytest.raises(SourceUnavailable, match=words):
        Prometheus(connect(server.url, largest=4000)).instant("up", NOW)


HISTOGRAM = b"""{"status":"success","warnings":["the limit was reached"],"data":{"resultType":"matrix","result":[
{"metric":{"job":"api"},"histograms":[[1.5,{"count":"12","sum":"3","buckets":[[0,"0","1","12"]]}]]}]}}"""


def test_a_native_histogram_is_counted_and_warnings_are_told(connect: Connect) -> None:
    with serve(lambda _: Response(200, {}, HISTOGRAM)) as server:
        answer = Prometheus(connect(server.url)).over("up", NOW - MINUTE, NOW, MINUTE)
    assert answer.series == (Series(labels={"job": "api"}, points=((1.5, 12.0),), histogram=True),)
    assert answer.warnings == ("the limit was reached",)
