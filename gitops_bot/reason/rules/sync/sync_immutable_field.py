"""sync-immutable-field: Git changes a field that Kubernetes lets nobody change."""

from __future__ import annotations

from gitops_bot.model.diagnosis import Diagnosis, RevertRelease
from gitops_bot.model.incident import Incident
from gitops_bot.reason.conclusion import Conclusion, diagnosis
from gitops_bot.reason.reading.refusal import Kind, faults, refused
from gitops_bot.reason.wording import listed, one_line, quoted

_SELECTOR = "/spec/selector"
# A selector must match its template's labels: the two change together or not at all.
_TOGETHER = (_SELECTOR, "/spec/template/metadata/labels")
_STATEFULSET = ("/spec/volumeClaimTemplates", "/spec/serviceName", "/spec/podManagementPolicy", *_TOGETHER)


def sync_immutable_field(incident: Incident) -> Diagnosis | None:
    """Decide where the API server says that a field may not change; only what stood there before can be delivered."""
    refusals = refused(incident, Kind.IMMUTABLE)
    if not refusals:
        return None
    first = refusals[0]
    named = faults(first.message)
    labels = listed(quoted(fault.path, 100) for fault in named) or "a field that cannot change"
    objects = listed(one_line(str(signal.resource), 200) for signal in refusals)
    cause = f"Git changes {labels} of {objects}, which is immutable, so the sync is refused: {quoted(first.message)}"
    remedy = RevertRelease(resource=first.resource, fields=_fields(first.resource.kind, first.message))
    return diagnosis(
        incident,
        Conclusion(rule="sync-immutable-field", cause=cause, confidence=95 if named else 85, remedy=remedy),
    )


def _fields(kind_of_object: str, message: str) -> tuple[str, ...]:
    pointers = [fault.pointer for fault in faults(message)]
    if any(pointer.startswith(_SELECTOR) for pointer in pointers):
        others = (pointer for pointer in pointers if not pointer.startswith(_SELECTOR))
        return tuple(dict.fromkeys((*_TOGETHER, *others)))
    if kind_of_object == "StatefulSet" and set(pointers) <= {"/spec"}:
        return _STATEFULSET
    if any(pointer.startswith("/spec/clusterIPs") for pointer in pointers):
        return ("/spec/clusterIP", "/spec/clusterIPs")  # Git sets either, the API server speaks of the second
    return tuple(pointers)
