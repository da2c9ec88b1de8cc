"""Between which two commits an Application's trouble began: Argo CD's history against the signals' times."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import Struct

from gitops_bot.clients.fleet import Fleet, deployed_sources
from gitops_bot.clients.rendering import ReadSet
from gitops_bot.model.application import Application, Deployment
from gitops_bot.model.incident import Incident, Trouble
from gitops_bot.model.proposal import NotLocated
from gitops_bot.model.signal import SyncRefused
from gitops_bot.model.source import Source

# Object times have whole seconds, and a controller's clock is not Argo CD's.
CLOCK_TOLERANCE = timedelta(seconds=5)


class Span(Struct, frozen=True, kw_only=True):
    """The last commit known to be good and the first known to be bad; `deployed_at` (UTC) is when the bad one came."""

    good: str
    bad: str
    good_sources: tuple[Source, ...]
    deployed_at: datetime | None = None


def find_span(fleet: Fleet, incident: Incident) -> Span | NotLocated:
    """Return where in Git the trouble can have begun, or why that cannot be told."""
    application = incident.application
    deployments = [one for one in application.history if fleet.revision(application, one)]
    if not deployments:
        return NotLocated(reason=f"{application.name} was never deployed with success: there is no state to go back to")
    if incident.trouble is Trouble.RUNTIME:
        span = _runtime_span(fleet, incident, deployments)
    else:
        span = _delivery_span(fleet, incident, deployments[-1])
    if isinstance(span, NotLocated):
        return span
    return _known(fleet, span)


def _runtime_span(fleet: Fleet, incident: Incident, deployments: list[Deployment]) -> Span | NotLocated:
    application = incident.application
    began = _began(incident)
    reached = [one for one in deployments if began is None or (_started(one) or began) <= began]
    if not reached:
        return NotLocated(
            reason=f"the trouble is older than the deployments that Argo CD remembers of {application.name}"
        )
    if len(reached) == 1:
        return NotLocated(
            reason=f"Argo CD remembers no deployment of {application.name} before the one that the trouble began with"
        )
    good, bad = reached[-2], reached[-1]
    return Span(
        good=fleet.revision(application, good),
        bad=fleet.revision(application, bad),
        good_sources=deployed_sources(good),
        deployed_at=bad.deployed_at,
    )


def _began(incident: Incident) -> datetime | None:
    # The newest generation came with the change; its pods may have been replaced since.
    generations = incident.workload.generations if incident.workload else ()
    began = generations[0].created if generations and generations[0].created else incident.since
    return began + CLOCK_TOLERANCE if began else None


def _started(deployment: Deployment) -> datetime | None:
    return deployment.deploy_started_at or deployment.deployed_at


def _delivery_span(fleet: Fleet, incident: Incident, last: Deployment) -> Span | NotLocated:
    application = incident.application
    good = fleet.revision(application, last)
    bad = fleet.commit
    if incident.trouble is Trouble.SYNC:
        refused = [signal.revision for signal in incident.signals if isinstance(signal, SyncRefused)]
        bad = next((revision for revision in refused if fleet.repository.has(revision)), fleet.commit)
    if good == bad:
        return NotLocated(
            reason=f"nothing changed in Git since the last successful sync of {application.name} ({good[:7]})"
        )
    return Span(good=good, bad=bad, good_sources=deployed_sources(last), deployed_at=None)


def _known(fleet: Fleet, span: Span) -> Span | NotLocated:
    for commit in (span.good, span.bad):
        if not fleet.repository.has(commit):
            return NotLocated(
                reason=f"commit {commit[:7]}, which Argo CD deployed, is not in this clone: fetch the whole history "
                "(`fetch-depth: 0`)"
            )
    if not fleet.repository.is_ancestor(span.good, span.bad):
        return NotLocated(
            reason=f"{span.bad[:7]} does not descend from {span.good[:7]}: the branch was rewritten between the two"
        )
    if not fleet.repository.is_ancestor(span.bad, fleet.commit):
        return NotLocated(reason=f"{span.bad[:7]} is not on {fleet.branch} any more")
    return span


def paths_read(fleet: Fleet, application: Application, span: Span) -> tuple[ReadSet, ...]:
    """Return what the Application reads at the good and at the bad end of the span, where that can be told."""
    found = []
    for commit, sources in ((span.good, span.good_sources), (span.bad, None)):
        with fleet.workspace.at(commit):
            reads = fleet.reads(application, sources)
        if reads is not None:
            found.append(reads)
    return tuple(found)
