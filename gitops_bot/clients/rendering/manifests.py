"""From YAML text to objects with keys, as Argo CD reads and names them."""

from __future__ import annotations

from collections.abc import Iterable

from gitops_bot.clients.rendering.values import SourceBroken
from gitops_bot.model.json import Json, dig, mapping, sequence, text
from gitops_bot.model.resource import Manifest, ResourceKey
from gitops_bot.yamlpatch import YamlPatchError, load_documents

# Kinds without a namespace, of groups that are part of Kubernetes or next to it.
_CLUSTER_SCOPED = {
    "": {"ComponentStatus", "Namespace", "Node", "PersistentVolume"},
    "admissionregistration.k8s.io": {
        "MutatingAdmissionPolicy",
        "MutatingAdmissionPolicyBinding",
        "MutatingWebhookConfiguration",
        "ValidatingAdmissionPolicy",
        "ValidatingAdmissionPolicyBinding",
        "ValidatingWebhookConfiguration",
    },
    "apiextensions.k8s.io": {"CustomResourceDefinition"},
    "apiregistration.k8s.io": {"APIService"},
    "argoproj.io": {"ClusterAnalysisTemplate", "ClusterWorkflowTemplate"},
    "cert-manager.io": {"ClusterIssuer"},
    "certificates.k8s.io": {"CertificateSigningRequest", "ClusterTrustBundle"},
    "external-secrets.io": {"ClusterExternalSecret", "ClusterSecretStore"},
    "flowcontrol.apiserver.k8s.io": {"FlowSchema", "PriorityLevelConfiguration"},
    "gateway.networking.k8s.io": {"GatewayClass"},
    "karpenter.sh": {"NodeClaim", "NodePool"},
    "kyverno.io": {"ClusterPolicy", "ClusterCleanupPolicy"},
    "networking.k8s.io": {"IPAddress", "IngressClass", "ServiceCIDR"},
    "node.k8s.io": {"RuntimeClass"},
    "policy": {"PodSecurityPolicy"},
    "rbac.authorization.k8s.io": {"ClusterRole", "ClusterRoleBinding"},
    "resource.k8s.io": {"DeviceClass", "ResourceSlice"},
    "scheduling.k8s.io": {"PriorityClass"},
    "snapshot.storage.k8s.io": {"VolumeSnapshotClass", "VolumeSnapshotContent"},
    "storage.k8s.io": {"CSIDriver", "CSINode", "StorageClass", "VolumeAttachment", "VolumeAttributesClass"},
}


def decode(content: bytes) -> list[Json]:
    """Return the documents of a YAML stream; SourceBroken where it is none."""
    try:
        return [*load_documents(content)]
    except YamlPatchError as error:
        raise SourceBroken(str(error)) from None


def objects(documents: Iterable[Json], where: str) -> list[dict[str, Json]]:
    """Return the objects among the documents, lists taken apart; SourceBroken for what has no kind."""
    found: list[dict[str, Json]] = []
    for document in documents:
        if document is None:
            continue
        if not text(dig(document, "kind")) or not isinstance(document, dict):
            raise SourceBroken(f"failed to unmarshal manifest in {where}: Object 'Kind' is missing")
        if "items" not in document:
            found.append(document)
        elif isinstance(document["items"], list):
            found.extend(mapping(item) for item in sequence(document["items"]) if item)
        elif document["items"] is not None or "spec" in document or "status" in document:
            found.append(document)
    return found


def named(bodies: Iterable[dict[str, Json]], namespace: str) -> tuple[Manifest, ...]:
    """Return the objects with their keys; of those of the same key the last one, where the first one stood.

    An object without a namespace is taken to stand in `namespace`, save of kinds that have none.
    """
    bodies = list(bodies)
    cluster = {(group, kind) for group, kinds in _CLUSTER_SCOPED.items() for kind in kinds} | _defined(bodies)
    found: dict[ResourceKey, Manifest] = {}
    for body in bodies:
        manifest = Manifest.of(body, namespace)
        key = manifest.key
        if (key.group, key.kind) in cluster:
            key = ResourceKey(key.group, key.kind, "", key.name)
            manifest = Manifest(key, body)
        name = key if key.name else ResourceKey(key.group, key.kind, key.namespace, f"\0{len(found)}")
        found[name] = manifest
    return tuple(found.values())


def _defined(bodies: list[dict[str, Json]]) -> set[tuple[str, str]]:
    """Return the kinds without a namespace that the objects themselves define."""
    kinds = set()
    for body in bodies:
        if body.get("kind") == "CustomResourceDefinition" and dig(body, "spec", "scope") == "Cluster":
            kinds.add((text(dig(body, "spec", "group")), text(dig(body, "spec", "names", "kind"))))
    return kinds
