"""image-not-found: the registry does not have the image, or its name is no image name."""

from __future__ import annotations

from gitops_bot.model.diagnosis import Diagnosis, Remedy
from gitops_bot.model.incident import Incident
from gitops_bot.model.signal import ContainerFailing
from gitops_bot.reason.conclusion import Conclusion, diagnosis
from gitops_bot.reason.reading.containers import Failure, failing
from gitops_bot.reason.reading.pods import others, revert, subject, template
from gitops_bot.reason.reading.standing import Blame, standing
from gitops_bot.reason.wording import listed, quoted


def image_not_found(incident: Incident) -> Diagnosis | None:
    """Decide where a container's image cannot be pulled because it is not there; the registry's word is the proof."""
    proven = failing(incident, Failure.IMAGE)
    containers = proven or failing(incident, Failure.PULL)
    if not containers:
        return None
    compared = standing(incident)
    images = listed(dict.fromkeys(quoted(item.image, 200) for item in containers))
    said = quoted(containers[0].message or containers[0].reason)
    cause = (
        f"{subject(incident, compared)} cannot start because "
        f"{'the registry has no image' if proven else 'nothing pulls the image'} {images}: "
        f"{said}{others(incident, compared)}"
    )
    # The registry's word needs no comparison with other pods; only a release that ran before makes it doubtful.
    surely = {Blame.NEW_RELEASE: 95, Blame.ONLY_RELEASE: 88, Blame.SOME_PODS: 60}.get(compared.blame, 70)
    if not proven:  # why it cannot be pulled is not said; where nothing is, older pods that run speak against the image
        cut = compared.blame is Blame.NEW_RELEASE and not any(item.message for item in containers)
        surely = min(surely, 78 if cut else 70)
    remedy: Remedy = revert(incident, *dict.fromkeys(_field(incident, item) for item in containers))
    return diagnosis(
        incident,
        Conclusion(rule="image-not-found", cause=cause, confidence=surely, remedy=remedy, standing=compared),
    )


def _field(incident: Incident, container: ContainerFailing) -> str:
    return f"{template(incident)}/spec/{'initContainers' if container.initial else 'containers'}"
