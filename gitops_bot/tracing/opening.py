"""From settings to a recorder: what is asked for and can be had; the rest is told and left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote

from msgspec import Struct

from gitops_bot import __version__
from gitops_bot.errors import ConfigurationError
from gitops_bot.tracing.decision_log import DecisionLog
from gitops_bot.tracing.recorder import SILENT, Recorder, Recording
from gitops_bot.tracing.spans import Attributes, Output
from gitops_bot.tracing.telemetry import OpenTelemetry


class Wanted(Struct, frozen=True, kw_only=True):
    """What to record, and where to: nothing by default.

    `decision_log` is a file's path; `base` is the collector's address, to which `/v1/traces` is added, `endpoint` one
    that is used as it is and goes first; `headers` are `NAME=VALUE` pairs with commas between them, as in
    `OTEL_EXPORTER_OTLP_HEADERS`. `contents` has what is said to models, and what they answer, recorded as well.
    """

    decision_log: str = ""
    base: str = ""
    endpoint: str = ""
    headers: str = ""
    contents: bool = False

    def __repr__(self) -> str:
        return f"Wanted(decision_log={self.decision_log!r}, endpoint={bool(self.url)}, contents={self.contents})"

    @property
    def url(self) -> str:
        """Where spans are sent to, empty for nowhere."""
        return self.endpoint or (f"{self.base.rstrip('/')}/v1/traces" if self.base else "")


@contextmanager
def recorder(wanted: Wanted, resource: Attributes, warn: Callable[[str], object]) -> Iterator[Recorder]:
    """Give a recorder for one run and close it at the end.

    `resource` says what all spans have in common. What cannot be recorded is told to `warn` in one line each; it never
    fails the run.
    """
    outputs = _outputs(wanted, resource, warn)
    if not outputs:
        yield SILENT
        return
    recording = Recording(outputs, contents=wanted.contents)
    try:
        yield recording
    finally:
        for said in recording.close():
            warn(said)


def _outputs(wanted: Wanted, resource: Attributes, warn: Callable[[str], object]) -> tuple[Output, ...]:
    outputs: list[Output] = []
    if wanted.decision_log:
        outputs.append(DecisionLog(Path(wanted.decision_log)))
    if wanted.url:
        common: Attributes = {"service.name": "gitops-bot", "service.version": __version__, **resource}
        try:
            outputs.append(OpenTelemetry(wanted.url, headers_of(wanted.headers), common))
        except ConfigurationError as error:
            warn(f"traces are not sent: {error}")
    return tuple(outputs)


def headers_of(text: str) -> Mapping[str, str]:
    """Return the headers that `NAME=VALUE,NAME=VALUE` gives; values may be percent-encoded."""
    pairs = (part.partition("=") for part in text.split(","))
    return {name.strip().lower(): unquote(value.strip()) for name, _, value in pairs if name.strip() and value.strip()}
