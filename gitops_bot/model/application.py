"""An Argo CD Application, decoded from its API's JSON (or from its manifest in Git) with the API's own names."""

from __future__ import annotations

from datetime import datetime

from msgspec import field

from gitops_bot.model.json import Json
from gitops_bot.model.resource import ResourceKey
from gitops_bot.model.source import Source, Wire

REFRESH_PATHS = "argocd.argoproj.io/manifest-generate-paths"


class OwnerReference(Wire, frozen=True):
    """Who made the object."""

    kind: str = ""
    name: str = ""


class Metadata(Wire, frozen=True):
    """The part of an object's metadata that we read."""

    name: str = ""
    namespace: str = ""
    labels: dict[str, str] | None = None
    annotations: dict[str, str] | None = None
    owner_references: list[OwnerReference] | None = None
    creation_timestamp: datetime | None = None


class Automated(Wire, frozen=True):
    """`syncPolicy.automated`."""

    prune: bool = False
    self_heal: bool = False
    enabled: bool | None = None


class SyncPolicy(Wire, frozen=True):
    """`spec.syncPolicy`."""

    automated: Automated | None = None
    sync_options: list[str] | None = None


class Destination(Wire, frozen=True):
    """The cluster and namespace that an Application is deployed to."""

    server: str = ""
    name: str = ""
    namespace: str = ""


class IgnoreDifference(Wire, frozen=True):
    """One entry of `spec.ignoreDifferences`."""

    group: str = ""
    kind: str = ""
    name: str = ""
    namespace: str = ""
    json_pointers: list[str] | None = None
    jq_path_expressions: list[str] | None = None
    managed_fields_managers: list[str] | None = None


class ApplicationSpec(Wire, frozen=True):
    """`spec`."""

    project: str = ""
    destination: Destination = Destination()
    source: Source | None = None
    sources: list[Source] | None = None
    sync_policy: SyncPolicy | None = None
    ignore_differences: list[IgnoreDifference] | None = None


class Health(Wire, frozen=True):
    """A health status with its reason; times are UTC."""

    status: str = ""
    message: str = ""
    last_transition_time: datetime | None = None


class SyncStatus(Wire, frozen=True):
    """`status.sync`: what was compared, and how it ended."""

    status: str = ""
    revision: str = ""
    revisions: list[str] | None = None


class Condition(Wire, frozen=True):
    """One of `status.conditions`."""

    type: str = ""
    message: str = ""
    last_transition_time: datetime | None = None


class ResourceResult(Wire, frozen=True):
    """What a sync did to one object."""

    group: str = ""
    kind: str = ""
    namespace: str = ""
    name: str = ""
    status: str = ""
    message: str = ""
    hook_phase: str = ""
    hook_type: str = ""
    sync_phase: str = ""

    @property
    def key(self) -> ResourceKey:
        """The object."""
        return ResourceKey(self.group, self.kind, self.namespace, self.name)


class SyncResult(Wire, frozen=True):
    """`status.operationState.syncResult`."""

    resources: list[ResourceResult] | None = None
    revision: str = ""
    revisions: list[str] | None = None


class OperationState(Wire, frozen=True):
    """The sync that runs now or ran last."""

    phase: str = ""
    message: str = ""
    started_at: datetime | None = None
    finished_at: datetime | None = None
    retry_count: int = 0
    sync_result: SyncResult | None = None


class Deployment(Wire, frozen=True):
    """One entry of `status.history`: a sync that succeeded, with the sources as they were then."""

    id: int = 0
    revision: str = ""
    revisions: list[str] | None = None
    deploy_started_at: datetime | None = None
    deployed_at: datetime | None = None
    source: Source | None = None
    sources: list[Source] | None = None


class ResourceState(Wire, frozen=True):
    """One of `status.resources`: an object that the Application manages."""

    group: str = ""
    kind: str = ""
    namespace: str = ""
    name: str = ""
    version: str = ""
    status: str = ""
    health: Health | None = None
    requires_pruning: bool = False

    @property
    def key(self) -> ResourceKey:
        """The object."""
        return ResourceKey(self.group, self.kind, self.namespace, self.name)


class ApplicationStatus(Wire, frozen=True):
    """`status`."""

    health: Health = Health()
    sync: SyncStatus = SyncStatus()
    conditions: list[Condition] | None = None
    operation_state: OperationState | None = None
    history: list[Deployment] | None = None
    resources: list[ResourceState] | None = None
    reconciled_at: datetime | None = None
    source_type: str = ""
    controller_namespace: str = ""


class Application(Wire, frozen=True):
    """An Application with the questions that the stages ask of it."""

    metadata: Metadata = Metadata()
    spec: ApplicationSpec = ApplicationSpec()
    status: ApplicationStatus = ApplicationStatus()
    operation: dict[str, Json] | None = field(default=None)

    @property
    def outside(self) -> str:
        """The namespace that it stands in where that is not Argo CD's own, else empty."""
        own, namespace = self.status.controller_namespace, self.metadata.namespace
        return namespace if own and namespace != own else ""

    @property
    def name(self) -> str:
        """What no other of the fleet is called: NAME, or NAMESPACE/NAME outside Argo CD's own namespace.

        `argocd app get` takes it so. The name alone is `key.name`.
        """
        return f"{self.outside}/{self.metadata.name}" if self.outside else self.metadata.name

    @property
    def instance(self) -> str:
        """What Argo CD marks its objects and override files with: NAME, or NAMESPACE_NAME outside its own namespace."""
        return f"{self.outside}_{self.metadata.name}" if self.outside else self.metadata.name

    @property
    def labels(self) -> dict[str, str]:
        """The labels, empty where there are none."""
        return self.metadata.labels or {}

    @property
    def sources(self) -> tuple[Source, ...]:
        """All sources, in order; most Applications have one."""
        if self.spec.sources:
            return tuple(self.spec.sources)
        return (self.spec.source,) if self.spec.source else ()

    @property
    def revisions(self) -> tuple[str, ...]:
        """The commit that each source was last compared at, in the order of `sources`."""
        sync = self.status.sync
        return tuple(sync.revisions) if sync.revisions else (sync.revision,)

    @property
    def history(self) -> tuple[Deployment, ...]:
        """What was deployed, oldest first."""
        return tuple(sorted(self.status.history or (), key=lambda deployment: deployment.id))

    @property
    def automated(self) -> bool:
        """Whether Argo CD syncs it by itself."""
        policy = self.spec.sync_policy
        return bool(policy and policy.automated and policy.automated.enabled is not False)

    @property
    def self_heals(self) -> bool:
        """Whether Argo CD undoes drift by itself."""
        policy = self.spec.sync_policy
        return self.automated and bool(policy and policy.automated and policy.automated.self_heal)

    @property
    def key(self) -> ResourceKey:
        """What stands in the cluster for it: the Application itself, or the Flux object."""
        flux = next((source.flux for source in self.sources if source.flux), None)
        return (
            flux.key if flux else ResourceKey("argoproj.io", "Application", self.metadata.namespace, self.metadata.name)
        )
