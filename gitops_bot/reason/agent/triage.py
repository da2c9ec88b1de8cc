"""The small model's part: of all open incidents, which are worth a diagnosis, which have one cause, which come first.

It can only save money: what it calls not worth it keeps the rules' conclusion, and where it fails all are worth it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec
from msgspec import Struct

from gitops_bot.model.diagnosis import Diagnosis
from gitops_bot.model.dialogue import Request, Said
from gitops_bot.reason.agent.answer import closed, json_object
from gitops_bot.reason.agent.evidence import Marks, clipped
from gitops_bot.reason.agent.prompt import TRIAGE
from gitops_bot.reason.agent.verifying import Refused
from gitops_bot.reason.conclusion import is_down
from gitops_bot.reason.evidence import summary
from gitops_bot.reason.wording import one_line

MOST_INCIDENTS = 40
_LONGEST_INCIDENT = 500
_LONGEST_WHY = 200
_TOKENS_AN_ANSWER = 80

SCHEMA = closed(
    verdicts={
        "type": "array",
        "items": closed(
            incident={"type": "string", "description": "its id, such as I1"},
            worth={"type": "boolean", "description": "whether a diagnosis is worth its price"},
            same_cause_as={
                "type": "string",
                "description": "the id of an earlier incident of the same cause, or empty",
            },
            rank={"type": "integer", "description": "1 for what must be looked at first"},
            why={"type": "string", "description": "in a few words"},
        ),
    }
)


class Opinion(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the small model says of one incident."""

    incident: str
    worth: bool
    same_cause_as: str
    rank: int
    why: str


class _Opinions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    verdicts: tuple[Opinion, ...]


class Queue(Struct, frozen=True, kw_only=True):
    """The incidents to be diagnosed in order, those of one cause together, and why others are not (by index)."""

    groups: tuple[tuple[int, ...], ...]
    passed_over: dict[int, str]


def by_urgency(diagnoses: Sequence[Diagnosis]) -> list[int]:
    """Return the indexes of diagnoses: applications that are down first, then the oldest trouble, then by name."""
    return sorted(range(len(diagnoses)), key=lambda index: _urgency(diagnoses[index]))


def _urgency(diagnosis: Diagnosis) -> tuple[bool, float, str, str]:
    incident = diagnosis.incident
    began = incident.since.timestamp() if incident.since else float("inf")
    return not is_down(incident), began, incident.application.name, str(incident.resource)


def everything(diagnoses: Sequence[Diagnosis]) -> Queue:
    """Return all incidents, each for itself, the most urgent first."""
    return Queue(groups=tuple((index,) for index in by_urgency(diagnoses)), passed_over={})


def question(diagnoses: Sequence[Diagnosis], patience: float, marks: Marks) -> Request:
    """Return the one call in which the (at most 40) most urgent incidents are sorted."""
    asked = by_urgency(diagnoses)[:MOST_INCIDENTS]
    lines = [marks.delimit(marks.redact(_line(diagnoses[index])), f"I{index + 1}") for index in asked]
    text = f"{len(lines)} incidents:\n\n" + "\n\n".join(lines)
    return Request(
        instructions=TRIAGE,
        turns=(Said(text=text),),
        schema=SCHEMA,
        longest_answer=_TOKENS_AN_ANSWER * (len(lines) + 2),
        patience=patience,
    )


def _line(diagnosis: Diagnosis) -> str:
    incident = diagnosis.incident
    health = incident.application.status.health.status or "unknown"
    began = f"since {incident.since:%Y-%m-%d %H:%M} UTC" if incident.since else "since an unknown time"
    head = f"{incident.application.name} ({health}), {incident.trouble.value} of {incident.resource} {began}"
    return clipped(one_line(f"{head}: {summary(incident)}", _LONGEST_INCIDENT * 2), _LONGEST_INCIDENT)


def judge(diagnoses: Sequence[Diagnosis]) -> Callable[[str], Queue | Refused]:
    """Return what reads the small model's answer; what it leaves out or names twice is worth a diagnosis."""

    def read(text: str) -> Queue | Refused:
        try:
            opinions = msgspec.json.decode(json_object(text), type=_Opinions).verdicts
        except (ValueError, RecursionError) as error:
            return Refused(f"the answer is not of the schema: {one_line(str(error), 200)}")
        return _queue(diagnoses, {one.incident: one for one in reversed(opinions)})

    return read


def _queue(diagnoses: Sequence[Diagnosis], opinions: dict[str, Opinion]) -> Queue:
    passed_over: dict[int, str] = {}
    groups: dict[int, list[int]] = {}
    leader: dict[str, int] = {}
    for index in by_urgency(diagnoses):
        identifier = f"I{index + 1}"
        opinion = opinions.get(identifier)
        if opinion and not opinion.worth:
            why = one_line(opinion.why, _LONGEST_WHY) or "no reason is given"
            passed_over[index] = f"the triage does not find it worth a diagnosis: {why}"
            continue
        cause = opinion.same_cause_as.strip() if opinion else ""
        if cause in leader and cause != identifier:
            leader[identifier] = leader[cause]
            groups[leader[cause]].append(index)
        else:
            leader[identifier] = index
            groups[index] = [index]
    ranked = sorted(groups, key=lambda index: (not is_down(diagnoses[index].incident), _rank(opinions, index)))
    return Queue(groups=tuple(tuple(groups[index]) for index in ranked), passed_over=passed_over)


def _rank(opinions: dict[str, Opinion], index: int) -> int:
    opinion = opinions.get(f"I{index + 1}")
    return opinion.rank if opinion else 0
