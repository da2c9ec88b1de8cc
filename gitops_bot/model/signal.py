"""What the sources show: one signal, one observed fact, with the object, the field, the value, the time and the place.

All text in a signal comes from clusters, Git or alerts and is untrusted; it is capped where it is read. Times are UTC.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from gitops_bot.model.json import Json
from gitops_bot.model.resource import ResourceKey


class Signal(Struct, frozen=True, kw_only=True, tag_field="signal"):
    """The base of all signals: whose it is, which object shows it, since when, and which read-only call told."""

    application: str
    resource: ResourceKey
    since: datetime | None = None
    where: str = ""


class ContainerFailing(Signal, frozen=True, kw_only=True, tag="container-failing"):
    """A container that does not run: it crashes, is killed, cannot be pulled, created or started.

    `resource` is the pod and `workload` what owns it. `reason` and `message` are the present state's, `last_reason`,
    `last_message` and `exit_code` those of the last termination. `memory_limit` is a quantity, empty where not told.
    """

    workload: ResourceKey
    container: str
    image: str = ""
    initial: bool = False
    reason: str = ""
    message: str = ""
    last_reason: str = ""
    last_message: str = ""
    exit_code: int | None = None
    restarts: int = 0
    log: str = ""
    memory_limit: str = ""


class PodUnschedulable(Signal, frozen=True, kw_only=True, tag="pod-unschedulable"):
    """No node takes the pod; `message` is the scheduler's."""

    workload: ResourceKey
    message: str


class ProbeFailing(Signal, frozen=True, kw_only=True, tag="probe-failing"):
    """A container runs, and its probe (`readiness`, `liveness` or `startup`) fails."""

    workload: ResourceKey
    container: str
    probe: str
    message: str
    count: int = 0
    image: str = ""
    restarts: int = 0


class PodBlocked(Signal, frozen=True, kw_only=True, tag="pod-blocked"):
    """A pod that cannot start for want of something: a volume, a ConfigMap, a Secret, a claim, a quota."""

    workload: ResourceKey
    reason: str
    message: str


class WorkloadUnhealthy(Signal, frozen=True, kw_only=True, tag="workload-unhealthy"):
    """What Argo CD or the object's own conditions say of a resource that is not healthy (any kind)."""

    health: str
    message: str = ""
    reason: str = ""


class SyncRefused(Signal, frozen=True, kw_only=True, tag="sync-refused"):
    """The cluster refused an object during a sync. `revision` is the commit that was being synced."""

    message: str
    revision: str = ""
    attempts: int = 0
    hook: str = ""


class RenderFailing(Signal, frozen=True, kw_only=True, tag="render-failing"):
    """Argo CD cannot make manifests out of Git: the text of the condition."""

    message: str
    condition: str = ""


class FieldDrifted(Signal, frozen=True, kw_only=True, tag="field-drifted"):
    """A live field differs from Git. `manager` is who set it last, `autoscaler` the object that also manages it."""

    pointer: str
    label: str
    desired: Json
    live: Json
    absent_live: bool = False
    manager: str = ""
    autoscaler: ResourceKey | None = None


class ObjectMissing(Signal, frozen=True, kw_only=True, tag="object-missing"):
    """Git declares an object that the cluster does not have, though it was synced before."""


class ObjectSuperfluous(Signal, frozen=True, kw_only=True, tag="object-superfluous"):
    """The cluster has an object that Git no longer declares, and it is not pruned."""


class Strategy(StrEnum):
    """Whether a rollout brings its pods in at once or step by step."""

    ROLLING = "rolling"
    CANARY = "canary"
    BLUE_GREEN = "blue-green"


class Generation(Struct, frozen=True, kw_only=True):
    """One ReplicaSet (or the one set of a StatefulSet or DaemonSet) of a workload."""

    name: str
    created: datetime | None = None
    revision: int = 0
    images: tuple[str, ...] = ()
    pods: int = 0
    healthy_pods: int = 0


class Workload(Struct, frozen=True, kw_only=True):
    """A Deployment, StatefulSet, DaemonSet, Rollout, Job or CronJob with its generations, newest first."""

    key: ResourceKey
    health: str = ""
    created: datetime | None = None
    strategy: Strategy = Strategy.ROLLING
    generations: tuple[Generation, ...] = ()
    autoscaler: ResourceKey | None = None
