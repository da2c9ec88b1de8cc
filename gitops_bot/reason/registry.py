"""The rules, for each kind of trouble in the order in which they are asked; the first that does not abstain decides.

An id names the rule's file, its folder under `fixtures/rules/`, its heading in `docs/rules.md` and its cause class.
"""

from __future__ import annotations

from collections.abc import Callable

from gitops_bot.model.diagnosis import Diagnosis
from gitops_bot.model.incident import Incident, Trouble
from gitops_bot.reason.rules.drift.drift_autoscaler import drift_autoscaler
from gitops_bot.reason.rules.drift.drift_by_controller import drift_by_controller
from gitops_bot.reason.rules.drift.drift_by_hand import drift_by_hand
from gitops_bot.reason.rules.drift.drift_not_automated import drift_not_automated
from gitops_bot.reason.rules.drift.drift_not_pruned import drift_not_pruned
from gitops_bot.reason.rules.drift.drift_not_synced import drift_not_synced
from gitops_bot.reason.rules.drift.drift_self_healing import drift_self_healing
from gitops_bot.reason.rules.health.autoscaler_without_metrics import autoscaler_without_metrics
from gitops_bot.reason.rules.health.canary_aborted import canary_aborted
from gitops_bot.reason.rules.health.pending_infrastructure import pending_infrastructure
from gitops_bot.reason.rules.health.rollout_invalid_spec import rollout_invalid_spec
from gitops_bot.reason.rules.health.suspended import suspended
from gitops_bot.reason.rules.outside.access_denied import access_denied
from gitops_bot.reason.rules.outside.certificate_invalid import certificate_invalid
from gitops_bot.reason.rules.outside.data_at_risk import data_at_risk
from gitops_bot.reason.rules.outside.dependency_unreachable import dependency_unreachable
from gitops_bot.reason.rules.outside.disk_full import disk_full
from gitops_bot.reason.rules.render.render_bad_values import render_bad_values
from gitops_bot.reason.rules.render.render_failure import render_failure
from gitops_bot.reason.rules.render.render_missing_base import render_missing_base
from gitops_bot.reason.rules.render.render_unreachable import render_unreachable
from gitops_bot.reason.rules.runtime.canary_failing import canary_failing
from gitops_bot.reason.rules.runtime.image_not_found import image_not_found
from gitops_bot.reason.rules.runtime.job_failing import job_failing
from gitops_bot.reason.rules.runtime.missing_configuration import missing_configuration
from gitops_bot.reason.rules.runtime.node_trouble import node_trouble
from gitops_bot.reason.rules.runtime.out_of_memory import out_of_memory
from gitops_bot.reason.rules.runtime.pod_refused import pod_refused
from gitops_bot.reason.rules.runtime.probe_failing import probe_failing
from gitops_bot.reason.rules.runtime.registry_unavailable import registry_unavailable
from gitops_bot.reason.rules.runtime.release_crash import release_crash
from gitops_bot.reason.rules.runtime.unschedulable import unschedulable
from gitops_bot.reason.rules.service.autoscaler_at_limit import autoscaler_at_limit
from gitops_bot.reason.rules.service.cpu_throttled import cpu_throttled
from gitops_bot.reason.rules.service.disruption_blocked import disruption_blocked
from gitops_bot.reason.rules.service.release_regression import release_regression
from gitops_bot.reason.rules.service.release_stalled import release_stalled
from gitops_bot.reason.rules.service.service_without_endpoints import service_without_endpoints
from gitops_bot.reason.rules.sync.sync_immutable_field import sync_immutable_field
from gitops_bot.reason.rules.sync.sync_invalid_value import sync_invalid_value
from gitops_bot.reason.rules.sync.sync_missing_kind import sync_missing_kind
from gitops_bot.reason.rules.sync.sync_missing_namespace import sync_missing_namespace
from gitops_bot.reason.rules.sync.sync_refused import sync_refused

Rule = Callable[[Incident], Diagnosis | None]

RULES: dict[Trouble, dict[str, Rule]] = {
    Trouble.RENDER: {
        "render-unreachable": render_unreachable,
        "render-missing-base": render_missing_base,
        "render-bad-values": render_bad_values,
        "render-failure": render_failure,
    },
    Trouble.SYNC: {
        "sync-immutable-field": sync_immutable_field,
        "sync-invalid-value": sync_invalid_value,
        "sync-missing-kind": sync_missing_kind,
        "sync-missing-namespace": sync_missing_namespace,
        "sync-refused": sync_refused,
    },
    Trouble.RUNTIME: {
        "data-at-risk": data_at_risk,
        "job-failing": job_failing,
        "canary-failing": canary_failing,
        "image-not-found": image_not_found,
        "missing-configuration": missing_configuration,
        "disk-full": disk_full,
        "certificate-invalid": certificate_invalid,
        "access-denied": access_denied,
        "dependency-unreachable": dependency_unreachable,
        "out-of-memory": out_of_memory,
        "release-crash": release_crash,
        "probe-failing": probe_failing,
        "unschedulable": unschedulable,
        "pod-refused": pod_refused,
        "node-trouble": node_trouble,
        "registry-unavailable": registry_unavailable,
    },
    Trouble.DRIFT: {
        "drift-not-pruned": drift_not_pruned,
        "drift-autoscaler": drift_autoscaler,
        "drift-self-healing": drift_self_healing,
        "drift-not-synced": drift_not_synced,
        "drift-by-controller": drift_by_controller,
        "drift-not-automated": drift_not_automated,
        "drift-by-hand": drift_by_hand,
    },
    Trouble.HEALTH: {
        "data-at-risk": data_at_risk,
        "disk-full": disk_full,
        "certificate-invalid": certificate_invalid,
        "access-denied": access_denied,
        "disruption-blocked": disruption_blocked,
        "cpu-throttled": cpu_throttled,
        "autoscaler-at-limit": autoscaler_at_limit,
        "release-regression": release_regression,
        "dependency-unreachable": dependency_unreachable,
        "service-without-endpoints": service_without_endpoints,
        "node-trouble": node_trouble,
        "suspended": suspended,
        "autoscaler-without-metrics": autoscaler_without_metrics,
        "pending-infrastructure": pending_infrastructure,
        "rollout-invalid-spec": rollout_invalid_spec,
        "canary-aborted": canary_aborted,
        "job-failing": job_failing,
        "pod-refused": pod_refused,
        "release-stalled": release_stalled,
    },
}
