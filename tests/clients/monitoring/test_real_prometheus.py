"""The client and the loopback stand-in against a Prometheus that is installed here, if one is."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from gitops_bot.clients.http_errors import UnexpectedStatus
from gitops_bot.clients.monitoring import Prometheus
from gitops_bot.sandbox.metrics import Measured, MetricsServer
from tests.clients.monitoring.conftest import Connect

NOW = datetime(2026, 11, 23, 10, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
POINTS = tuple((NOW - step * MINUTE, value) for step, value in ((2, 100.0), (1, 160.0), (0, 220.0)))
SERIES = Measured({"__name__": "requests_total", "namespace": "shop", "pod": "a"}, POINTS)
LABELS = 'namespace="shop",pod="a"'
PATIENCE = 30


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Prometheus that holds one series."""
    program, writer = shutil.which("prometheus"), shutil.which("promtool")
    if not program or not writer:
        pytest.skip("prometheus and promtool are not on PATH (Debian's package prometheus has them)")
    folder = tmp_path_factory.mktemp("prometheus")
    samples = [f"requests_total{{{LABELS}}} {value} {time.timestamp():.0f}" for time, value in POINTS]
    (folder / "samples").write_text("\n".join(["# TYPE requests counter", *samples, "# EOF", ""]))
    (folder / "settings.yml").write_text("{}")
    command = [writer, "tsdb", "create-blocks-from", "openmetrics", "samples", "data"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=PATIENCE)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    options = ["--config.file=settings.yml", "--storage.tsdb.path=data", "--storage.tsdb.retention.time=100y"]
    with subprocess.Popen(
        [program, *options, f"--web.listen-address={address}"],
        cwd=folder,
        stderr=subprocess.PIPE,
        text=True,
        env={"PATH": os.environ["PATH"]},
    ) as process:
        try:
            assert process.stderr is not None
            assert any("ready to receive web requests" in line for line in process.stderr)
            yield f"http://{address}"
        finally:
            process.terminate()
            process.communicate(timeout=PATIENCE)


@pytest.fixture
def stand_in() -> Iterator[str]:
    with MetricsServer.start({"requests_total": (SERIES,)}) as server:
        yield server.url


def test_the_client_reads_what_the_real_one_measured(real: str, connect: Connect) -> None:
    prometheus = Prometheus(connect(real))
    [series] = prometheus.instant('requests_total{namespace="shop"}', NOW).series
    assert series.points == ((NOW.timestamp(), 220.0),)
    [rate] = prometheus.over(f"rate(requests_total{{{LABELS}}}[2m])", NOW - MINUTE, NOW, MINUTE).series
    assert [round(value, 6) for _, value in rate.points] == [1.0, 1.0]
    assert prometheus.instant("1 / 0", NOW).series[0].points[0][1] == float("inf")
    assert prometheus.instant('"text"', NOW).text == "text"


def test_the_real_ones_words_come_through(real: str, connect: Connect) -> None:
    with pytest.raises(UnexpectedStatus, match="unclosed left parenthesis"):
        Prometheus(connect(real)).instant("sum(", NOW)


ASKED = [
    f"/api/v1/query?query=requests_total&time={NOW.timestamp()}&timeout=8000ms&limit=5",
    f"/api/v1/query?query=nothing&time={NOW.timestamp()}",
    f"/api/v1/query_range?query=requests_total&start={(NOW - MINUTE).timestamp()}&end={NOW.timestamp()}&step=60",
    "/api/v1/query?time=1",
    "/api/v1/query?query=up&time=yesterday",
    "/api/v1/query?query=up&time=1&timeout=soon",
    "/api/v1/query_range?query=up&start=5&end=1&step=1",
    "/api/v1/query_range?query=up&start=1&end=5&step=0",
    "/api/v1/query_range?query=up&start=1&end=50000&step=1",
]


@pytest.mark.parametrize("target", ASKED)
def test_the_stand_in_answers_as_the_real_one(real: str, stand_in: str, target: str) -> None:
    ours, theirs = (httpx.get(f"{url}{target}", trust_env=False) for url in (stand_in, real))
    assert (ours.status_code, ours.json()) == (theirs.status_code, theirs.json())
