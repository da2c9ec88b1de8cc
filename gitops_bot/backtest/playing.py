"""One case → what the bot would conclude and do, by the product's own stages: observe, triage, reason."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import msgspec
from msgspec import Struct

from gitops_bot.backtest.cases import Case
from gitops_bot.backtest.expectation import NOTHING
from gitops_bot.backtest.inputs import evidence, latest_moment
from gitops_bot.backtest.recorded import ADDRESS, RecordedAnswers, recording_named
from gitops_bot.clients.argocd import ArgoCD
from gitops_bot.clients.http import ReadOnlyClient
from gitops_bot.errors import ConfigurationError
from gitops_bot.model.diagnosis import ACTIONS, Action, Diagnosis, LeaveAlone
from gitops_bot.model.incident import Estate, Incident
from gitops_bot.model.json import Json
from gitops_bot.observe import observe
from gitops_bot.observe.texts import read_texts
from gitops_bot.reason import UNDECIDED, diagnose
from gitops_bot.reason.agent import Counsel, advise
from gitops_bot.reason.classes import HEALTHY
from gitops_bot.triage import triage

LEAST_CONFIDENCE = 75


class Verdicts(Struct, frozen=True, kw_only=True):
    """What a reasoner made of one case's incidents, and what its models cost in US dollars."""

    diagnoses: tuple[Diagnosis, ...]
    dollars: Decimal = Decimal(0)


Reasoner = Callable[[tuple[Incident, ...]], Verdicts]


class Decision(Struct, frozen=True, kw_only=True):
    """What came of one case: of several incidents the one that would be acted on, the surest first.

    `action` is `none` where nothing would be done, and `escalate` where the bot is less sure than the policy's
    threshold; `wanted` is the action before that. `seconds` are of observing and reasoning.
    """

    case: Case
    cause_class: str = HEALTHY
    resource: str = ""
    action: str = NOTHING
    wanted: str = NOTHING
    remedy: str = ""
    confidence: int = 0
    cause: str = ""
    abstained: bool = False
    seconds: float = 0.0
    dollars: Decimal = Decimal(0)


def rules_alone(incidents: tuple[Incident, ...]) -> Verdicts:
    """Reason by the rules, without any model."""
    return Verdicts(diagnoses=tuple(diagnose(incident) for incident in incidents))


def with_models(counsel: Counsel) -> Reasoner:
    """Return what reasons by the rules, and by models where the rules leave an incident open."""

    def reasoner(incidents: tuple[Incident, ...]) -> Verdicts:
        advice = advise(rules_alone(incidents).diagnoses, counsel)
        return Verdicts(diagnoses=advice.diagnoses, dollars=advice.bill.dollars)

    return reasoner


def play(case: Case, reasoner: Reasoner, threshold: int = LEAST_CONFIDENCE) -> Decision:
    """Return what the bot would do about a case. ConfigurationError for inputs that cannot be read."""
    start = time.perf_counter()
    verdicts = reasoner(_incidents(case))
    seconds = time.perf_counter() - start
    if not verdicts.diagnoses:
        return Decision(case=case, seconds=seconds, dollars=verdicts.dollars)
    first = max(verdicts.diagnoses, key=lambda one: (_action(one, threshold) != NOTHING, one.confidence))
    return Decision(
        case=case,
        cause_class=first.cause_class,
        resource=first.incident.resource.path,
        action=_action(first, threshold),
        wanted=_action(first, 0),
        remedy=str(first.remedy.__struct_config__.tag),
        confidence=first.confidence,
        cause=first.cause,
        abstained=first.rule == UNDECIDED,
        seconds=seconds,
        dollars=verdicts.dollars,
    )


def _action(diagnosis: Diagnosis, threshold: int) -> str:
    if isinstance(diagnosis.remedy, LeaveAlone):
        return NOTHING
    sure = diagnosis.confidence >= threshold
    return ACTIONS[type(diagnosis.remedy)] if sure else Action.ESCALATE


def _incidents(case: Case) -> tuple[Incident, ...]:
    recording = case.inputs.get("recording")
    if isinstance(recording, str):
        incidents, _ = triage(_recorded(case, recording_named(recording, case.folder)))
        asked = case.inputs.get("application")
        return tuple(one for one in incidents if asked in (None, one.application.name))
    texts, application = evidence(case.inputs)
    now = case.now or _a_minute_after(msgspec.json.encode(case.inputs).decode())
    incidents, _ = triage(read_texts(texts, application=application, now=now))
    return tuple(incidents)


def _recorded(case: Case, folder: Path) -> Estate:
    try:
        patches = msgspec.convert(case.inputs.get("patches") or {}, dict[str, list[dict[str, Json]]])
    except msgspec.ValidationError as error:
        raise ConfigurationError(
            "The patches are none",
            where=case.name,
            found=str(error),
            expected='{"/api/v1/…": [{"op", "path", "value"}, …]}',
        ) from error
    with ExitStack() as stack:
        transport = RecordedAnswers(folder, patches)
        client = stack.enter_context(ReadOnlyClient(ADDRESS, transport=transport, sleep=lambda _: None))
        return observe(ArgoCD(client), now=case.now or _a_minute_after(transport.listed))


def _a_minute_after(seen: str) -> datetime:
    """Return when the latest thing that was seen had just happened; the present where no moment is named."""
    latest = latest_moment(seen)
    return latest + timedelta(minutes=1) if latest else datetime.now(UTC)
