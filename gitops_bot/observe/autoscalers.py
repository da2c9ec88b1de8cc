"""Who else sets a workload's replicas: HorizontalPodAutoscalers and KEDA's ScaledObjects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from gitops_bot.clients.argocd import ManagedResource
from gitops_bot.model.json import Json, dig, mapping, text
from gitops_bot.model.resource import ResourceKey

_AUTOSCALER = ("autoscaling", "HorizontalPodAutoscaler")
_SCALED_OBJECT = ("keda.sh", "ScaledObject")
_OBJECT: msgspec.json.Decoder[dict[str, Json] | None] = msgspec.json.Decoder(dict[str, Json] | None)


def decode_state(state: str) -> dict[str, Json]:
    """Return one of the states of a managed resource, empty where it is not there or is no object."""
    if not state:
        return {}
    try:
        return _OBJECT.decode(state) or {}
    except msgspec.DecodeError:
        return {}


def autoscalers(
    managed: Iterable[ManagedResource], manifests: Mapping[ResourceKey, dict[str, Json]]
) -> dict[ResourceKey, ResourceKey]:
    """Return which autoscaler each workload has, from what Git declares and from the manifests that were read.

    A ScaledObject wins over the HorizontalPodAutoscaler that it makes: it is the one that Git declares.
    """
    bodies = dict(manifests)
    for item in managed:
        if (item.group, item.kind) in {_AUTOSCALER, _SCALED_OBJECT}:
            bodies[item.key] = decode_state(item.target_state) or decode_state(item.live_state)
    found: dict[ResourceKey, ResourceKey] = {}
    for kind in (_AUTOSCALER, _SCALED_OBJECT):
        for key, body in sorted(bodies.items(), key=lambda entry: entry[0]):
            if (key.group, key.kind) == kind and (target := _target(key, body)):
                found[target] = key
    return found


def _target(key: ResourceKey, body: dict[str, Json]) -> ResourceKey | None:
    reference = mapping(dig(body, "spec", "scaleTargetRef"))
    name = text(reference.get("name"))
    if not name:
        return None
    # KEDA takes a Deployment where kind and version are left out.
    group, _, _ = (text(reference.get("apiVersion")) or "apps/v1").rpartition("/")
    return ResourceKey(group, text(reference.get("kind")) or "Deployment", key.namespace, name)
