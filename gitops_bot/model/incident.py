"""What triage makes of signals: incidents to reason about, and what was seen and left alone."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from gitops_bot.model.application import Application
from gitops_bot.model.resource import ResourceKey
from gitops_bot.model.signal import Signal, Workload


class Trouble(StrEnum):
    """The kinds of trouble that are reasoned about apart."""

    RUNTIME = "runtime"
    SYNC = "sync"
    RENDER = "render"
    DRIFT = "drift"
    HEALTH = "health"


class Skipped(Struct, frozen=True, kw_only=True):
    """Something seen and left alone, with the reason in words for a person.

    `problem` says that it could not be judged (a failed request, say), as against: there is nothing to do.
    """

    application: str
    reason: str
    problem: bool = False


def in_order(*skipped: Skipped) -> tuple[Skipped, ...]:
    """Return each once, by application and reason."""
    return tuple(sorted(dict.fromkeys(skipped), key=lambda one: (one.application, one.reason)))


class Estate(Struct, frozen=True, kw_only=True):
    """What one run sees: the whole fleet, the signals, the workloads behind them, and what could not be read."""

    applications: tuple[Application, ...] = ()
    signals: tuple[Signal, ...] = ()
    workloads: tuple[Workload, ...] = ()
    unread: tuple[Skipped, ...] = ()
    settled: tuple[Skipped, ...] = ()


class Incident(Struct, frozen=True, kw_only=True):
    """Signals of one application that have one cause.

    `resource` is the object at fault (the workload, the refused object, the Application itself where rendering fails);
    `since` is when it began (UTC).
    """

    application: Application
    trouble: Trouble
    resource: ResourceKey
    signals: tuple[Signal, ...]
    since: datetime | None = None
    workload: Workload | None = None
