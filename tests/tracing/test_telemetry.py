"""Spans to a collector: what arrives, and what a collector that is away, slow or unwilling costs a run."""

from __future__ import annotations

import builtins
import logging
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from gitops_bot import __version__
from gitops_bot.sandbox.http import Response
from gitops_bot.tracing import OpenTelemetry, Recording, Wanted, recorder
from gitops_bot.tracing.spans import read_traceparent
from tests.support.collector import collector

PARENT = f"00-{'ab' * 16}-{'cd' * 8}-01"


def sent(url: str, **options: float) -> tuple[str, ...]:
    """Send two spans and return what was told of it."""
    recording = Recording((OpenTelemetry(f"{url}/v1/traces", {}, {}, **options),))
    with recording.span("run"), recording.span("observe"):
        pass
    return recording.close()


def test_a_collector_gets_every_span_as_it_is() -> None:
    told: list[str] = []
    with collector() as receiver:
        wanted = Wanted(base=f"{receiver.url}/base/", headers="Authorization=Basic%20abc, X-Team = platform")
        with recorder(wanted, {"vcs.repository.name": "example/fleet"}, told.append) as recording:
            recording.join(PARENT)
            with recording.span("run"), recording.span("observe", {"seen": 2, "names": ["a", "b"]}) as span:
                span.event("read", {"application": "checkout"})
                span.fail("SourceUnavailable", "no answer")
            assert read_traceparent(recording.traceparent).trace == "ab" * 16
    assert told == []
    (request,) = receiver.requests
    assert (request.method, request.path) == ("POST", "/base/v1/traces")
    assert request.headers["authorization"] == "Basic abc"
    assert request.headers["x-team"] == "platform"
    assert request.headers["content-encoding"] == "gzip"
    observe, run = receiver.spans
    assert (observe.name, run.name) == ("observe", "run")
    assert (observe.trace, run.trace, run.parent) == ("ab" * 16, "ab" * 16, "cd" * 8)
    assert observe.parent == run.span
    assert observe.attributes == {"seen": 2, "names": ["a", "b"], "error.type": "SourceUnavailable"}
    assert observe.events == (("read", {"application": "checkout"}),)
    assert (observe.status, observe.message, run.status) == (2, "no answer", 0)
    assert run.start <= observe.start <= observe.end <= run.end
    assert abs(run.end / 1e9 - time.time()) < 60
    assert run.resource == {
        "service.name": "gitops-bot",
        "service.version": __version__,
        "vcs.repository.name": "example/fleet",
    }


def test_a_whole_address_is_used_as_it_is() -> None:
    told: list[str] = []
    with collector() as receiver:
        wanted = Wanted(base="http://127.0.0.1:9", endpoint=f"{receiver.url}/otlp/take")
        with recorder(wanted, {}, told.append) as recording, recording.span("run"):
            pass
    assert [one.path for one in receiver.requests] == ["/otlp/take"]
    assert told == []


def test_the_file_and_the_collector_say_the_same(tmp_path: Path) -> None:
    path = tmp_path / "decisions.jsonl"
    with collector() as receiver:
        wanted = Wanted(base=receiver.url, decision_log=str(path))
        with recorder(wanted, {}, pytest.fail) as recording, recording.span("run"):
            pass
    assert receiver.spans[0].span in path.read_text()


def test_many_spans_arrive_in_batches_of_which_none_is_lost() -> None:
    with collector() as receiver:
        recording = Recording((OpenTelemetry(f"{receiver.url}/v1/traces", {}, {}),))
        with recording.span("run"):
            for number in range(1_000):
                with recording.span("stage", {"number": number}):
                    pass
        assert recording.close() == ()
    assert len(receiver.requests) > 5
    assert {one.attributes["number"] for one in receiver.named("stage")} == set(range(1_000))


def test_a_busy_collector_is_asked_again_when_it_says() -> None:
    busy = Response(503, {"retry-after": "0"}, b"")
    with collector(busy, busy) as receiver:
        assert sent(receiver.url) == ()
    assert (len(receiver.requests), len(receiver.spans)) == (3, 2)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Response(401), "401 Unauthorized"),
        (Response(400, {}, b"token=hunter2"), "400 Bad Request"),
        (Response(302, {"location": "/login"}), "302 Found"),
        (Response(503, {"retry-after": "3600"}), "503 Service Unavailable"),
    ],
)
def test_a_refusal_is_told_in_one_line(answer: Response, said: str, capfd: pytest.CaptureFixture[str]) -> None:
    started = time.monotonic()
    with collector(answer) as receiver:
        (told,) = sent(receiver.url)
        port = receiver.url.rpartition(":")[2]
    assert (
        told
        == f"2 of 2 spans were not delivered to http://127.0.0.1:{port}, without harm to the run: it answers {said}"
    )
    assert time.monotonic() - started < 3
    assert capfd.readouterr() == ("", "")


def test_a_collector_that_is_away_costs_a_moment_and_one_line(capfd: pytest.CaptureFixture[str]) -> None:
    with collector() as receiver:
        url = receiver.url
    started = time.monotonic()
    (told,) = sent(url, patience=0.5)
    assert time.monotonic() - started < 3
    assert told.endswith("without harm to the run: it cannot be reached")
    assert capfd.readouterr() == ("", "")
    assert logging.getLogger("opentelemetry").handlers == []


@pytest.mark.parametrize("options", [{"patience": 0.3}, {"patience": 60.0, "closing": 0.3}])
def test_a_collector_that_hangs_holds_nobody_up(options: dict[str, float]) -> None:
    started = time.monotonic()
    with collector(held=True) as receiver:
        (told,) = sent(receiver.url, **options)
        assert time.monotonic() - started < 3
    assert "without harm to the run: it " in told


def test_a_run_that_fails_is_delivered_all_the_same() -> None:
    with (
        collector() as receiver,
        pytest.raises(RuntimeError),
        recorder(Wanted(base=receiver.url), {}, pytest.fail) as recording,
        recording.span("run"),
    ):
        raise RuntimeError("a bug")
    assert [(one.name, one.status, one.message) for one in receiver.spans] == [("run", 2, "a bug")]


def test_without_the_extra_one_line_names_it_and_the_log_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real: Callable[..., object] = builtins.__import__

    def absent(name: str, *rest: object, **more: object) -> object:
        if name.startswith("opentelemetry"):
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", absent)
    told: list[str] = []
    path = tmp_path / "decisions.jsonl"
    wanted = Wanted(base="https://collector.example.com", decision_log=str(path))
    with recorder(wanted, {}, told.append) as recording, recording.span("run"):
        assert recording.traceparent
    assert len(told) == 1
    assert "pip install 'gitops-bot[tracing]'" in told[0]
    assert '"name":"run"' in path.read_text()


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (Wanted(base="collector:4318"), "no URL"),
        (Wanted(base="https://user:hunter2@[/"), "no URL"),
        (Wanted(base="https://collector.example.com", headers="Authorization=a%0Ahunter2"), "cannot be sent"),
    ],
)
def test_a_wrong_setting_is_told_without_its_secret(wanted: Wanted, said: str) -> None:
    told: list[str] = []
    with recorder(wanted, {}, told.append) as recording:
        assert recording.traceparent == ""
    assert len(told) == 1
    assert said in told[0]
    assert "hunter2" not in told[0] + repr(wanted)


def test_nothing_is_recorded_unless_it_is_asked_for() -> None:
    with recorder(Wanted(), {}, pytest.fail) as recording:
        assert recording.traceparent == ""
