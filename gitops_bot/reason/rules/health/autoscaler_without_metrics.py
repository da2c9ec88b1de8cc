"""autoscaler-without-metrics: a HorizontalPodAutoscaler gets no metrics to scale by."""

from __future__ import annotations

import re

from gitops_bot.model.diagnosis import Diagnosis
from gitops_bot.model.incident import Incident
from gitops_bot.model.signal import WorkloadUnhealthy
from gitops_bot.reason.conclusion import leave_alone
from gitops_bot.reason.wording import one_line, quoted

_RULE = "autoscaler-without-metrics"
_METRICS_API = re.compile(r"\b((?:custom\.|external\.)?metrics\.k8s\.io)")
_NO_METRICS = re.compile(
    r"unable to (?:get|fetch) metrics|failed to get \w{1,40} (?:resource )?(?:metric|utilization)|no metrics returned"
    r"|did not receive metrics|unable to calculate|metrics\.k8s\.io|FailedGet\w{0,40}Metric|missing request for",
    re.IGNORECASE,
)
_METRIC = re.compile(r"metrics for resource (\w{1,40})|failed to get (\w{1,40}) (?:utilization|resource metric)")


def autoscaler_without_metrics(incident: Incident) -> Diagnosis | None:
    """Decide where an autoscaler says that it cannot read metrics: it holds the replicas as they are meanwhile."""
    if incident.resource.kind != "HorizontalPodAutoscaler":
        return None
    said = [signal for signal in incident.signals if isinstance(signal, WorkloadUnhealthy)]
    message = next((item.message for item in said if _NO_METRICS.search(f"{item.reason} {item.message}"[:4000])), "")
    if not message:
        return None
    name = one_line(str(incident.resource), 200)
    cause = f"{name} cannot scale: {quoted(message)}"
    if "missing request for" in message:
        reason = f"{name} scales by use against requests, and a container has no request: {quoted(message, 200)}"
        return leave_alone(incident, _RULE, cause, f"{reason}{_healthy(incident)}", 70)
    metric = _METRIC.search(message[:4000])
    of = f"{next(filter(None, metric.groups()))} metrics" if metric else "its metrics"
    source = _METRICS_API.search(message[:4000])
    answer = f" (the metrics API {source.group(1)} is not installed or does not answer)" if source else ""
    reason = (
        f"its {incident.resource.kind} {incident.resource.name} cannot read {of}{answer}: nothing in Git fixes that"
    )
    return leave_alone(incident, _RULE, cause, one_line(f"{reason}{_healthy(incident)}", 600))


def _healthy(incident: Incident) -> str:
    workload = incident.workload
    if workload is None or workload.health != "Healthy":
        return ""
    newest = workload.generations[0] if workload.generations else None
    pods = f" ({newest.healthy_pods} of {newest.pods} pods)" if newest and newest.pods else ""
    return f"; the {workload.key.kind} itself is healthy{pods}"
