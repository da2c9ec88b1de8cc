"""The cases under fixtures/rules/RULE/: `NAME.in.json` an incident, `NAME.out.json` what is concluded."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import msgspec

from gitops_bot.model.application import Application
from gitops_bot.model.diagnosis import Diagnosis
from gitops_bot.model.incident import Incident, Trouble
from gitops_bot.model.resource import ResourceKey
from gitops_bot.model.signal import (
    ContainerFailing,
    FieldDrifted,
    ObjectMissing,
    ObjectSuperfluous,
    PodBlocked,
    PodUnschedulable,
    ProbeFailing,
    RenderFailing,
    SyncRefused,
    Workload,
    WorkloadUnhealthy,
)

FIXTURES = Path(__file__).parents[2] / "fixtures" / "rules"

AnySignal = (
    ContainerFailing
    | FieldDrifted
    | ObjectMissing
    | ObjectSuperfluous
    | PodBlocked
    | PodUnschedulable
    | ProbeFailing
    | RenderFailing
    | SyncRefused
    | WorkloadUnhealthy
)


def cases() -> Iterator[tuple[str, str]]:
    for path in sorted(FIXTURES.glob("*/*.in.json")):
        yield path.parent.name, path.name.removesuffix(".in.json")


def load(rule: str, name: str) -> Incident:
    body = json.loads((FIXTURES / rule / f"{name}.in.json").read_text(encoding="utf-8"))
    return Incident(
        application=msgspec.convert(body["application"], Application),
        trouble=Trouble(body["trouble"]),
        resource=msgspec.convert(body["resource"], ResourceKey),
        signals=msgspec.convert(body["signals"], tuple[AnySignal, ...]),
        since=msgspec.convert(body.get("since"), datetime | None),
        workload=msgspec.convert(body.get("workload"), Workload | None),
    )


def written(diagnosis: Diagnosis) -> str:
    """A diagnosis as the .out.json files hold it: all but the incident."""
    body = msgspec.to_builtins(diagnosis)
    del body["incident"], body["advice"], body["asked"]  # no rule has advice, and none asks a model
    return json.dumps(body, indent=2, ensure_ascii=False) + "\n"
