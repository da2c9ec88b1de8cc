"""The closed list of cause classes: what each means, and by which other names people and tools know it. Pure."""

from __future__ import annotations

import re

HEALTHY = "healthy"
UNDECIDED = "undecided"

# Class → what it means, in one line. The ids are those of the rules in docs/rules.md.
CLASSES: dict[str, str] = {
    "render-unreachable": "Git, its repository server or the cluster do not answer when rendering, or refuse the login",
    "render-missing-base": "a base, path, values file, chart or revision that Git names is not there",
    "render-bad-values": "YAML, values, patches or templates that Helm or Kustomize reject",
    "render-failure": "rendering fails for a reason that is none of the above",
    "sync-immutable-field": "the API server refuses a change of a field that may not change",
    "sync-invalid-value": "the API server refuses a value that is invalid, unknown, required or of the wrong type",
    "sync-missing-kind": "the cluster does not know a kind: its CRD is not installed",
    "sync-missing-namespace": "a namespace that objects are to be created in does not exist",
    "sync-refused": "a sync fails for another reason: web-hook, permission, conflict, hook, unreachable cluster",
    "data-at-risk": "data is damaged, or a schema migration failed",
    "job-failing": "a Job or a run of a CronJob fails",
    "canary-failing": "a canary's or blue-green release's new pods fail while the stable ones are healthy",
    "image-not-found": "the registry has no such image or tag, or the name is no image name",
    "missing-configuration": "a ConfigMap, a Secret, a key of one or a service account that pods need is not there",
    "disk-full": "a disk or volume has no space left",
    "certificate-invalid": "a certificate has expired or is not trusted",
    "access-denied": "a program is refused access: permissions (RBAC), passwords, tokens",
    "dependency-unreachable": "a database, queue, name server or other service that a program needs does not answer",
    "out-of-memory": "containers are killed for using more memory than their limit",
    "release-crash": "containers crash by their own fault: code, configuration, command, start-up",
    "probe-failing": "containers run, and their readiness, liveness or startup probe fails",
    "unschedulable": "no node takes the pods: resources, taints, affinity, selectors, unbound claims",
    "pod-refused": "quota, LimitRange, admission or Pod Security refuse to create the pods",
    "node-trouble": "a node, its storage or its network fails: not ready, under pressure, evicting, not mounting",
    "registry-unavailable": "the registry refuses access, limits the rate or does not answer",
    "drift-not-pruned": "the cluster has objects that Git no longer declares",
    "drift-autoscaler": "a live field differs from Git because an autoscaler sets it",
    "drift-self-healing": "a live field differs from Git, and Argo CD undoes that by itself",
    "drift-not-synced": "Git has moved on and is not synced yet; nothing drifted",
    "drift-by-controller": "a live field differs from Git because a controller writes it",
    "drift-not-automated": "the cluster was changed past Git, and the application is synced by hand",
    "drift-by-hand": "fields were changed or objects deleted in the cluster, past Git",
    "disruption-blocked": "a disruption budget keeps pods from being evicted",
    "cpu-throttled": "a container is held back by its CPU limit",
    "autoscaler-at-limit": "an autoscaler stands at its maximum and asks for more",
    "release-regression": "errors or latency rose, mostly after a release, while pods run",
    "service-without-endpoints": "a Service selects no pod, or an Ingress names a Service that is not there",
    "suspended": "an object is paused by intention",
    "autoscaler-without-metrics": "an autoscaler cannot read its metrics",
    "pending-infrastructure": "a claim, load balancer, Ingress or certificate waits for the platform",
    "rollout-invalid-spec": "the Argo Rollouts controller refuses a Rollout",
    "canary-aborted": "a Rollout gave up its release: an analysis failed, or somebody aborted it",
    "release-stalled": "a release does not get ready in time, for no reason that is told",
    UNDECIDED: "something is wrong and nothing tells why",
    HEALTHY: "nothing is wrong",
}

