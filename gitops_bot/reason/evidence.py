"""Signals as rows of evidence: object and field, value, the read-only call that told it, and since when."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from functools import singledispatch

from gitops_bot.model.diagnosis import Evidence
from gitops_bot.model.incident import Incident
from gitops_bot.model.json import Json
from gitops_bot.model.signal import (
    ContainerFailing,
    FieldDrifted,
    ObjectMissing,
    ObjectSuperfluous,
    PodBlocked,
    PodUnschedulable,
    ProbeFailing,
    RenderFailing,
    Signal,
    SyncRefused,
    WorkloadUnhealthy,
)
from gitops_bot.reason.wording import count, listed, one_line, quoted


def rows(signals: Iterable[Signal]) -> Iterator[Evidence]:
    """Yield one row for each signal, in order; all untrusted text is on one line and capped."""
    for signal in signals:
        field, value = describe(signal)
        name = one_line(f"{signal.resource} {field}".strip())
        yield Evidence(signal=name, value=one_line(value, 600), where=one_line(signal.where), at=signal.since)


def shown(value: Json, *, absent: bool = False) -> str:
    """Return a field's value for a person."""
    if absent or value == "":
        return "(absent)" if absent else "(empty)"
    return one_line(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False), 120)


@singledispatch
def describe(signal: Signal) -> tuple[str, str]:
    """Return the field that a signal is read from and what it says there."""
    return "", type(signal).__name__


@describe.register
def _container(signal: ContainerFailing) -> tuple[str, str]:
    parts = [signal.reason, quoted(signal.message) if signal.message else ""]
    last = [signal.last_reason, f"exit code {signal.exit_code}" if signal.exit_code is not None else ""]
    last.append(quoted(signal.last_message) if signal.last_message else "")
    ended = ", ".join(part for part in last if part)
    parts.append(f"ended last with {ended}" if ended else "")
    parts.append(count(signal.restarts, "restart") if signal.restarts else "")
    parts.append(f"image {signal.image}" if signal.image else "")
    statuses = "initContainerStatuses" if signal.initial else "containerStatuses"
    return f"status.{statuses}[{signal.container}]", "; ".join(part for part in parts if part)


@describe.register
def _unschedulable(signal: PodUnschedulable) -> tuple[str, str]:
    return "status.conditions[PodScheduled]", signal.message


@describe.register
def _probe(signal: ProbeFailing) -> tuple[str, str]:
    times = f" ({count(signal.count, 'time')})" if signal.count else ""
    return f"{signal.probe} probe of container {signal.container}", f"{signal.message}{times}"


@describe.register
def _blocked(signal: PodBlocked) -> tuple[str, str]:
    return "events", f"{signal.reason}: {signal.message}"


@describe.register
def _unhealthy(signal: WorkloadUnhealthy) -> tuple[str, str]:
    told = signal.message.startswith(signal.reason)
    said = signal.message if told else f"{signal.reason}: {signal.message}".removesuffix(": ")
    return "health", f"{signal.health}: {said}" if said else signal.health


@describe.register
def _refused(signal: SyncRefused) -> tuple[str, str]:
    tries = f" (attempt {signal.attempts})" if signal.attempts else ""
    at = f" at {signal.revision[:7]}" if signal.revision else ""
    return f"sync{at}{tries}", signal.message


@describe.register
def _render(signal: RenderFailing) -> tuple[str, str]:
    return f"status.conditions[{signal.condition or 'ComparisonError'}]", signal.message


@describe.register
def _drifted(signal: FieldDrifted) -> tuple[str, str]:
    by = f", set by {signal.manager}" if signal.manager else ""
    too = f", managed by {signal.autoscaler} too" if signal.autoscaler else ""
    return signal.label, f"live {shown(signal.live, absent=signal.absent_live)}, Git {shown(signal.desired)}{by}{too}"


@describe.register
def _missing(_: ObjectMissing) -> tuple[str, str]:
    return "metadata.name", "declared in Git, delivered before, and not in the cluster"


@describe.register
def _superfluous(_: ObjectSuperfluous) -> tuple[str, str]:
    return "metadata.name", "in the cluster, no longer declared in Git, and not pruned"


def summary(incident: Incident) -> str:
    """Return the first signals of an incident in one line."""
    said = [one_line(" ".join(part for part in describe(signal) if part), 150) for signal in incident.signals]
    return listed((quoted(line) for line in said), most=2) or "nothing more"
