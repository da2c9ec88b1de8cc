"""What Loki is asked and what is made of its answers, against the loopback server."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from gitops_bot.clients.http_errors import UnexpectedStatus
from gitops_bot.clients.monitoring import LogStream, Loki
from gitops_bot.errors import SourceUnavailable
from gitops_bot.sandbox.http import Response, serve
from gitops_bot.sandbox.metrics import Failure, Lines, Measured, MetricsServer
from tests.clients.monitoring.conftest import Connect

NOW = datetime(2026, 11, 23, 10, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
QUERY = '{namespace="shop"}'
LINES = Lines({"pod": "a"}, tuple((NOW - step * MINUTE, f"line {step}") for step in (3, 2, 1)))


def test_the_newest_lines_come_first_up_to_the_limit(connect: Connect) -> None:
    with MetricsServer.start(logs={QUERY: (LINES,)}, base="/logs") as server:
        answer = Loki(connect(server.url)).over(QUERY, NOW - 60 * MINUTE, NOW, most=2, step=MINUTE)
        [asked] = server.requests
    lines = ((NOW - MINUTE, "line 1"), (NOW - 2 * MINUTE, "line 2"))
    assert answer.streams == (LogStream(labels={"pod": "a"}, lines=lines),)
    assert (asked.path, dict(asked.query)) == (
        "/logs/loki/api/v1/query_range",
        {
            "query": QUERY,
            "start": "1795426200000000000",
            "end": "1795429800000000000",
            "limit": "2",
            "direction": "backward",
            "step": "60",
        },
    )


def test_the_oldest_lines_can_come_first(connect: Connect) -> None:
    with MetricsServer.start(logs={QUERY: (LINES,)}) as server:
        loki = Loki(connect(server.url))
        [stream] = loki.over(QUERY, NOW - 60 * MINUTE, NOW, most=1, step=MINUTE, newest_first=False).streams
    assert [line for _, line in stream.lines] == ["line 3"]


def test_numbers_made_of_lines_are_series(connect: Connect) -> None:
    with MetricsServer.start(logs={"rate": (Measured({"pod": "a"}, ((NOW, 0.5),)),)}) as server:
        answer = Loki(connect(server.url)).over("rate", NOW - MINUTE, NOW, most=9, step=MINUTE)
    assert [one.points for one in answer.measured.series] == [((NOW.timestamp(), 0.5),)]


def test_an_error_in_plain_text_keeps_its_words(connect: Connect) -> None:
    words = "parse error at line 1, col 9: syntax error: unexpected IDENTIFIER"
    with MetricsServer.start(logs={"x": Failure(400, words)}) as server:
        with pytest.raises(UnexpectedStatus) as raised:
            Loki(connect(server.url)).over("x", NOW - MINUTE, NOW, most=9, step=MINUTE)
        assert raised.value.found == f"HTTP 400: {words}"


VALUES = [
    pytest.param(b'["1795429800000000000","x",{"trace":"1"}]', True, id="with what else is known of a line"),
    pytest.param(b'["soon","x"]', False, id="no time"),
    pytest.param(b'["1795429800000000000",7]', False, id="no text"),
]


@pytest.mark.parametrize(("value", "sound"), VALUES)
def test_values_are_read_strictly(connect: Connect, value: bytes, sound: bool) -> None:
    body = b'{"status":"success","data":{"resultType":"streams","result":[{"stream":{},"values":[' + value + b"]}]}}"
    with serve(lambda _: Response(200, {}, body)) as server:
        loki = Loki(connect(server.url))
        if sound:
            [stream] = loki.over("x", NOW - MINUTE, NOW, most=9, step=MINUTE).streams
            assert stream.lines == ((NOW, "x"),)
        else:
            with pytest.raises(SourceUnavailable, match="another shape"):
                loki.over("x", NOW - MINUTE, NOW, most=9, step=MINUTE)
