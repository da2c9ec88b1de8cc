"""An incident that rules leave open, and answers to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

from msgspec.structs import replace

from gitops_bot.model.application import (
    Application,
    ApplicationSpec,
    ApplicationStatus,
    Automated,
    Destination,
    Health,
    Metadata,
    ResourceState,
    SyncPolicy,
    SyncStatus,
)
from gitops_bot.model.diagnosis import Diagnosis
from gitops_bot.model.dialogue import LanguageModel, Tool
from gitops_bot.model.incident import Incident, Trouble
from gitops_bot.model.json import Json
from gitops_bot.model.resource import ResourceKey
from gitops_bot.model.signal import ContainerFailing, FieldDrifted, Generation, Workload, WorkloadUnhealthy
from gitops_bot.reason import diagnose
from gitops_bot.reason.agent import Advice, Counsel, Limits, Marks, advise

SINCE = datetime(2026, 11, 23, 10, 27, 42, tzinfo=UTC)
WEB = ResourceKey("apps", "Deployment", "shop", "web")
MAP = ResourceKey("", "ConfigMap", "shop", "settings")
SECRET = ResourceKey("", "Secret", "shop", "tokens")
POD = ResourceKey("", "Pod", "shop", "web-1-a")
MEMORY = "/spec/template/spec/containers/0/resources/limits/memory"
IMAGE = "/spec/template/spec/containers/0/image"
MARKS = Marks(
    redact=lambda text: text.replace("hunter2", "[redacted]"),
    delimit=lambda text, source: f"<<<{source}\n{text}\n{source}>>>",
)


def standing_clock() -> float:
    """A clock that stands."""
    return 0.0


def application(name: str = "shop", health: str = "Degraded", *, automated: bool = True) -> Application:
    managed = [
        ResourceState(group=one.group, kind=one.kind, namespace="shop", name=one.name) for one in (WEB, MAP, SECRET)
    ]
    return Application(
        metadata=Metadata(name=name, namespace="argocd"),
        spec=ApplicationSpec(
            destination=Destination(namespace="shop"),
            sync_policy=SyncPolicy(automated=Automated()) if automated else None,
        ),
        status=ApplicationStatus(
            health=Health(status=health), sync=SyncStatus(status="Synced", revision="2b4a2f8"), resources=managed
        ),
    )


def incident(name: str = "shop", health: str = "Degraded", *, automated: bool = True, log: str = "") -> Incident:
    """A Deployment that is not healthy for a reason that no rule knows."""
    unhealthy = WorkloadUnhealthy(
        application=name, resource=WEB, since=SINCE, where="Deployment web", health="Degraded", message="odd: hunter2"
    )
    crashed = ContainerFailing(
        application=name,
        resource=POD,
        since=SINCE,
        where="pod",
        workload=WEB,
        container="web",
        image="registry.example/web:2",
        reason="Error",
        exit_code=1,
        restarts=1,
        log=log,
    )
    generations = tuple(
        Generation(name=f"web-{number}", images=(f"registry.example/web:{number}",), pods=1, healthy_pods=number % 2)
        for number in (2, 1)
    )
    return Incident(
        application=application(name, health, automated=automated),
        trouble=Trouble.HEALTH,
        resource=WEB,
        signals=(unhealthy, crashed) if log else (unhealthy,),
        since=SINCE,
        workload=Workload(key=WEB, health="Degraded", generations=generations),
    )


def drifted(pointer: str = "/spec/replicas", live: Json = 6) -> Incident:
    signal = FieldDrifted(
        application="shop", resource=WEB, pointer=pointer, label=pointer[1:].replace("/", "."), desired=2, live=live
    )
    return replace(incident(), signals=(signal,))


def opened(one: Incident | None = None) -> Diagnosis:
    """What the rules conclude: nothing."""
    found = diagnose(one or incident())
    assert found.rule == "undecided"
    return found


REVERT: dict[str, Json] = {
    "kind": "revert-release",
    "resource": "apps/Deployment/shop/web",
    "fields": ["/spec/template"],
}


def answer(remedy: dict[str, Json] | None = None, action: str = "rollback", **changes: Json) -> dict[str, Json]:
    """A good answer to the incident, with changes."""
    return {
        "reasoning": "E2 shows that the new generation fails since the release.",
        "diagnosis": "the release 2 of web cannot start",
        "cause_class": "release-crash",
        "evidence": ["E2"],
        "action": action,
        "remedy": remedy or REVERT,
        "confidence": 90,
        "would_change": "a failing pod of the old release",
        **changes,
    }


def set_field(pointer: str, value: Json, resource: str = "apps/Deployment/shop/web") -> dict[str, Json]:
    return {"kind": "set-field", "resource": resource, "pointer": pointer, "value": value}


def ask(
    *large: LanguageModel,
    about: Diagnosis | None = None,
    tools: tuple[Tool, ...] = (),
    limits: Limits | None = None,
    clock: Callable[[], float] = standing_clock,
) -> Advice:
    """Have one open incident diagnosed, without triage."""
    counsel = Counsel(
        small=(),
        large=large,
        clock=clock,
        marks=MARKS,
        toolbox_for=lambda _: tools,
        limits=limits or Limits(incident_dollars=Decimal(1), run_dollars=Decimal(1)),
    )
    return advise([about or opened()], counsel)
