"""Phrases and pointers that the rules about pods share."""

from __future__ import annotations

from collections.abc import Iterable

from gitops_bot.model.diagnosis import RevertRelease
from gitops_bot.model.incident import Incident
from gitops_bot.model.signal import Strategy
from gitops_bot.reason.reading.standing import Blame, PodSignal, Standing
from gitops_bot.reason.wording import count, listed, one_line

_NEW = {
    Strategy.CANARY: "the canary's new pods",
    Strategy.BLUE_GREEN: "the new pods of the blue-green release",
    Strategy.ROLLING: "the new pods",
}
_TEMPLATES = {"CronJob": "/spec/jobTemplate/spec/template", "Pod": ""}


def template(incident: Incident) -> str:
    """Return the pointer to the pod template in the workload at fault."""
    return _TEMPLATES.get(incident.resource.kind, "/spec/template")


def subject(incident: Incident, standing: Standing, images: Iterable[str] = ()) -> str:
    """Return which pods are spoken of: `the canary's new pods (registry.example.com/payments:v2.3.1)`."""
    strategy = incident.workload.strategy if incident.workload else Strategy.ROLLING
    shown = listed(one_line(image, 200) for image in images if image)
    image = f" ({shown})" if shown else ""
    if standing.blame is not Blame.NEW_RELEASE:
        return f"pods of {incident.resource}{image}"
    of = "" if strategy is not Strategy.ROLLING else f" of {incident.resource}"
    return f"{_NEW[strategy]}{of}{image}"


def others(incident: Incident, standing: Standing) -> str:
    """Return how the workload's other pods fare, as the end of a sentence."""
    strategy = incident.workload.strategy if incident.workload else Strategy.ROLLING
    match standing.blame:
        case Blame.NEW_RELEASE:
            old = "older" if strategy is Strategy.ROLLING else "stable"
            return f", while the {old} pods are healthy"
        case Blame.ONLY_RELEASE:
            return "; no older pods are left to compare with"
        case Blame.SOME_PODS:
            return f", while {standing.words}"
        case Blame.OLD_RELEASE:
            return "; they are of an older release than the newest"
        case _:
            return ""


def revert(incident: Incident, *fields: str) -> RevertRelease:
    """Return the remedy that takes back what a release changed in the workload under these fields."""
    return RevertRelease(resource=incident.resource, fields=fields or (template(incident),))


def pods(signals: Iterable[PodSignal]) -> str:
    """Return how many pods show it: `1 pod`, `3 pods`."""
    return count(len({signal.resource for signal in signals}), "pod")


def of_a_release(incident: Incident) -> bool:
    """Return whether releases replace the workload's pods: a Job's pods run once and cannot be taken back."""
    return incident.resource.kind not in {"Job", "CronJob"}
