"""When runtime trouble began, as far as the pods tell: between which times a deployment can have brought it.

A change's last deployment is not to blame for being the last: pods that fail hours later fail for something else.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import Struct

from gitops_bot.model.incident import Incident
from gitops_bot.model.signal import ContainerFailing, Generation, Workload

# Object times have whole seconds, and a controller's clock is not Argo CD's.
CLOCK_TOLERANCE = timedelta(seconds=5)
LONGEST_ONSET = timedelta(hours=1)
FIRST_BACK_OFF = timedelta(seconds=10)
LONGEST_BACK_OFF = timedelta(minutes=5)


class Onset(Struct, frozen=True, kw_only=True):
    """`born` is when the failing pods' generation was made, `earliest` and `latest` bound when they failed first (UTC).

    `unfinished` says that the generation has not replaced the healthy ones before it: then it never worked.
    """

    born: datetime | None
    earliest: datetime | None
    latest: datetime | None
    unfinished: bool = False

    def made_by(self, deployed: datetime | None) -> bool:
        """Whether the generation was there only after the deployment; one of unknown time is taken for an old one."""
        return self.born is not None and (deployed is None or deployed <= self.born + CLOCK_TOLERANCE)

    def follows(self, deployed: datetime | None) -> bool:
        """Whether the pods began to fail soon after the deployment."""
        if deployed is None or self.latest is None or self.earliest is None or self.unfinished:
            return False
        return deployed <= self.latest + CLOCK_TOLERANCE and self.earliest - deployed <= LONGEST_ONSET

    def began_with_generation(self, deployed: datetime | None) -> bool:
        """Whether the deployment brought the generation, and its pods failed soon after that or from the beginning."""
        if self.born is None or (deployed is not None and self.born - deployed > LONGEST_ONSET):
            return False
        return self.unfinished or self.earliest is None or self.earliest - self.born <= LONGEST_ONSET


def find_onset(incident: Incident) -> Onset:
    """Return when the incident's pods began to fail."""
    failing = _failing_generation(incident)
    born = failing.created if failing else None
    since = incident.since or born
    restarts = [signal.restarts for signal in incident.signals if isinstance(signal, ContainerFailing)]
    # A pod that crashes again and again is ready in between: its times tell of the last crash, its restarts of others.
    return Onset(
        born=born,
        earliest=since - _spent_restarting(max(restarts, default=0)) if since else None,
        latest=since,
        unfinished=_is_unfinished(incident.workload, failing),
    )


def _spent_restarting(restarts: int) -> timedelta:
    """Return the shortest time in which the kubelet restarts a container so often."""
    spent = timedelta()
    for count in range(min(restarts, 6)):
        spent += min(FIRST_BACK_OFF * 2**count, LONGEST_BACK_OFF)
    return spent + max(restarts - 6, 0) * LONGEST_BACK_OFF


def _failing_generation(incident: Incident) -> Generation | None:
    """Return the newest generation that one of the failing pods belongs to by its name, else the newest of all."""
    generations = incident.workload.generations if incident.workload else ()
    pods = [signal.resource.name for signal in incident.signals if signal.resource.kind == "Pod"]
    named = (one for one in generations if any(pod.startswith(f"{one.name}-") for pod in pods))
    return next(named, generations[0] if generations else None)


def _is_unfinished(workload: Workload | None, failing: Generation | None) -> bool:
    if workload is None or failing is None or failing is not workload.generations[0]:
        return False
    return any(older.healthy_pods for older in workload.generations[1:])
