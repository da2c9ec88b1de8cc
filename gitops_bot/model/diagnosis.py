"""What reasoning concludes: a cause class, the evidence for it, how sure it is, and one remedy of the closed list."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from gitops_bot.model.incident import Incident, Trouble
from gitops_bot.model.json import Json
from gitops_bot.model.resource import ResourceKey
from gitops_bot.model.signal import FieldDrifted, ObjectMissing, ObjectSuperfluous, Strategy


class Action(StrEnum):
    """The four actions that users know."""

    ROLLBACK = "rollback"
    FORCE_SYNC = "force_sync"
    PR_ONLY = "pr_only"
    ESCALATE = "escalate"


class RevertRelease(Struct, frozen=True, kw_only=True, tag="revert-release"):
    """Take back the change in Git with which the trouble began.

    `fields` are RFC 6901 pointer prefixes into `resource` that are suspected (empty: the whole object); `resource` is
    None where rendering itself fails.
    """

    resource: ResourceKey | None = None
    fields: tuple[str, ...] = ()


class Resync(Struct, frozen=True, kw_only=True, tag="resync"):
    """Have Argo CD apply what Git says once more."""

    resources: tuple[ResourceKey, ...] = ()


class SetField(Struct, frozen=True, kw_only=True, tag="set-field"):
    """Set one field of one object, wherever in Git it comes from."""

    resource: ResourceKey
    pointer: str
    value: Json


class IgnoreDifference(Struct, frozen=True, kw_only=True, tag="ignore-difference"):
    """Tell Argo CD that fields of an object belong to somebody else."""

    resource: ResourceKey
    pointers: tuple[str, ...]


class LeaveAlone(Struct, frozen=True, kw_only=True, tag="leave-alone"):
    """Nothing in Git can or should change; `reason` says why in words for a person."""

    reason: str


class Escalate(Struct, frozen=True, kw_only=True, tag="escalate"):
    """A person must look; `reason` says why the bot does not act."""

    reason: str


Remedy = RevertRelease | Resync | SetField | IgnoreDifference | LeaveAlone | Escalate

ACTIONS: dict[type, Action] = {
    RevertRelease: Action.ROLLBACK,
    Resync: Action.FORCE_SYNC,
    SetField: Action.PR_ONLY,
    IgnoreDifference: Action.PR_ONLY,
    Escalate: Action.ESCALATE,
}


class Evidence(Struct, frozen=True, kw_only=True):
    """One row of what the diagnosis rests on: the signal, its value, where it was read and since when (UTC)."""

    signal: str
    value: str
    where: str
    at: datetime | None = None


MODEL = "model"


class Advised(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a language model had to do with a diagnosis whose rule is `model`; all of its words are untrusted text.

    `rule` is the rule that left the incident open and `known_as` the cause class that the fingerprint is made of: a
    model may word the same trouble otherwise tomorrow. `claimed` is the confidence that it gave itself, `cited` the
    evidence that it named, by the ids that it was shown. `calls`, `tokens` and `dollars` are those of this incident.
    """

    models: tuple[str, ...]
    rule: str
    known_as: str
    reasoning: str
    would_change: str
    cited: dict[str, Evidence]
    claimed: Annotated[int, Meta(ge=0, le=100)]
    calls: int
    tokens: int
    dollars: Decimal


class Diagnosis(Struct, frozen=True, kw_only=True):
    """One rule's or model's conclusion about one incident.

    `rule` names the rule file, its fixture folder and its heading in the docs, or is `model`: then `advice` says more.
    `cause_class` enters the fingerprint; `cause` is one sentence; `confidence` is 0 to 100. `asked` says that a model
    was asked, whatever came of it.
    """

    incident: Incident
    rule: str
    cause_class: str
    cause: str
    evidence: tuple[Evidence, ...]
    confidence: int
    remedy: Remedy
    clear_signal: bool = False
    advice: Advised | None = None
    asked: bool = False


def cause_name(diagnosis: Diagnosis) -> str:
    """Return what fingerprints call the cause.

    One bad release shows as a crash now and as a failing probe a minute later: its remedy is what stays the same. And a
    model may call the same trouble otherwise tomorrow: what the rules knew of it stays the same.
    """
    if isinstance(diagnosis.remedy, RevertRelease):
        return "release"
    return diagnosis.advice.known_as if diagnosis.advice else diagnosis.cause_class


class Case(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One incident with what was concluded of it, as far as policy and people need it: small enough for the plan.

    `compared` is the commit of this repository that Argo CD last compared the Application with, empty where unknown.
    `named` is the fingerprint of what was diagnosed, whatever is edited for it. `cluster` is the destination's name,
    its URL where it has none; `namespace` the one that it deploys into; `drifted` are all objects that a sync would
    overwrite. Times are UTC. Causes and evidence are untrusted text.
    """

    application: str
    project: str
    cluster: str
    namespace: str
    labels: dict[str, str]
    automated: bool
    compared: str
    resource: ResourceKey
    trouble: Trouble
    rule: str
    cause_class: str
    cause: str
    evidence: tuple[Evidence, ...]
    confidence: Annotated[int, Meta(ge=0, le=100)]
    remedy: Remedy
    clear_signal: bool = False
    strategy: Strategy | None = None
    drifted: tuple[ResourceKey, ...] = ()
    since: datetime | None = None
    named: str = ""
    advice: Advised | None = None
    asked: bool = False

    @property
    def by_model(self) -> bool:
        """Whether a language model concluded it, rather than a rule."""
        return self.rule == MODEL or self.advice is not None


def case_of(diagnosis: Diagnosis, compared: str = "", named: str = "") -> Case:
    """Return what policy and people need of a diagnosis and its incident."""
    incident = diagnosis.incident
    application = incident.application
    destination = application.spec.destination
    drifted = (FieldDrifted, ObjectMissing, ObjectSuperfluous)
    return Case(
        application=application.name,
        project=application.spec.project,
        cluster=destination.name or destination.server,
        namespace=destination.namespace,
        labels=dict(application.labels),
        automated=application.automated,
        compared=compared,
        resource=incident.resource,
        trouble=incident.trouble,
        rule=diagnosis.rule,
        cause_class=diagnosis.cause_class,
        cause=diagnosis.cause,
        evidence=diagnosis.evidence,
        confidence=diagnosis.confidence,
        remedy=diagnosis.remedy,
        clear_signal=diagnosis.clear_signal,
        strategy=incident.workload.strategy if incident.workload else None,
        drifted=tuple(one.resource for one in incident.signals if isinstance(one, drifted)),
        since=incident.since,
        named=named,
        advice=diagnosis.advice,
        asked=diagnosis.asked,
    )
