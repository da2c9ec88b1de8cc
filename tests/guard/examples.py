"""Proposals for the guard, made by hand."""

from __future__ import annotations

from datetime import UTC, datetime

from gitops_bot.model.application import Application, ApplicationSpec, Destination, Metadata
from gitops_bot.model.diagnosis import Diagnosis, Evidence, Remedy, RevertRelease, case_of
from gitops_bot.model.difference import FieldChange, ObjectChange
from gitops_bot.model.incident import Incident, Trouble
from gitops_bot.model.json import Json
from gitops_bot.model.plan import Edit, FieldPatch, Operation, RenderedChange
from gitops_bot.model.proposal import Proposal
from gitops_bot.model.resource import ResourceKey
from gitops_bot.model.signal import Strategy, Workload

NOW = datetime(2026, 11, 23, 10, 40, tzinfo=UTC)
DEPLOYMENT = ResourceKey("apps", "Deployment", "payments", "payments")
FINGERPRINT = "0123456789ab"


def application(name: str = "payments", namespace: str = "payments", **labels: str) -> Application:
    return Application(
        metadata=Metadata(name=name, labels=labels or None),
        spec=ApplicationSpec(destination=Destination(namespace=namespace)),
    )


def diagnosis(
    remedy: Remedy | None = None,
    whose: Application | None = None,
    *,
    strategy: Strategy = Strategy.ROLLING,
    confidence: int = 95,
    clear: bool = False,
    cause: str = "new pods crash",
    evidence: str = "exit code 1",
    since: datetime | None = None,
) -> Diagnosis:
    incident = Incident(
        application=whose or application(env="production"),
        trouble=Trouble.RUNTIME,
        resource=DEPLOYMENT,
        signals=(),
        since=since,
        workload=Workload(key=DEPLOYMENT, strategy=strategy),
    )
    return Diagnosis(
        incident=incident,
        rule="release-crash",
        cause_class="release-crash",
        cause=cause,
        evidence=(Evidence(signal="Pod", value=evidence, where=""),),
        confidence=confidence,
        remedy=remedy or RevertRelease(resource=DEPLOYMENT),
        clear_signal=clear,
    )


def edit(path: str = "payments/values.yaml", diff: str = "-tag: b\n+tag: a\n") -> Edit:
    change = FieldPatch(document=0, operations=(Operation(op="replace", path="/tag", value="a"),))
    return Edit(path=path, change=change, base="a" * 40, result="b" * 40, diff=diff)


def changed(pointer: str, before: Json, after: Json, key: ResourceKey = DEPLOYMENT) -> RenderedChange:
    field = FieldChange(pointer, pointer.strip("/").replace("/", "."), before, after)
    return RenderedChange(application="payments", objects=(ObjectChange(key, (field,)),))


IMAGE = "/spec/template/spec/containers/0/image"


def proposal(*diagnoses: Diagnosis, **changes: object) -> Proposal:
    values: dict[str, object] = {
        "fingerprint": FINGERPRINT,
        "cases": tuple(case_of(one) for one in diagnoses or (diagnosis(),)),
        "edits": (edit(),),
        "rendered": (changed(IMAGE, "payments:b", "payments:a"),),
        **changes,
    }
    return Proposal(**values)  # type: ignore[arg-type]
