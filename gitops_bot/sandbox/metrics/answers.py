"""What a table holds for a query: measured series, log lines, or a failure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

# The statuses under which Prometheus answers each type of error.
_STATUS_OF_TYPE = {"bad_data": 400, "execution": 422, "timeout": 503, "canceled": 503, "internal": 500}


@dataclass(frozen=True)
class Measured:
    """One series: its labels, and its points as time (with a time zone) and value, oldest first."""

    labels: Mapping[str, str]
    points: tuple[tuple[datetime, float], ...]


@dataclass(frozen=True)
class Lines:
    """One stream of a log: its labels, and its lines as time (with a time zone) and text, oldest first."""

    labels: Mapping[str, str]
    lines: tuple[tuple[datetime, str], ...]


@dataclass(frozen=True)
class Failure:
    """An error in the words of the server: Prometheus answers in JSON with a `type`, Loki in plain text."""

    status: int
    message: str
    type: str = field(default="")


def failure(kind: str, message: str) -> Failure:
    """Return an error of Prometheus; `kind` is its errorType (bad_data, execution, timeout, canceled, internal)."""
    return Failure(_STATUS_OF_TYPE[kind], message, kind)
