"""A collector on loopback that takes OTLP over HTTP and decodes what it gets."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue

from gitops_bot.sandbox.http import Request, Response, serve

Value = str | bool | int | float | list[str]


@dataclass(frozen=True)
class Received:
    """A span as it arrived; ids in hexadecimal digits."""

    trace: str
    span: str
    parent: str
    name: str
    kind: int
    start: int
    end: int
    status: int
    message: str
    attributes: Mapping[str, Value]
    events: tuple[tuple[str, Mapping[str, Value]], ...]
    resource: Mapping[str, Value]


@dataclass
class Collector:
    """Answers with `answers` in turn, then with 200; holds each answer back until `open` is set."""

    url: str = ""
    answers: list[Response] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    spans: list[Received] = field(default_factory=list)
    open: threading.Event = field(default_factory=threading.Event)

    def handle(self, request: Request) -> Response:
        self.requests.append(request)
        self.open.wait(30)
        if self.answers:
            return self.answers.pop(0)
        assert request.headers["content-type"] == "application/x-protobuf"
        packed = request.headers.get("content-encoding") == "gzip"
        body = gzip.decompress(request.body) if packed else request.body
        self.bodies.append(body)
        self.spans += decoded(body)
        return Response(200, {"content-type": "application/x-protobuf"}, b"")

    def named(self, name: str) -> list[Received]:
        return [span for span in self.spans if span.name == name]


def decoded(body: bytes) -> Iterator[Received]:
    """Return the spans of an export request."""
    message = ExportTraceServiceRequest.FromString(body)
    for group in message.resource_spans:
        resource = {one.key: _value(one.value) for one in group.resource.attributes}
        for scope in group.scope_spans:
            assert scope.scope.name == "gitops-bot"
            for span in scope.spans:
                yield Received(
                    trace=span.trace_id.hex(),
                    span=span.span_id.hex(),
                    parent=span.parent_span_id.hex(),
                    name=span.name,
                    kind=span.kind,
                    start=span.start_time_unix_nano,
                    end=span.end_time_unix_nano,
                    status=span.status.code,
                    message=span.status.message,
                    attributes={one.key: _value(one.value) for one in span.attributes},
                    events=tuple(
                        (event.name, {one.key: _value(one.value) for one in event.attributes}) for event in span.events
                    ),
                    resource=resource,
                )


def _value(value: AnyValue) -> Value:
    kind = value.WhichOneof("value")
    if kind == "array_value":
        return [one.string_value for one in value.array_value.values]
    assert kind in {"string_value", "bool_value", "int_value", "double_value"}
    found: Value = getattr(value, kind)
    return found


@contextmanager
def collector(*answers: Response, held: bool = False) -> Iterator[Collector]:
    """Give a collector that answers with these first; `held` until its event `open` is set."""
    receiver = Collector(answers=list(answers))
    if not held:
        receiver.open.set()
    with serve(receiver.handle) as server:
        receiver.url = server.url
        try:
            yield receiver
        finally:
            receiver.open.set()
