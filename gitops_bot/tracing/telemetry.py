"""Spans to a collector, by OTLP over HTTP. The SDK is the extra `tracing`, loaded with the first `OpenTelemetry`."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from gitops_bot import __version__
from gitops_bot.errors import ConfigurationError
from gitops_bot.tracing.cleaning import cleaned, text
from gitops_bot.tracing.spans import Attributes, Ended, Kind

if TYPE_CHECKING:
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import ReadableSpan
    from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
    from opentelemetry.trace import SpanContext
    from requests import Response

INSTALL = "pip install 'gitops-bot[tracing]'"
# Seconds for one batch with its retries, and for everything that is left at the end of a run.
_BATCH, _CLOSING = 3.0, 5.0
_BATCH_SIZE, _QUEUE = 128, 16_384
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class OpenTelemetry:
    """Sends spans in batches from a thread of its own, with their ids as they are.

    `endpoint` is the whole URL; `headers` hold credentials and are never told. `resource` says what all spans have in
    common. A collector that does not take a batch is not asked again in the run. Raises ConfigurationError where the
    extra is not installed, or the endpoint is no URL.
    """

    def __init__(
        self,
        endpoint: str,
        headers: Mapping[str, str],
        resource: Attributes,
        *,
        patience: float = _BATCH,
        closing: float = _CLOSING,
    ) -> None:
        self._name = _name(endpoint)
        self._taken = 0
        self._closing = closing
        _check(headers)
        try:
            import requests
            from opentelemetry.exporter.otlp.proto.http import Compression
            from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
            from opentelemetry.sdk.resources import Resource
            from opentelemetry.sdk.trace.export import BatchSpanProcessor
        except ImportError:
            raise ConfigurationError(
                "OpenTelemetry is not installed", where="OTEL_EXPORTER_OTLP_ENDPOINT", advice=f"Install it: {INSTALL}"
            ) from None
        self._resource = Resource(cleaned(resource))
        # What goes wrong is told once, at the end, and not by the SDK's loggers as well.
        self._unheard = logging.NullHandler()
        session = requests.Session()
        try:
            exporter = OTLPSpanExporter(
                endpoint=endpoint,
                headers=dict(headers),
                timeout=patience,
                compression=Compression.Gzip,
                session=session,
            )
            self._delivery = _Delivery(exporter)
            self._processor = BatchSpanProcessor(
                cast("SpanExporter", self._delivery), max_queue_size=_QUEUE, max_export_batch_size=_BATCH_SIZE
            )
        except (ValueError, RuntimeError, OSError) as error:
            raise ConfigurationError(
                "OpenTelemetry cannot be set up", where="OTEL_ variables", found=text(str(error), 200)
            ) from error
        session.hooks["response"] = [self._delivery.heard]
        logging.getLogger("opentelemetry").addHandler(self._unheard)

    def take(self, span: Ended) -> None:
        """Queue a span."""
        self._taken += 1
        self._processor.on_end(_readable(span, self._resource))

    def close(self) -> str:
        """Wait a few seconds for the collector and return why it has not taken everything, if so."""
        # The processor's own way to shut down waits for half a minute.
        closing = threading.Thread(target=self._processor.shutdown, name="gitops-bot-tracing", daemon=True)
        closing.start()
        closing.join(self._closing)
        logging.getLogger("opentelemetry").removeHandler(self._unheard)
        missing = self._taken - self._delivery.sent
        if not missing:
            return ""
        late = "it does not answer in time" if closing.is_alive() else "too many at once"
        why = self._delivery.answer or ("it cannot be reached" if self._delivery.failed else late)
        whole = f"{missing} of {self._taken} spans were not delivered"
        return f"{whole} to {self._name}, without harm to the run: {why}"


class _Delivery:
    """Gives up after the first batch that fails, so that an absent collector costs a run one patience and no more."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter
        self.failed = False
        self.answer = ""
        self.sent = 0

    def heard(self, response: Response, *_: object, **__: object) -> None:
        # A redirect, to a page for logging in, say, is none that the SDK takes for a failure.
        taken = 200 <= response.status_code < 300
        said = f"it answers {response.status_code} {' '.join(response.reason.split())}"
        self.answer = "" if taken else text(said, 100)

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        from opentelemetry.sdk.trace.export import SpanExportResult

        if self.failed:
            return SpanExportResult.FAILURE
        result = self._exporter.export(spans)
        self.failed = result is not SpanExportResult.SUCCESS or bool(self.answer)
        self.sent += 0 if self.failed else len(spans)
        return result

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return self._exporter.force_flush(timeout_millis)

    def shutdown(self) -> None:
        self._exporter.shutdown()


def _check(headers: Mapping[str, str]) -> None:
    if bad := [name for name, value in headers.items() if not (f"{name}{value}".isascii() and value.isprintable())]:
        raise ConfigurationError(
            "a header for the collector cannot be sent", where="OTEL_EXPORTER_OTLP_HEADERS", found=text(bad[0], 60)
        )


def _name(endpoint: str) -> str:
    """Return the server without path and credentials."""
    try:
        url = urlsplit(endpoint)
        port = f":{url.port}" if url.port else ""
    except ValueError:
        url, port = urlsplit(""), ""
    if url.scheme not in {"http", "https"} or not url.hostname:
        raise ConfigurationError(
            "the collector's address is no URL", where="OTEL_EXPORTER_OTLP_ENDPOINT", expected="https://HOST/PATH"
        )
    host = f"[{url.hostname}]" if ":" in url.hostname else url.hostname
    return f"{url.scheme}://{host}{port}"


def _readable(span: Ended, resource: Resource) -> ReadableSpan:
    from opentelemetry.sdk.trace import Event, ReadableSpan
    from opentelemetry.sdk.util.instrumentation import InstrumentationScope
    from opentelemetry.trace import SpanKind, Status, StatusCode

    status = Status(StatusCode.ERROR, span.message) if span.failed else Status(StatusCode.UNSET)
    return ReadableSpan(
        span.name,
        _context(span.trace, span.span, remote=False),
        parent=_context(span.trace, span.parent, remote=span.remote) if span.parent else None,
        resource=resource,
        attributes=span.attributes,
        events=[Event(one.name, one.attributes, _nanoseconds(one.at)) for one in span.events],
        kind=SpanKind.CLIENT if span.kind is Kind.CLIENT else SpanKind.INTERNAL,
        status=status,
        start_time=_nanoseconds(span.start),
        end_time=_nanoseconds(span.end),
        instrumentation_scope=InstrumentationScope("gitops-bot", __version__),
    )


def _context(trace: str, span: str, *, remote: bool) -> SpanContext:
    from opentelemetry.trace import SpanContext, TraceFlags

    return SpanContext(int(trace, 16), int(span, 16), is_remote=remote, trace_flags=TraceFlags(TraceFlags.SAMPLED))


def _nanoseconds(time: datetime) -> int:
    return (time - _EPOCH) // _MICROSECOND * 1000
