"""Kubernetes objects: how they are named, and what one looks like."""

from __future__ import annotations

import re

from msgspec import Struct

from gitops_bot.model.json import Json, dig, mapping, text

# What no machine may change by itself: permissions, networks, secrets, admission, and the API itself.
PROTECTED_KINDS = frozenset(
    {
        "Role",
        "ClusterRole",
        "RoleBinding",
        "ClusterRoleBinding",
        "ServiceAccount",
        "NetworkPolicy",
        "CiliumNetworkPolicy",
        "CiliumClusterwideNetworkPolicy",
        "GlobalNetworkPolicy",
        "AdminNetworkPolicy",
        "BaselineAdminNetworkPolicy",
        "AuthorizationPolicy",
        "PeerAuthentication",
        "RequestAuthentication",
        "Secret",
        "SealedSecret",
        "ExternalSecret",
        "ClusterExternalSecret",
        "SecretStore",
        "ClusterSecretStore",
        "SecretProviderClass",
        "ValidatingWebhookConfiguration",
        "MutatingWebhookConfiguration",
        "ValidatingAdmissionPolicy",
        "ValidatingAdmissionPolicyBinding",
        "MutatingAdmissionPolicy",
        "MutatingAdmissionPolicyBinding",
        "ClusterPolicy",
        "ConstraintTemplate",
        "PodSecurityPolicy",
        "SecurityContextConstraints",
        "CustomResourceDefinition",
        "APIService",
        "AppProject",
    }
)
PROTECTED_GROUPS = (
    "rbac.authorization.k8s.io",
    "admissionregistration.k8s.io",
    "constraints.gatekeeper.sh",
    "kyverno.io",
)
_SECURITY_FIELD = re.compile(
    r"/(securityContext|serviceAccountName|automountServiceAccountToken|host(PID|IPC|Network))(/|$)"
)
_SECURITY_LABEL = re.compile(r"/metadata/labels/pod-security\.kubernetes\.io~1")


class ResourceKey(Struct, frozen=True, order=True):
    """Names one object: API group ("" for the core group), kind, namespace ("" where it has none) and name."""

    group: str
    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.namespace}/{self.name}" if self.namespace else f"{self.kind} {self.name}"

    @property
    def path(self) -> str:
        """GROUP/KIND/NAMESPACE/NAME, with `core` for the core group: how the command line names an object."""
        return f"{self.group or 'core'}/{self.kind}/{self.namespace}/{self.name}"

    @property
    def protected(self) -> bool:
        """Whether the object is one that no machine may change by itself."""
        return self.kind in PROTECTED_KINDS or self.group in PROTECTED_GROUPS


def is_security_field(pointer: str) -> bool:
    """Return whether an RFC 6901 pointer leads to what bounds a pod's rights, in any object."""
    return bool(_SECURITY_FIELD.search(pointer) or _SECURITY_LABEL.search(pointer))


class Manifest(Struct, frozen=True):
    """One object as Git renders it or as a cluster holds it."""

    key: ResourceKey
    body: dict[str, Json]

    @classmethod
    def of(cls, body: dict[str, Json], default_namespace: str = "") -> Manifest:
        """Wrap a decoded object; one without a namespace is taken to stand in `default_namespace`."""
        metadata = mapping(dig(body, "metadata"))
        group, _, _ = text(dig(body, "apiVersion")).rpartition("/")
        namespace = text(metadata.get("namespace")) or default_namespace
        return cls(ResourceKey(group, text(dig(body, "kind")), namespace, text(metadata.get("name"))), body)
