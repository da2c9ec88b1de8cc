"""Recording what a run does, span by span. Handed from function to function: there is no current one anywhere else."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from types import TracebackType
from typing import Protocol, Self

from msgspec.structs import replace

from gitops_bot.tracing.cleaning import cleaned, text
from gitops_bot.tracing.spans import (
    Attributes,
    Ended,
    Event,
    Kind,
    Output,
    Plain,
    read_traceparent,
    traceparent,
)

_MOST_EVENTS = 200
_LONGEST_NAME = 200


class Span(Protocol):
    """One piece of work, while it goes on; a context manager. What is raised in it ends it as failed, and goes on."""

    def __enter__(self) -> Self:
        """Begin."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End."""

    def set(self, attributes: Attributes) -> None:
        """Say more of it. All texts are redacted and capped; a value of None is left out."""

    def event(self, name: str, attributes: Attributes) -> None:
        """Say that something happened now."""

    def fail(self, kind: str, message: str) -> None:
        """Say that it did not succeed: the error's class, and what may be told of it."""


class Recorder(Protocol):
    """Where spans begin. A span that begins while another goes on is a part of that."""

    @property
    def contents(self) -> bool:
        """Whether what is said to models and tools, and what they answer, is recorded as well."""

    @property
    def traceparent(self) -> str:
        """The W3C name of the span that goes on (of the first one where none does), empty where nothing is recorded."""

    def join(self, traceparent: str) -> None:
        """Go on with the trace of another process, as a part of the span that is named; not once a span has ended."""

    def span(self, name: str, attributes: Attributes | None = None, kind: Kind = Kind.INTERNAL) -> Span:
        """Return a span that begins when it is entered. Names are few and fixed; what varies is in the attributes."""


class _Unheard:
    """A span that nobody keeps."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def set(self, attributes: Attributes) -> None:
        pass

    def event(self, name: str, attributes: Attributes) -> None:
        pass

    def fail(self, kind: str, message: str) -> None:
        pass


class Silent:
    """Records nothing."""

    contents = False
    traceparent = ""

    def join(self, traceparent: str) -> None:
        """Do nothing."""

    def span(self, name: str, attributes: Attributes | None = None, kind: Kind = Kind.INTERNAL) -> Span:  # noqa: ARG002
        """Return a span that nobody keeps."""
        return _UNHEARD


_UNHEARD = _Unheard()
SILENT = Silent()


def _now() -> datetime:
    return datetime.now(UTC)


class Recording:
    """Hands every span to `outputs` as soon as it has ended. For one thread.

    `clock` gives times in UTC, `identify` so many random bytes as hexadecimal digits. Close it: nothing that went wrong
    with the outputs is raised, it is returned.
    """

    def __init__(
        self,
        outputs: tuple[Output, ...],
        *,
        contents: bool = False,
        clock: Callable[[], datetime] = _now,
        identify: Callable[[int], str] = secrets.token_hex,
    ) -> None:
        self._outputs = outputs
        self.contents = contents
        self._clock = clock
        self._identify = identify
        self.trace = identify(16)
        self._origin = ""
        self._open: list[_Open] = []
        self._first = ""
        self._ended = False

    @property
    def traceparent(self) -> str:
        """The W3C name of the span that goes on, of the first one where none does."""
        return traceparent(self.trace, self._open[-1].identifier if self._open else self._first)

    def span(self, name: str, attributes: Attributes | None = None, kind: Kind = Kind.INTERNAL) -> Span:
        """Return a span that begins when it is entered."""
        return _Open(self, name, attributes or {}, kind)

    def join(self, traceparent: str) -> None:
        """Go on with the trace of another process; nothing changes where it is no other, or something has ended."""
        place = read_traceparent(traceparent)
        if place.trace and place.trace != self.trace and not self._ended:
            self.trace, self._origin = place.trace, place.span

    def now(self) -> datetime:
        """Return the time."""
        return self._clock()

    def begin(self, span: _Open) -> tuple[str, str]:
        """Return a new span's own id and its parent's, empty for a first one."""
        identifier = self._identify(8)
        parent = self._open[-1].identifier if self._open else ""
        self._open.append(span)
        self._first = self._first or identifier
        return identifier, parent

    def end(self, span: _Open, ended: Ended) -> None:
        """Hand a span on."""
        self._open.remove(span)
        self._ended = True
        if not ended.parent:
            ended = replace(ended, parent=self._origin, remote=bool(self._origin))
        for output in self._outputs:
            output.take(ended)

    def close(self) -> tuple[str, ...]:
        """Deliver everything and return what people must know of it."""
        return tuple(said for output in self._outputs if (said := output.close()))


class _Open:
    def __init__(self, recording: Recording, name: str, attributes: Attributes, kind: Kind) -> None:
        self._recording = recording
        self._name = text(name, _LONGEST_NAME)
        self._kind = kind
        self._attributes: dict[str, Plain] = cleaned(attributes)
        self._events: list[Event] = []
        self._message = ""
        self._failed = False
        self.identifier = ""

    def __enter__(self) -> Self:
        self.identifier, self._parent = self._recording.begin(self)
        self._start = self._recording.now()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None and not self._failed:
            self.fail(kind.__name__, str(error))
        ended = Ended(
            trace=self._recording.trace,
            span=self.identifier,
            parent=self._parent,
            name=self._name,
            kind=self._kind,
            start=self._start,
            end=max(self._start, self._recording.now()),
            attributes=dict(self._attributes),
            events=tuple(self._events),
            failed=self._failed,
            message=self._message,
        )
        self._recording.end(self, ended)

    def set(self, attributes: Attributes) -> None:
        self._attributes |= cleaned(attributes)

    def event(self, name: str, attributes: Attributes) -> None:
        if len(self._events) == _MOST_EVENTS:
            self.set({"gitops_bot.more_events": True})
        else:
            at = self._recording.now()
            self._events.append(Event(name=text(name, _LONGEST_NAME), at=at, attributes=cleaned(attributes)))

    def fail(self, kind: str, message: str) -> None:
        self._failed = True
        self._message = text(message, 1_000)
        self.set({"error.type": kind})
