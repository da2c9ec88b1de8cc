"""What a workload names and does not hold: the objects whose change is felt in its pods."""

from __future__ import annotations

from collections.abc import Iterator

from gitops_bot.clients.movement import Manifests
from gitops_bot.model.json import Json, dig, text
from gitops_bot.model.resource import ResourceKey

# Where a pod names another object: the field, the kinds of which it may be, and the field with the name.
_NAMED_IN = {
    "configMap": ("ConfigMap", "name"),
    "configMapRef": ("ConfigMap", "name"),
    "configMapKeyRef": ("ConfigMap", "name"),
    "secret": ("Secret", "secretName"),
    "secretRef": ("Secret", "name"),
    "secretKeyRef": ("Secret", "name"),
    "persistentVolumeClaim": ("PersistentVolumeClaim", "claimName"),
}
_NAMES = {
    "serviceAccountName": "ServiceAccount",
    "priorityClassName": "PriorityClass",
    "runtimeClassName": "RuntimeClass",
    "templateName": "AnalysisTemplate",
}
# What makes a Secret of the same name in the cluster.
_MAKERS = {"Secret": ("Secret", "SealedSecret", "ExternalSecret")}


def referenced(manifests: Manifests, resource: ResourceKey) -> frozenset[ResourceKey]:
    """Return the objects among the manifests that the resource names in a field that is there for it."""
    body = next((manifest.body for manifest in manifests if manifest.key == resource), None)
    wanted = {(one, name) for kind, name in _references(body) for one in _MAKERS.get(kind, (kind,))}
    return frozenset(
        manifest.key
        for manifest in manifests
        if (manifest.key.kind, manifest.key.name) in wanted and manifest.key.namespace in ("", resource.namespace)
    )


def _references(value: Json) -> Iterator[tuple[str, str]]:
    if isinstance(value, list):
        for inner in value:
            yield from _references(inner)
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _reference(key, inner)
            yield from _references(inner)


def _reference(key: str, value: Json) -> Iterator[tuple[str, str]]:
    if key in _NAMED_IN:
        kind, field = _NAMED_IN[key]
        yield kind, text(dig(value, field)) or text(dig(value, "name"))
    elif key in _NAMES and isinstance(value, str):
        yield _NAMES[key], value
    elif key == "workloadRef":
        yield text(dig(value, "kind")), text(dig(value, "name"))
    elif key == "imagePullSecrets" and isinstance(value, list):
        for secret in value:
            yield "Secret", text(dig(secret, "name"))
