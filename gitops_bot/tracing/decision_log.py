"""The decision log: a file with one line of JSON for each span, whole however the run ends."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import msgspec
from msgspec import Struct

from gitops_bot.tracing.spans import Ended, Kind, Plain

LARGEST = 32 * 1024 * 1024


class Happened(Struct, frozen=True, kw_only=True):
    """An event of a line; the time is in UTC."""

    name: str
    time: str
    attributes: dict[str, Plain]


class Line(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line: a span that has ended, with W3C ids and times in UTC; `status` is `ok` or `error`."""

    trace_id: str
    span_id: str
    parent_span_id: str
    name: str
    start: str
    end: str
    status: str
    attributes: dict[str, Plain]
    message: str = ""
    kind: str = Kind.INTERNAL.value
    events: tuple[Happened, ...] = ()


class DecisionLog:
    """Appends to a file that its owner alone may read, each line in one write; an earlier one is continued.

    A span that would make the file larger than `largest` bytes, or that cannot be written, ends the log.
    """

    def __init__(self, path: Path, largest: int = LARGEST) -> None:
        self._path = path
        self._largest = largest
        self._trouble = ""
        self._file: int | None = None
        self._size = 0
        try:
            self._open()
        except OSError as error:
            self._stop(error.strerror or str(error))

    def _open(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        # A link that somebody put there could lead anywhere.
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
        self._file = os.open(self._path, flags, 0o600)
        present = os.fstat(self._file)
        if not stat.S_ISREG(present.st_mode):
            self._stop("it is no plain file")
            return
        os.fchmod(self._file, 0o600)
        self._size = present.st_size
        if self._size and os.pread(self._file, 1, self._size - 1) != b"\n":
            # A full disk, or the machine's end, may have left half a line.
            self._size += os.write(self._file, b"\n")

    def take(self, span: Ended) -> None:
        """Append a line."""
        if self._file is None:
            return
        line = msgspec.json.encode(_line(span)) + b"\n"
        if self._size + len(line) > self._largest:
            self._stop(f"it would be larger than {self._largest:,} bytes")
            return
        try:
            written = os.write(self._file, line)
        except OSError as error:
            self._stop(error.strerror or str(error))
            return
        self._size += written
        if written < len(line):
            self._stop("the disk is full")

    def _stop(self, why: str) -> None:
        self._trouble = f"the decision log {self._path} is not complete: {why}"
        self._shut()

    def _shut(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def close(self) -> str:
        """Close the file and say whether it is complete."""
        self._shut()
        return self._trouble


def _line(span: Ended) -> Line:
    return Line(
        trace_id=span.trace,
        span_id=span.span,
        parent_span_id=span.parent,
        name=span.name,
        kind=span.kind.value,
        start=span.start.isoformat(timespec="microseconds"),
        end=span.end.isoformat(timespec="microseconds"),
        status="error" if span.failed else "ok",
        message=span.message,
        attributes=span.attributes,
        events=tuple(
            Happened(name=one.name, time=one.at.isoformat(timespec="microseconds"), attributes=one.attributes)
            for one in span.events
        ),
    )
