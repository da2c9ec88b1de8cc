"""Spans nest, end whatever happens, and hold no secret."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from gitops_bot.errors import SourceUnavailable
from gitops_bot.tracing import SILENT, Recording
from gitops_bot.tracing.cleaning import LONGEST_JSON, LONGEST_TEXT, MOST_ATTRIBUTES, cleaned
from gitops_bot.tracing.spans import Ended, Place, read_traceparent
from tests.tracing.kept import Kept

PARENT = f"00-{'ab' * 16}-{'cd' * 8}-01"
START = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


class Ticking:
    """A clock that goes on by a second each time it is read."""

    def __init__(self) -> None:
        self.time = START

    def __call__(self) -> datetime:
        self.time += timedelta(seconds=1)
        return self.time


def test_a_span_within_another_is_its_child_and_ends_first() -> None:
    kept = Kept()
    recording = Recording((kept,), clock=Ticking())
    with recording.span("run"):
        with recording.span("observe", {"seen": 3}) as span:
            span.set({"unread": 0})
            span.event("read", {"application": "checkout"})
        with recording.span("reason"):
            pass
    observe, reason, run = kept.spans
    assert [one.name for one in kept.spans] == ["observe", "reason", "run"]
    assert (observe.parent, reason.parent, run.parent) == (run.span, run.span, "")
    assert {one.trace for one in kept.spans} == {recording.trace}
    assert (len(run.trace), len({one.span for one in kept.spans}), len(run.span)) == (32, 3, 16)
    assert observe.attributes == {"seen": 3, "unread": 0}
    assert [(one.name, one.attributes) for one in observe.events] == [("read", {"application": "checkout"})]
    assert run.start < observe.start < observe.events[0].at < observe.end < reason.start < run.end


def test_what_is_raised_ends_every_span_as_failed_and_goes_on() -> None:
    kept = Kept()
    recording = Recording((kept,))
    with pytest.raises(SourceUnavailable), recording.span("run"), recording.span("observe"):
        raise SourceUnavailable("Argo CD does not answer", found="token=hunter2hunter2")
    assert [(one.name, one.failed, one.attributes["error.type"]) for one in kept.spans] == [
        ("observe", True, "SourceUnavailable"),
        ("run", True, "SourceUnavailable"),
    ]
    assert "Argo CD does not answer" in kept.spans[0].message
    assert "hunter2" not in kept.spans[0].message


def test_another_process_goes_on_with_the_trace_of_the_first() -> None:
    kept = Kept()
    first = Recording((kept,))
    with first.span("plan"):
        handed = first.traceparent
    assert first.traceparent == handed
    first.join(handed)
    second = Recording((kept,))
    with second.span("apply"):
        second.join(handed)
        with second.span("act"):
            pass
        second.join(PARENT)
    plan, act, apply = kept.spans
    assert {plan.trace, act.trace, apply.trace} == {first.trace}
    assert (apply.parent, apply.remote, act.parent, act.remote) == (plan.span, True, apply.span, False)


@pytest.mark.parametrize(
    "text",
    ["", "00-0-0-01", f"00-{'0' * 32}-{'1' * 16}-01", f"00-{'1' * 32}-{'0' * 16}-01", f"ff-{'1' * 32}-{'1' * 16}-01"],
)
def test_what_names_no_span_begins_a_new_trace(text: str) -> None:
    assert read_traceparent(text) == Place()


def test_silence_names_no_trace() -> None:
    with SILENT.span("run", {"a": 1}) as span:
        span.set({"b": 2})
        span.event("c", {})
        span.fail("Error", "d")
    assert SILENT.traceparent == ""


def test_attributes_are_numbers_texts_lists_of_texts_or_json() -> None:
    assert cleaned(
        {"number": 1, "part": 0.5, "yes": True, "text": "a", "list": ["a", "b"], "none": None, "json": [{"a": [1]}]}
    ) == {"number": 1, "part": 0.5, "yes": True, "text": "a", "list": ("a", "b"), "json": '[{"a":[1]}]'}


def test_everything_is_capped() -> None:
    found = cleaned({"long": "word " * 10_000, **{f"n{number}": number for number in range(200)}})
    assert len(found) == MOST_ATTRIBUTES
    assert len(str(found["long"])) <= LONGEST_TEXT
    messages: list[dict[str, str]] = [{"content": "word " * 3_000} for _ in range(40)]
    (encoded,) = cleaned({"messages": [*messages]}).values()
    assert 1_000 < len(str(encoded)) <= LONGEST_JSON
    assert str(encoded).startswith('[{"content":"word')
    assert str(encoded).endswith("]")


def test_undecodable_bytes_do_not_stop_a_span() -> None:
    kept = Kept()
    with Recording((kept,)).span("run", {"log": "caf\udce9"}):
        pass
    assert kept.spans[0].attributes == {"log": "caf?"}


def test_a_name_tells_that_a_value_is_a_secret() -> None:
    found = cleaned({"tool.arguments": {"name": "db", "password": "correct horse"}, "DB_PASSWORD": "battery staple"})
    assert "horse" not in str(found)
    assert "staple" not in str(found)
    assert '"name":"db"' in str(found)


def test_ended_spans_are_values() -> None:
    assert Ended.__struct_config__.frozen
