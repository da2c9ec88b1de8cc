"""sync-missing-namespace: Git declares objects in a namespace that the cluster does not have."""

from __future__ import annotations

import re

from gitops_bot.model.diagnosis import Diagnosis, Remedy, RevertRelease, SetField
from gitops_bot.model.incident import Incident
from gitops_bot.model.json import Json
from gitops_bot.reason.conclusion import Conclusion, diagnosis
from gitops_bot.reason.reading.refusal import Kind, refused
from gitops_bot.reason.wording import listed, one_line, quoted

_NAMESPACE = re.compile(r"namespaces? \"?([a-z0-9][a-z0-9-]{0,62})\"? not found", re.IGNORECASE)
_CREATE = "CreateNamespace=true"


def sync_missing_namespace(incident: Incident) -> Diagnosis | None:
    """Decide between a destination that Argo CD may be told to create and a namespace that a release named wrongly."""
    refusals = refused(incident, Kind.NO_NAMESPACE)
    if not refusals:
        return None
    found = _NAMESPACE.search(refusals[0].message[:4000])
    namespace = found.group(1) if found else refusals[0].resource.namespace
    objects = listed(one_line(str(signal.resource), 200) for signal in refusals)
    cause = f"namespace {quoted(namespace, 63)} does not exist, so {objects} cannot be created"
    remedy = _remedy(incident, namespace)
    surely = 80 if isinstance(remedy, SetField) else 78
    return diagnosis(incident, Conclusion(rule="sync-missing-namespace", cause=cause, confidence=surely, remedy=remedy))


def _remedy(incident: Incident, namespace: str) -> Remedy:
    spec = incident.application.spec
    options = list(spec.sync_policy.sync_options or ()) if spec.sync_policy else []
    if namespace != spec.destination.namespace or _CREATE in options:
        return RevertRelease(resource=incident.resource, fields=("/metadata/namespace",))
    kept: list[Json] = [option for option in options if not option.startswith("CreateNamespace=")]
    resource = incident.application.key
    return SetField(resource=resource, pointer="/spec/syncPolicy/syncOptions", value=[*kept, _CREATE])
