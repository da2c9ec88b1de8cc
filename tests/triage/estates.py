"""Short ways to make an application and its signals."""

from __future__ import annotations

from datetime import UTC, datetime

from gitops_bot.model.application import (
    Application,
    ApplicationSpec,
    ApplicationStatus,
    Automated,
    Health,
    Metadata,
    OperationState,
    SyncPolicy,
    SyncStatus,
)
from gitops_bot.model.incident import Estate, Incident
from gitops_bot.model.resource import ResourceKey
from gitops_bot.model.signal import (
    ContainerFailing,
    FieldDrifted,
    Generation,
    ObjectMissing,
    RenderFailing,
    Signal,
    SyncRefused,
    Workload,
    WorkloadUnhealthy,
)
from gitops_bot.triage import triage

TIME = datetime(2026, 11, 23, 10, 30, tzinfo=UTC)
DEPLOYMENT = ResourceKey("apps", "Deployment", "shop", "web")
ROLLOUT = ResourceKey("argoproj.io", "Rollout", "shop", "web")
SERVICE = ResourceKey("", "Service", "shop", "web")
AUTOSCALER = ResourceKey("autoscaling", "HorizontalPodAutoscaler", "shop", "web")


def application(
    health: str = "Degraded",
    sync: str = "Synced",
    *,
    name: str = "shop",
    automated: bool = True,
    phase: str = "Succeeded",
    message: str = "",
) -> Application:
    return Application(
        metadata=Metadata(name=name, namespace="argocd"),
        spec=ApplicationSpec(sync_policy=SyncPolicy(automated=Automated() if automated else None)),
        status=ApplicationStatus(
            health=Health(status=health, message=message, last_transition_time=TIME),
            sync=SyncStatus(status=sync),
            operation_state=OperationState(phase=phase, started_at=TIME),
        ),
    )


def workload(key: ResourceKey = DEPLOYMENT, autoscaler: ResourceKey | None = None) -> Workload:
    generations = (
        Generation(name="web-new", revision=2, pods=1),
        Generation(name="web-old", revision=1, pods=3, healthy_pods=3),
    )
    return Workload(key=key, health="Progressing", generations=generations, autoscaler=autoscaler)


def crash(
    pod: str = "web-new-1", key: ResourceKey = DEPLOYMENT, since: datetime | None = TIME, container: str = "web"
) -> ContainerFailing:
    return ContainerFailing(
        application="shop",
        resource=ResourceKey("", "Pod", "shop", pod),
        workload=key,
        container=container,
        reason="CrashLoopBackOff",
        restarts=5,
        since=since,
    )


def unhealthy(key: ResourceKey, health: str = "Degraded", message: str = "") -> WorkloadUnhealthy:
    return WorkloadUnhealthy(application="shop", resource=key, health=health, message=message, since=TIME)


def refused(key: ResourceKey, message: str) -> SyncRefused:
    return SyncRefused(application="shop", resource=key, message=message, since=TIME)


def render(message: str = "no such file or directory") -> RenderFailing:
    key = application().key
    return RenderFailing(application="shop", resource=key, message=message, condition="ComparisonError")


def drifted(
    key: ResourceKey = DEPLOYMENT,
    pointer: str = "/spec/replicas",
    *,
    manager: str = "kubectl",
    autoscaler: ResourceKey | None = None,
) -> FieldDrifted:
    return FieldDrifted(
        application="shop",
        resource=key,
        pointer=pointer,
        label=pointer.strip("/").replace("/", "."),
        desired=2,
        live={"not": ["hashable"]},
        manager=manager,
        autoscaler=autoscaler,
    )


def missing(key: ResourceKey = SERVICE) -> ObjectMissing:
    return ObjectMissing(application="shop", resource=key)


def incidents(*signals: Signal, of: Application | None = None, workloads: tuple[Workload, ...] = ()) -> list[Incident]:
    found, _ = triage(Estate(applications=(of or application(),), signals=signals, workloads=workloads))
    return list(found)
