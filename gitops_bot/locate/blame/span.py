"""Between which two commits an Application's trouble began: Argo CD's history against the signals' times."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import Struct

from gitops_bot.clients.fleet import Fleet, deployed_sources
from gitops_bot.locate.blame.onset import CLOCK_TOLERANCE, LONGEST_ONSET, Onset, find_onset
from gitops_bot.model.application import Application, Deployment
from gitops_bot.model.incident import Incident, Trouble
from gitops_bot.model.proposal import NotLocated
from gitops_bot.model.signal import SyncRefused
from gitops_bot.model.source import Source

MAXIMUM_DEPLOYMENTS = 4


class Span(Struct, frozen=True, kw_only=True):
    """The last commit known to be good and the first known to be bad; `deployed_at` (UTC) is when the bad one came."""

    good: str
    bad: str
    good_sources: tuple[Source, ...]
    deployed_at: datetime | None = None


def find_spans(fleet: Fleet, incident: Incident) -> tuple[Span | NotLocated, ...]:
    """Return where in Git the trouble can have begun, the likeliest first, or why that cannot be told.

    A later one counts only where nothing in the ones before it is to blame.
    """
    application = incident.application
    deployments = [one for one in application.history if fleet.revision(application, one)]
    if not deployments:
        reason = f"{application.name} was never deployed with success: there is no state to go back to"
        return (NotLocated(reason=reason),)
    if incident.trouble in (Trouble.SYNC, Trouble.RENDER):
        return (_known(fleet, _delivery_span(fleet, incident, deployments[-1])),)
    return tuple(_known(fleet, span) for span in _runtime_spans(fleet, incident, deployments))


def _runtime_spans(fleet: Fleet, incident: Incident, deployments: list[Deployment]) -> tuple[Span | NotLocated, ...]:
    name = incident.application.name
    onset = find_onset(incident)
    if onset.latest is None:
        return (NotLocated(reason=f"since when {name} is in trouble is not known, so no change can be blamed"),)
    times = [_started(one) for one in deployments]
    if not any(time is None or time <= onset.latest + CLOCK_TOLERANCE for time in times):
        return (NotLocated(reason=f"the trouble is older than the deployments that Argo CD remembers of {name}"),)
    likely = _likely(onset, times)
    if not likely:
        return (NotLocated(reason=_too_late(name, onset.latest, times)),)
    return tuple(_span(fleet, incident.application, deployments, index) for index in likely)


def _likely(onset: Onset, times: list[datetime | None]) -> list[int]:
    """Return which deployments can have brought the trouble, the likeliest first.

    What came after the failing pods' generation was made changed something else that they use; what made the
    generation changed the pods themselves.
    """
    before = [index for index, time in enumerate(times) if onset.made_by(time)]
    during = [index for index, time in enumerate(times) if index not in before and onset.follows(time)]
    latest = during[::-1][:MAXIMUM_DEPLOYMENTS]
    return latest + ([before[-1]] if before and onset.began_with_generation(times[before[-1]]) else [])


def _too_late(name: str, since: datetime, times: list[datetime | None]) -> str:
    last = max((time for time in times if time and time <= since + CLOCK_TOLERANCE), default=None)
    when = f"{since:%Y-%m-%d %H:%M} UTC"
    if last is None:
        return f"the trouble began at {when}, and when {name} was deployed before is not known"
    hours = f"{(since - last) / timedelta(hours=1):.1f} hours"
    return (
        f"the trouble began at {when}, {hours} after the last deployment of {name} before it; a release is blamed for "
        f"what begins within {LONGEST_ONSET / timedelta(hours=1):.0f} hour of it: look for what else changed then"
    )


def _span(fleet: Fleet, application: Application, deployments: list[Deployment], index: int) -> Span | NotLocated:
    bad = deployments[index]
    revision = fleet.revision(application, bad)
    earlier = [one for one in deployments[:index] if fleet.revision(application, one) != revision]
    previous = deployments[index - 1] if index else None
    if previous is not None and fleet.revision(application, previous) == revision:
        if elsewhere := _moved_elsewhere(previous, bad):
            return NotLocated(reason=f"its release came from {elsewhere}: run the bot there", settled=True)
        if deployed_sources(previous) != deployed_sources(bad):
            return NotLocated(reason=f"the Application {application.name} itself was changed, and no commit with it")
    if not earlier:
        return NotLocated(
            reason=f"Argo CD remembers no deployment of {application.name} before the one that the trouble began with"
        )
    return Span(
        good=fleet.revision(application, earlier[-1]),
        bad=revision,
        good_sources=deployed_sources(earlier[-1]),
        deployed_at=bad.deployed_at,
    )


def _moved_elsewhere(previous: Deployment, bad: Deployment) -> str:
    """Return the other repository of which the second deployment has another revision, empty for none."""
    pairs = zip(deployed_sources(bad), previous.revisions or (), bad.revisions or (), strict=False)
    return next((source.repo_url for source, before, after in pairs if before != after), "")


def _started(deployment: Deployment) -> datetime | None:
    return deployment.deploy_started_at or deployment.deployed_at


def _delivery_span(fleet: Fleet, incident: Incident, last: Deployment) -> Span | NotLocated:
    application = incident.application
    good = fleet.revision(application, last)
    bad = fleet.commit
    if incident.trouble is Trouble.SYNC:
        refused = [signal.revision for signal in incident.signals if isinstance(signal, SyncRefused)]
        bad = next((revision for revision in refused if revision and fleet.repository.has(revision)), fleet.commit)
    if good == bad:
        return NotLocated(
            reason=f"nothing changed in Git since the last successful sync of {application.name} ({good[:7]})"
        )
    return Span(good=good, bad=bad, good_sources=deployed_sources(last), deployed_at=None)


def _known(fleet: Fleet, span: Span | NotLocated) -> Span | NotLocated:
    if isinstance(span, NotLocated):
        return span
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
