"""Which object a name speaks of: kubectl's words for kinds, and what a pod's name tells of its owners."""

from __future__ import annotations

import re
from collections.abc import Container

from gitops_bot.model.resource import ResourceKey

_KINDS = {
    "": "Pod po pods;Service svc services;Node no nodes;Event ev events;ConfigMap cm configmaps;Secret secrets"
    ";PersistentVolumeClaim pvc persistentvolumeclaims;PersistentVolume pv persistentvolumes;Namespace ns namespaces"
    ";ServiceAccount sa serviceaccounts;Endpoints ep endpoints;ResourceQuota quota resourcequotas"
    ";LimitRange limits limitranges;ReplicationController rc replicationcontrollers",
    "apps": "Deployment deploy deployments deployment.apps;ReplicaSet rs replicasets;StatefulSet sts statefulsets"
    ";DaemonSet ds daemonsets;ControllerRevision controllerrevisions",
    "batch": "Job jobs;CronJob cj cronjobs",
    "autoscaling": "HorizontalPodAutoscaler hpa horizontalpodautoscalers",
    "policy": "PodDisruptionBudget pdb poddisruptionbudgets",
    "networking.k8s.io": "Ingress ing ingresses;NetworkPolicy netpol networkpolicies",
    "discovery.k8s.io": "EndpointSlice endpointslices",
    "storage.k8s.io": "StorageClass sc storageclasses",
    "rbac.authorization.k8s.io": "Role roles;RoleBinding rolebindings;ClusterRole clusterroles"
    ";ClusterRoleBinding clusterrolebindings",
    "apiextensions.k8s.io": "CustomResourceDefinition crd crds customresourcedefinitions",
    "argoproj.io": "Application app apps applications;Rollout ro rollouts;AnalysisRun ar analysisruns"
    ";Experiment exp experiments;ApplicationSet appset applicationsets",
    "kustomize.toolkit.fluxcd.io": "Kustomization ks kustomizations",
    "helm.toolkit.fluxcd.io": "HelmRelease hr helmreleases",
    "source.toolkit.fluxcd.io": "GitRepository gitrepo gitrepositories;HelmRepository helmrepo helmrepositories"
    ";OCIRepository ocirepo ocirepositories;Bucket buckets;HelmChart hc helmcharts",
    "cert-manager.io": "Certificate cert certs certificates;CertificateRequest cr certificaterequests",
    "monitoring.coreos.com": "ServiceMonitor smon servicemonitors;PrometheusRule promrule prometheusrules"
    ";PodMonitor pmon podmonitors",
}
CLUSTER_WIDE = frozenset(
    {
        "Node",
        "PersistentVolume",
        "Namespace",
        "StorageClass",
        "ClusterRole",
        "ClusterRoleBinding",
        "CustomResourceDefinition",
    }
)
_BY_WORD: dict[str, tuple[str, str]] = {
    word.lower(): (group, entry.split()[0])
    for group, entries in _KINDS.items()
    for entry in entries.split(";")
    for word in entry.split()
}
_OF_REPLICA_SET = re.compile(r"(?P<set>(?P<top>[a-z0-9][a-z0-9.-]{0,200}?)-(?P<hash>[a-z0-9]{6,10}))-[a-z0-9]{5}")
_SET = re.compile(r"(?P<top>[a-z0-9][a-z0-9.-]{0,200})-(?P<hash>[a-z0-9]{6,10})")
_OF_JOB = re.compile(r"(?P<job>(?P<top>[a-z0-9][a-z0-9.-]{0,200}?)-\d{8,12})(?:-[a-z0-9]{5})?")
_OF_STATEFUL_SET = re.compile(r"(?P<top>[a-z0-9][a-z0-9.-]{0,200})-\d{1,4}")
_SUFFIXED = re.compile(r"(?P<top>[a-z0-9][a-z0-9.-]{0,200})-[a-z0-9]{5}")
_SAFE_LETTERS = frozenset("bcdfghjklmnpqrstvwxz2456789")  # what Kubernetes makes names and hashes of


def kind_of(word: str) -> tuple[str, str] | None:
    """Return group and kind for a word such as `deploy`, `deployments.apps` or `HorizontalPodAutoscaler`."""
    lowered = word.lower()
    return _BY_WORD.get(lowered) or _BY_WORD.get(lowered.split(".", 1)[0])


def key_of(word: str, namespace: str, name: str) -> ResourceKey:
    """Return the key of an object of the kind that a word names; a kind that is not known keeps the word."""
    group, kind = kind_of(word) or (word.partition(".")[2], word.partition(".")[0])
    return ResourceKey(group, kind, "" if kind in CLUSTER_WIDE else namespace, name)


def owner_by_name(key: ResourceKey, known: Container[ResourceKey]) -> ResourceKey | None:
    """Return what owns a pod, a ReplicaSet or a Job, as far as its name and the objects that are known tell."""
    if key.kind == "Pod":
        return _pod_owner(key, known)
    if key.kind == "ReplicaSet" and (found := _SET.fullmatch(key.name)):
        return _top(key.namespace, found["top"], known)
    if key.kind == "Job" and (found := _OF_JOB.fullmatch(key.name)):
        return ResourceKey("batch", "CronJob", key.namespace, found["top"])
    return None


def outermost(key: ResourceKey, known: Container[ResourceKey]) -> ResourceKey:
    """Return the workload that an object belongs to by its name, or the object itself."""
    for _ in range(3):
        above = owner_by_name(key, known)
        if above is None:
            break
        key = above
    return key


def _pod_owner(key: ResourceKey, known: Container[ResourceKey]) -> ResourceKey | None:
    if (found := _OF_REPLICA_SET.fullmatch(key.name)) and _is_hash(found["hash"]):
        return ResourceKey("apps", "ReplicaSet", key.namespace, found["set"])
    if found := _OF_JOB.fullmatch(key.name):
        return ResourceKey("batch", "Job", key.namespace, found["job"])
    if found := _OF_STATEFUL_SET.fullmatch(key.name):
        return ResourceKey("apps", "StatefulSet", key.namespace, found["top"])
    if found := _SUFFIXED.fullmatch(key.name):
        job = ResourceKey("batch", "Job", key.namespace, found["top"])
        if job in known:
            return job
        if _SAFE_LETTERS.issuperset(key.name[-5:]):
            return ResourceKey("apps", "DaemonSet", key.namespace, found["top"])
    return None


def _is_hash(word: str) -> bool:
    return any(letter.isdigit() for letter in word) or _SAFE_LETTERS.issuperset(word)


def _top(namespace: str, name: str, known: Container[ResourceKey]) -> ResourceKey:
    rollout = ResourceKey("argoproj.io", "Rollout", namespace, name)
    return rollout if rollout in known else ResourceKey("apps", "Deployment", namespace, name)
