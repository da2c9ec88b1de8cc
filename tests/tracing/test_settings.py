"""Which variables say what is recorded."""

from __future__ import annotations

import pytest

from gitops_bot.settings import read_settings


def test_nothing_is_recorded_by_default() -> None:
    tracing = read_settings({}).tracing
    assert (tracing.decision_log, tracing.base, tracing.endpoint, tracing.contents) == ("", "", "", False)
    assert not tracing.headers


def test_the_variables_are_opentelemetrys_own() -> None:
    tracing = read_settings(
        {
            "GITOPS_BOT_DECISION_LOG": "decisions.jsonl",
            "OTEL_EXPORTER_OTLP_ENDPOINT": "https://collector.example.com",
            "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "https://traces.example.com/take",
            "OTEL_EXPORTER_OTLP_HEADERS": "x-api-key=general",
            "OTEL_EXPORTER_OTLP_TRACES_HEADERS": "x-api-key=special",
            "GITHUB_RUN_ID": "4711",
        }
    ).tracing
    assert tracing.decision_log == "decisions.jsonl"
    assert tracing.base == "https://collector.example.com"
    assert tracing.endpoint == "https://traces.example.com/take"
    assert tracing.headers.reveal() == "x-api-key=special"
    assert "special" not in repr(tracing)
    assert tracing.run == "4711"


def test_the_sdk_may_be_switched_off() -> None:
    tracing = read_settings(
        {"OTEL_SDK_DISABLED": "true", "OTEL_EXPORTER_OTLP_ENDPOINT": "https://a.example.com"}
    ).tracing
    assert tracing.base == ""


@pytest.mark.parametrize(
    ("word", "wanted"), [("true", True), ("SPAN_ONLY", True), ("", False), ("no_content", False), ("event_only", False)]
)
def test_contents_are_asked_for_in_one_word(word: str, wanted: object) -> None:
    given = {"OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT": word}
    assert read_settings(given).tracing.contents is wanted