_ALIASES: dict[str, str] = {
    "render-unreachable": "repo unreachable;repository unreachable;repo server down;git unreachable;git auth;repo auth"
    ";comparison error;repo unavailable;source not ready;git outage",
    "render-missing-base": "missing base;missing values file;missing chart;missing path;chart not found;path not found",
    "render-bad-values": "bad values;invalid values;helm error;kustomize error;template error;helm render;render error"
    ";bad manifest;manifest error;yaml error;bad yaml;helm template error;render fail;manifest generation",
    "render-failure": "render failed;rendering failed",
    "sync-immutable-field": "immutable field;immutable;immutable selector;selector immutable",
    "sync-invalid-value": "invalid value;invalid spec;invalid manifest;invalid resource;bad spec;validation error"
    ";invalid config;schema error;invalid field",
    "sync-missing-kind": "missing crd;crd missing;unknown kind;no matches for kind;crd not installed",
    "sync-missing-namespace": "missing namespace;namespace not found;namespace missing",
    "sync-refused": "sync failed;sync error;sync failure;webhook down;webhook failure;admission webhook;conflict"
    ";webhook timeout;webhook;hook failed;sync conflict;sync hook failed;apply failed",
    "data-at-risk": "data corruption;corruption;migration failed;db migration;database migration;schema migration"
    ";migration;failed migration;schema mismatch;data loss;migration failure;database corruption;db schema",
    "job-failing": "job failed;job failure;cronjob failed;cron job failed;backoff limit exceeded;job deadline"
    ";job;cronjob"
    ";cronjob failure;deadline exceeded job",
    "canary-failing": "canary crash;canary failed;canary failure;bad canary;canary crashing;canary crashloop;canary",
    "image-not-found": "image pull backoff;err image pull;image pull;bad image;image not found;bad tag"
    ";image tag not found"
    ";invalid image name;wrong image;image error;missing image;image pull error;image pull failure;bad image tag;image",
    "missing-configuration": "create container config error;missing config map;config map missing;missing secret"
    ";secret missing;config missing;missing config;missing key;secret not found;config map not found;bad config ref"
    ";missing config or secret;config error;missing env;config reference",
    "disk-full": "no space left;disk full;enospc;volume full;pvc full;disk usage;storage full;disk",
    "certificate-invalid": "certificate expired;cert expired;tls;tls error;x509;certificate;cert;expired certificate"
    ";tls failure;certificate expiry;cert expiry",
    "access-denied": "rbac;rbac forbidden;forbidden;permission denied;unauthorized;access denied;auth failure"
    ";rbac denied;credentials;authorization;permissions;authentication failure;credentials expired;security",
    "dependency-unreachable": "dependency;dependency down;dependency failure;dependency unavailable;database down"
    ";db unreachable;db connection;dns;dns failure;dns error;connection refused;network;network error;upstream down"
    ";external dependency;dependency outage;database unreachable;network policy;networkpolicy;database;upstream"
    ";downstream;connectivity"
    ";database connection;name resolution;missing dependency;dependency error;redis down",
    "out-of-memory": "oom;oom killed;oom kill;memory;memory limit;memory leak;out of memory"
    ";memory pressure container;leak"
    ";oom limit;oom leak",
    "release-crash": "crash loop back off;crash loop;crash;crashloop;app crash;application error;app error;bad release"
    ";application crash;bad deploy;code bug;bug;startup failure;bad config;bad command;panic;regression crash"
    ";configuration error;crash on start;bad env;container crash;exit code;app bug;misconfiguration;bad configuration",
    "probe-failing": "probe;probe failure;probe failed;readiness;liveness;readiness probe;liveness probe;startup probe"
    ";unhealthy;bad probe;readiness probe failed;liveness probe failed;readiness failure;not ready;probe misconfigured"
    ";liveness failure;probe misconfiguration;wrong probe",
    "unschedulable": "failed scheduling;scheduling;pending;insufficient resources;insufficient cpu;insufficient memory"
    ";pod pending;no nodes;taint;affinity;node selector;capacity;resources;unbound pvc;scheduling failure"
    ";pod unschedulable"
    ";insufficient capacity;cluster full;pvc unbound",
    "pod-refused": "quota;quota exceeded;resource quota;limit range;pod security;admission denied;policy violation"
    ";admission;policy denied;exceeded quota;podsecurity violation;admission rejected;policy",
    "node-trouble": "node not ready;node;node pressure;disk pressure;memory pressure;eviction;evicted;failed mount"
    ";failed attach volume;volume;mount;node failure;node down;volume attach;storage;infrastructure"
    ";pid pressure;node problem"
    ";volume mount;node issue;mount failure;sandbox;cni;infra",
    "registry-unavailable": "registry;registry auth;image pull auth;rate limit;registry rate limit;pull access denied"
    ";image pull unauthorized;registry unauthorized;registry down;image pull secret;toomanyrequests;registry outage"
    ";image pull rate limit;image auth;pull secret;registry error",
    "drift-by-hand": "drift;manual drift;manual change;config drift;configuration drift;out of sync;manual edit"
    ";kubectl edit"
    ";live drift;hotfix;deleted resource",
    "drift-autoscaler": "hpa drift;replica drift;replicas drift;autoscaler drift;drift hpa;hpa replicas",
    "drift-not-pruned": "orphaned;not pruned;orphaned resource;prune required",
    "drift-by-controller": "controller drift;ca bundle;benign drift",
    "disruption-blocked": "pdb;pdb blocks;disruption budget;pod disruption budget;drain blocked;pdb blocking",
    "cpu-throttled": "cpu throttling;throttling;cpu;cpu limit;cpu throttled;throttle",
    "autoscaler-at-limit": "hpa max;hpa maxed;max replicas;hpa at max;hpa limit;scaling limit;hpa maxed out;saturation"
    ";hpa saturated",
    "release-regression": "regression;5xx;error rate;latency;high error rate;latency regression;performance regression"
    ";slo burn;high latency;errors after release;bad release metrics;latency spike;error spike;slo;error budget",
    "service-without-endpoints": "no endpoints;selector mismatch;service selector;missing endpoints;ingress backend"
    ";ingress;service selector mismatch;ingress backend missing;service;label mismatch;bad selector"
    ";ingress misconfigured",
    "suspended": "paused;suspend",
    "autoscaler-without-metrics": "hpa;hpa metrics;hpa no metrics;metrics unavailable;metrics server;missing metrics"
    ";hpa unknown metrics;failed get resource metric;metrics",
    "pending-infrastructure": "pvc pending;load balancer pending;pending volume;waiting for infrastructure;pvc",
    "rollout-invalid-spec": "invalid rollout;rollout invalid",
    "canary-aborted": "analysis failed;canary aborted;rollout aborted;analysis run failed;canary analysis failed"
    ";canary analysis;analysis failure;rollout degraded",
    "release-stalled": "progress deadline exceeded;stalled;rollout stuck;stuck rollout;deployment stuck;stuck",
    UNDECIDED: "unknown;other;unclear;abstain",
    HEALTHY: "none;ok;no incident;noise;normal;no issue;benign;false positive;no problem;no action;info",
}
_FEW = re.compile(r"(?:error|failure|issue|problem|incident|detected|exceeded)s?$")


def class_named(label: str) -> str:
    """Return the class that a label names (`ImagePullBackOff`, `bad_image`, `OOMKilled`); one that is none, hyphenated.

    The spelling does not matter: case, spaces, hyphens, underscores and CamelCase are all one.
    """
    key = _letters(label)
    found = _BY_LETTERS.get(key) or _BY_LETTERS.get(_FEW.sub("", key))
    return found or re.sub(r"[^a-z0-9]+", "-", label[:200].lower()).strip("-")


def closed_list() -> str:
    """Return the classes with their meanings, a line each, for a prompt."""
    return "\n".join(f"{name}: {meaning}" for name, meaning in CLASSES.items())


def _letters(label: str) -> str:
    return re.sub(r"[^a-z0-9]", "", label[:200].lower())


_BY_LETTERS: dict[str, str] = {
    _letters(alias): name for name in reversed(CLASSES) for alias in (*_ALIASES.get(name, name).split(";"), name)
}
