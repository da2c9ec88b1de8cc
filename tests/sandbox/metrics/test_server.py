"""The stand-in for Prometheus and Loki refuses what they refuse. That it answers as a real Prometheus does is checked
in tests/clients/monitoring, where one is installed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from gitops_bot.sandbox.http import Request
from gitops_bot.sandbox.metrics import Lines, Measured, MetricsServer

NOW = datetime(2026, 11, 23, 10, 30, tzinfo=UTC)
LOKI = "/loki/api/v1/query_range?query=x"
UP = Measured({"pod": "a"}, ((NOW, 1.0),))


@pytest.mark.parametrize(
    ("target", "status", "words"),
    [
        ("/api/v1/query?time=1", 400, "no expression found"),
        ("/api/v1/query?query=up&time=x", 400, "to a valid timestamp"),
        ("/api/v1/query_range?query=up&start=9&end=1&step=1", 400, "end timestamp must not be before start time"),
        ("/api/v1/query_range?query=up&start=1&end=9&step=0", 400, "zero or negative"),
        ("/api/v1/query_range?query=up&start=1&end=90000&step=1s", 400, "exceeded maximum resolution"),
        ("/api/v1/query_range?query=up&start=1&end=9&step=soon", 400, "to a valid duration"),
        ("/loki/api/v1/query_range?start=1000&end=9000", 400, "unexpected $end"),
        (f"{LOKI}&start=9000&end=1000", 400, "end timestamp must not be before"),
        (f"{LOKI}&start=1000&end=9000&limit=9999", 400, "max entries limit"),
        (f"{LOKI}&start=1000&end=9000&direction=up", 400, "invalid direction"),
        (f"{LOKI}&start=soon&end=9", 400, "could not parse 'start'"),
        ("/api/v1/series", 404, "not found"),
    ],
)
def test_what_the_servers_refuse_is_refused(target: str, status: int, words: str) -> None:
    with MetricsServer.start() as server:
        answer = server.handle(Request.of("GET", target))
    assert answer.status == status
    assert words in answer.body.decode()


def test_it_is_read_only_and_wants_its_token() -> None:
    with MetricsServer.start(token="right") as server:
        assert server.handle(Request.of("POST", "/api/v1/query?query=up")).status == 405
        assert [one.method for one in server.refused] == ["POST"]
        target = f"/api/v1/query?query=up&time={NOW.timestamp()}"
        assert server.handle(Request.of("GET", target)).status == 401
        assert server.handle(Request.of("GET", target, {"Authorization": "Bearer right"})).status == 200


def test_only_what_lies_in_the_range_is_answered() -> None:
    old = Measured({"pod": "old"}, ((NOW - timedelta(hours=1), 1.0),))
    lines = Lines({}, ((NOW - timedelta(hours=2), "before"), (NOW - timedelta(minutes=1), "within")))
    start, end = (NOW - timedelta(minutes=5)).timestamp(), NOW.timestamp()
    with MetricsServer.start({"up": (UP, old)}, {"x": (lines,)}) as server:
        measured = server.handle(Request.of("GET", f"/api/v1/query_range?query=up&start={start}&end={end}&step=60"))
        logged = server.handle(Request.of("GET", f"{LOKI}&start={start:.0f}000000000&end={end:.0f}000000000"))
    assert b"old" not in measured.body
    assert b"within" in logged.body
    assert b"before" not in logged.body
