"""Applications that are not well, or not yet, although nothing was seen that calls for a diagnosis."""

from __future__ import annotations

from datetime import UTC, datetime

from gitops_bot.model.application import Application
from gitops_bot.model.incident import Skipped
from gitops_bot.model.signal import WorkloadUnhealthy
from gitops_bot.triage.scene import Scene

_LONGEST = 300
_EXPLAINED = frozenset({"", "Healthy", "Progressing", "Suspended", "Missing"})


def remainder(scene: Scene) -> Skipped | None:
    """Return why an application without an incident is left alone, or None where it is healthy and synced."""
    application = scene.application
    reason = _sync_running(application) or _child(scene) or _health(application) or _sync(application)
    if not reason:
        return None
    open_ended = application.status.health.status not in _EXPLAINED or application.status.sync.status == "Unknown"
    return Skipped(application=application.name, reason=reason, problem=open_ended)


def _sync_running(application: Application) -> str:
    operation = application.status.operation_state
    if operation is None or operation.phase != "Running":
        return ""
    return f"a sync is running{_since(operation.started_at)}; nothing wrong seen so far"


def _child(scene: Scene) -> str:
    children = sorted(
        signal.resource.name
        for signal in scene.signals
        if isinstance(signal, WorkloadUnhealthy)
        and signal.resource.kind == "Application"
        and signal.resource != scene.application.key
    )
    named = ", ".join(child for child in children if child in scene.names)
    return f"its child applications are not well and are judged themselves: {named}"[:_LONGEST] if named else ""


def _health(application: Application) -> str:
    health = application.status.health
    since = _since(health.last_transition_time)
    says = f" ({one_line(health.message)})" if health.message else ""
    match health.status:
        case "Healthy" | "":
            return ""
        case "Progressing":
            return f"rolling out{since}, nothing wrong seen"
        case "Suspended":
            return f"suspended{since}: it waits for a person, as its manifests ask"
        case "Missing":
            return f"objects that Git declares are not in the cluster{since}, and no sync of them failed{says}"
        case status:
            return f"Argo CD calls it {one_line(status)}{since}{says}, and no object that could be read shows why"


def _sync(application: Application) -> str:
    status = application.status.sync.status
    if status in {"Synced", ""}:
        return ""
    if status != "OutOfSync":
        return f"Argo CD cannot tell whether it is in sync ({one_line(status)}) and gives no error for it"
    if not application.automated:
        return "out of sync: it is synced by hand only, and no difference made in the cluster could be read"
    return "out of sync, and no difference could be read: Argo CD may be about to sync it"


def _since(time: datetime | None) -> str:
    return f" since {time.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if time else ""


def one_line(text: str) -> str:
    """Return untrusted text on one line, without control characters, of at most 300 characters."""
    kept = " ".join("".join(letter if letter.isprintable() else " " for letter in text[: _LONGEST * 4]).split())
    return kept if len(kept) <= _LONGEST else f"{kept[: _LONGEST - 1]}…"
