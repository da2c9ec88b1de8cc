"""How a rule concludes: a diagnosis with its evidence in rows."""

from __future__ import annotations

from msgspec import Struct

from gitops_bot.model.diagnosis import Diagnosis, Escalate, Evidence, LeaveAlone, Remedy
from gitops_bot.model.incident import Incident
from gitops_bot.reason.evidence import rows
from gitops_bot.reason.reading.standing import Standing
from gitops_bot.reason.wording import one_line

MOST_ROWS = 12
_LONGEST_CAUSE = 1200


class Conclusion(Struct, frozen=True, kw_only=True):
    """What one rule says; `confidence` is 0 to 100."""

    rule: str
    cause: str
    confidence: int
    remedy: Remedy
    clear_signal: bool = False
    standing: Standing | None = None


def diagnosis(incident: Incident, conclusion: Conclusion) -> Diagnosis:
    """Return the diagnosis of an incident: the conclusion, with the signals as (at most twelve) rows of evidence."""
    evidence = list(rows(incident.signals))
    if len(evidence) > MOST_ROWS:
        more = Evidence(signal="and more of the same", value=f"{len(evidence) - MOST_ROWS} further signals", where="")
        evidence = [*evidence[:MOST_ROWS], more]
    if conclusion.standing:
        where = str(incident.workload.key) if incident.workload else str(incident.resource)
        evidence.append(Evidence(signal="new pods against old", value=conclusion.standing.words, where=where))
    return Diagnosis(
        incident=incident,
        rule=conclusion.rule,
        cause_class=conclusion.rule,
        cause=one_line(conclusion.cause, _LONGEST_CAUSE),
        evidence=tuple(evidence),
        confidence=max(0, min(100, conclusion.confidence)),
        remedy=conclusion.remedy,
        clear_signal=conclusion.clear_signal,
    )


def leave_alone(incident: Incident, rule: str, cause: str, reason: str, confidence: int = 90) -> Diagnosis:
    """Return the diagnosis that nothing in Git can or should change."""
    remedy = LeaveAlone(reason=reason)
    return diagnosis(incident, Conclusion(rule=rule, cause=cause, confidence=confidence, remedy=remedy))


def escalate(incident: Incident, rule: str, cause: str, reason: str, confidence: int = 80) -> Diagnosis:
    """Return the diagnosis that a person must look, with the reason why the bot does not act."""
    remedy = Escalate(reason=reason)
    return diagnosis(incident, Conclusion(rule=rule, cause=cause, confidence=confidence, remedy=remedy))


def is_down(incident: Incident) -> bool:
    """Return whether Argo CD has given the application up; before, what is wrong may pass by itself."""
    return incident.application.status.health.status in {"Degraded", "Missing"}


def escalate_if_down(incident: Incident, rule: str, cause: str, reason: str, confidence: int) -> Diagnosis:
    """Return a diagnosis that calls a person where the application is down, and else waits for the next run."""
    if is_down(incident):
        return escalate(incident, rule, cause, reason, confidence)
    return leave_alone(incident, rule, cause, f"{reason}; it may still pass by itself", confidence)
