"""What a failing container's state means."""

from __future__ import annotations

import re
from enum import StrEnum

from gitops_bot.model.incident import Incident
from gitops_bot.model.signal import ContainerFailing, ProbeFailing
from gitops_bot.reason.reading.words import Meaning, last_lines, meaning

_IMAGE_REASONS = frozenset(
    {
        "ErrImagePull",
        "ImagePullBackOff",
        "InvalidImageName",
        "ErrImageNeverPull",
        "ImageInspectError",
        "RegistryUnavailable",
        "ErrRegistryUnavailable",
        "SignatureValidationFailed",
    }
)
_START_REASONS = frozenset({"CreateContainerError", "RunContainerError", "StartError", "ContainerCannotRun"})
_KILLED_FROM_OUTSIDE = frozenset({137, 143})

# A registry that is asked for what it does not have says so in one of these ways.
_NOT_THERE = re.compile(
    r"manifest unknown|manifest for \S{1,300} not found|not found|no such (?:image|manifest)|name unknown"
    r"|repository does not exist|couldn't parse image|invalid reference format|invalid ?image ?name"
    r"|no match(?:ing manifest)? for platform|no matching manifest|code = NotFound|404",
    re.IGNORECASE,
)
# A registry that cannot or will not answer says nothing about the image; asked first, for it may say "not found" too.
_REGISTRY = re.compile(
    r"unauthorized|authentication required|no basic auth credentials|pull access denied|access denied|forbidden|denied:"
    r"|too ?many ?requests|rate ?limit|i/o timeout|deadline exceeded|tls handshake timeout|connection re(?:fused|set)"
    r"|no such host|server misbehaving|temporary failure in name resolution|x509|bad gateway|service unavailable"
    r"|gateway time-?out|internal server error|unexpected status code 5\d\d|unexpected EOF|no space left",
    re.IGNORECASE,
)
_CONFIGURATION = re.compile(
    r"couldn't find key|(?:configmap|secret|serviceaccount)s? \"?[^\"\s]{1,253}\"? not found"
    r"|references non-existent (?:config|secret) key"
    r"|(?:configmap|secret) \"?[^\"\s]{1,253}\"? (?:does not exist|has no key)",
    re.IGNORECASE,
)
_READ = 4000


class Failure(StrEnum):
    """Why a container does not run."""

    IMAGE = "image"
    PULL = "pull"
    REGISTRY = "registry"
    CONFIGURATION = "configuration"
    MEMORY = "memory"
    CRASH = "crash"


def failure(signal: ContainerFailing) -> Failure | None:
    """Return why a container does not run, or None where its state does not tell (a single restart tells nothing)."""
    said = f"{signal.message} {signal.last_message}"[:_READ]
    reasons = {signal.reason, signal.last_reason}
    if reasons & _IMAGE_REASONS:
        return _image(signal.reason, said)
    if signal.reason == "CreateContainerConfigError" or (signal.reason in _START_REASONS and missing(said)):
        return Failure.CONFIGURATION
    if "OOMKilled" in reasons:
        return Failure.MEMORY
    if signal.reason in _START_REASONS or signal.last_reason in _START_REASONS:
        return Failure.CRASH
    loops = signal.reason in {"CrashLoopBackOff", "LogEndsInError"} or signal.restarts > 1
    if not loops and not (signal.initial and signal.exit_code):
        return None
    if signal.exit_code == 137 or meaning(last_lines(signal))[0] is Meaning.MEMORY:
        return Failure.MEMORY
    return Failure.CRASH if loops or signal.exit_code else None


def missing(message: str) -> bool:
    """Return whether a message says that a ConfigMap, a Secret or a key of one is not there."""
    return bool(_CONFIGURATION.search(message[:_READ]))


def failing(incident: Incident, *kinds: Failure) -> tuple[ContainerFailing, ...]:
    """Return the containers that fail in one of these ways, leaving out those that a probe has killed."""
    return tuple(
        signal
        for signal in incident.signals
        if isinstance(signal, ContainerFailing) and failure(signal) in kinds and not killed_by_probe(signal, incident)
    )


def killed_by_probe(signal: ContainerFailing, incident: Incident) -> bool:
    """Return whether the kubelet killed the container because its liveness or startup probe failed."""
    if "OOMKilled" in {signal.reason, signal.last_reason} or signal.exit_code not in _KILLED_FROM_OUTSIDE:
        return False
    return any(
        isinstance(other, ProbeFailing)
        and other.container == signal.container
        and other.workload == signal.workload
        and other.probe in {"liveness", "startup"}
        for other in incident.signals
    )


def _image(reason: str, said: str) -> Failure:
    if reason == "InvalidImageName":
        return Failure.IMAGE
    if _REGISTRY.search(said) and not re.search(r"manifest unknown|name unknown", said, re.IGNORECASE):
        return Failure.REGISTRY
    return Failure.IMAGE if _NOT_THERE.search(said) else Failure.PULL
