"""missing-configuration: a ConfigMap, a Secret or a key of one that the pods need is not there."""

from __future__ import annotations

import re

from gitops_bot.model.diagnosis import Diagnosis
from gitops_bot.model.incident import Incident
from gitops_bot.model.signal import PodBlocked
from gitops_bot.reason.conclusion import Conclusion, diagnosis
from gitops_bot.reason.reading.containers import Failure, failing, missing
from gitops_bot.reason.reading.pods import others, revert, subject
from gitops_bot.reason.reading.standing import Blame, standing
from gitops_bot.reason.wording import quoted

_KEY = re.compile(r"couldn't find key (\S{1,253}) in (ConfigMap|Secret) (\S{1,520})", re.IGNORECASE)
_OBJECT = re.compile(r"(configmap|secret|serviceaccount)s? \"?([^\"\s]{1,520})\"? not found", re.IGNORECASE)
_KINDS = {"configmap": "ConfigMap", "secret": "Secret", "serviceaccount": "ServiceAccount"}


def missing_configuration(incident: Incident) -> Diagnosis | None:
    """Decide where the kubelet names what it misses, whether for an environment variable or for a volume."""
    containers = failing(incident, Failure.CONFIGURATION)
    blocked = [signal for signal in incident.signals if isinstance(signal, PodBlocked) and missing(signal.message)]
    said = [*(item.message for item in containers), *(signal.message for signal in blocked)]
    if not containers and not blocked:
        return None
    compared = standing(incident)
    pods = subject(incident, compared, (item.image for item in containers))
    cause = f"{pods} cannot start because {wanted(next(filter(None, said), ''))}{others(incident, compared)}"
    surely = {Blame.NEW_RELEASE: 93, Blame.ONLY_RELEASE: compared.certainty + 3}.get(compared.blame, 55)
    return diagnosis(
        incident,
        Conclusion(
            rule="missing-configuration",
            cause=cause,
            confidence=surely,
            remedy=revert(incident),
            standing=compared,
        ),
    )


def wanted(message: str) -> str:
    """Return what is missing, read from the kubelet's message: `key url is not in ConfigMap gateway/settings`."""
    text = message[:2000]
    if found := _KEY.search(text):
        key, kind, name = found.groups()
        return f"key {quoted(key, 100)} is not in {_KINDS[kind.lower()]} {quoted(name, 150)}"
    if found := _OBJECT.search(text):
        kind, name = found.groups()
        return f"{_KINDS[kind.lower()]} {quoted(name, 150)} does not exist"
    return f"its configuration is not complete: {quoted(message)}" if message else "its configuration is not complete"
