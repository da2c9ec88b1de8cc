"""The state that goes through the graph: plain values, so that any checkpointer can keep it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypedDict

from gitops_bot.model.change import Receipt
from gitops_bot.model.incident import Estate
from gitops_bot.model.json import Json
from gitops_bot.model.plan import Plan, Remediation
from gitops_bot.model.signal import ContainerFailing
from gitops_bot.redaction import redacted_and_capped

_MOST_LOGS = 20
_LONGEST_LOG = 4_000


class Log(TypedDict):
    """The end of a failing container's log, redacted; untrusted text."""

    application: str
    container: str
    text: str


class State(TypedDict, total=False):
    """What the nodes say to one another; `observe` needs none of it.

    `event` is what the run was started with: `app` names the Application that the other fields should speak of.
    `metrics` are numbers about the estate, `logs` those of failing containers. `diagnosis`, `action` (`rollback`,
    `force_sync`, `pr_only`, `escalate` or empty) and `pr_url` are of one remediation, the first or that of the event's
    Application; `plan` has them all, as the document that `gitops-bot plan --output` writes. `action_taken` says what
    was written, empty where nothing was; `pr_url` leads to the pull request, commit or issue.
    """

    event: dict[str, Json]
    metrics: dict[str, int]
    logs: list[Log]
    plan: str
    diagnosis: str
    action: str
    action_taken: str
    pr_url: str


def metrics(estate: Estate) -> dict[str, int]:
    """Return the numbers."""
    statuses = [application.status for application in estate.applications]
    return {
        "applications": len(statuses),
        "not_healthy": sum(status.health.status not in {"Healthy", ""} for status in statuses),
        "out_of_sync": sum(status.sync.status == "OutOfSync" for status in statuses),
        "signals": len(estate.signals),
        "restarts": sum(one.restarts for one in estate.signals if isinstance(one, ContainerFailing)),
    }


def logs(estate: Estate) -> list[Log]:
    """Return the logs that were read."""
    return [
        Log(application=one.application, container=one.container, text=redacted_and_capped(one.log, _LONGEST_LOG))
        for one in estate.signals
        if isinstance(one, ContainerFailing) and one.log
    ][:_MOST_LOGS]


def leading(plan: Plan, event: dict[str, Json]) -> Remediation | None:
    """Return the remediation that the state speaks of."""
    wanted = (*plan.remediations, *plan.held)
    return next((one for one in wanted if event.get("app") in one.applications), next(iter(wanted), None))


def written(receipts: Iterable[Receipt], fingerprint: str) -> Iterator[Receipt]:
    """Yield what was written, that of the fingerprint first."""
    yield from sorted((one for one in receipts if one.written), key=lambda one: one.fingerprint != fingerprint)
