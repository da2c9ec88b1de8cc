"""The cases under fixtures/diagnosis/texts/, and what rules make of them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from gitops_bot.model.application import Application
from gitops_bot.model.diagnosis import ACTIONS, Diagnosis, LeaveAlone
from gitops_bot.observe.texts import read_texts
from gitops_bot.reason import diagnose
from gitops_bot.triage import triage

FIXTURES = Path(__file__).parents[3] / "fixtures" / "diagnosis" / "texts"
NOW = datetime(2026, 11, 23, 11, 15, tzinfo=UTC)
SURE = 75

Case = dict[str, Any]


def cases(*, held_out: bool) -> list[Case]:
    found = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(FIXTURES.glob("*.json"))]
    return [case for case in found if (case.get("split") == "held-out") is held_out]


def diagnoses(texts: dict[str, str], application: Case | None = None) -> list[Diagnosis]:
    given = msgspec.convert(application, Application) if application else None
    incidents, _ = triage(read_texts(texts, application=given, now=NOW))
    return [diagnose(incident) for incident in incidents]


def action(diagnosis: Diagnosis) -> str:
    if isinstance(diagnosis.remedy, LeaveAlone):
        return "none"
    return ACTIONS[type(diagnosis.remedy)].value if diagnosis.confidence >= SURE else "escalate"


def decided(case: Case) -> tuple[str, str, str]:
    """The class, the action and the object that the surest diagnosis gives; one that acts goes before others."""
    inputs = case["inputs"]
    texts = {name: value for name, value in inputs.items() if isinstance(value, str)}
    found = diagnoses(texts, inputs.get("application"))
    if not found:
        return "healthy", "none", ""
    first = max(found, key=lambda one: (action(one) != "none", one.confidence))
    return first.cause_class, action(first), first.incident.resource.path


DEVELOPMENT_TEXTS = [
    text for case in cases(held_out=False) for text in case["inputs"].values() if isinstance(text, str)
]
