"""What code decides of a model's answer: nothing in it is believed that was not shown to the model.

An answer that breaks a rule is refused with the exact reason, which the model is told once. One that is well-formed and
asks for what no machine may do becomes an escalation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct

from gitops_bot.model.diagnosis import (
    ACTIONS,
    Escalate,
    IgnoreDifference,
    LeaveAlone,
    Remedy,
    Resync,
    RevertRelease,
    SetField,
)
from gitops_bot.model.incident import Incident, Trouble
from gitops_bot.model.resource import ResourceKey
from gitops_bot.model.signal import FieldDrifted
from gitops_bot.reason.agent.answer import (
    CAUSE_CLASSES,
    NO_ACTION,
    Answer,
    Wish,
    WishedEscalation,
    WishedField,
    WishedIgnorance,
    WishedPeace,
    WishedResync,
    WishedRevert,
    read_answer,
)
from gitops_bot.reason.agent.evidence import Exhibit, objects
from gitops_bot.reason.agent.fields import field_problem, pointer_problem
from gitops_bot.reason.wording import listed, one_line
from gitops_bot.redaction.placeholders import PLACEHOLDER

SURE = 75
# Words alone, which anybody may write into a log or a runbook, are no ground for a change.
WORDS_ALONE = 70
# A model is never surer than the surest rule.
MOST = 95
_MOST_POINTERS = 16
_MOST_CITED = 20
_LONGEST_REASON = 600
_LONGEST_REASONING = 1_500


class Refused(Struct, frozen=True):
    """Why an answer cannot be used, in words for the model and for people."""

    reason: str


class Believed(Struct, frozen=True, kw_only=True):
    """An answer after every check: the remedy that code has made of it, and how sure that is (0 to 100)."""

    answer: Answer
    remedy: Remedy
    confidence: int
    cited: dict[str, Exhibit]


def verify(
    text: str, incident: Incident, shown: Mapping[str, Exhibit], calibrate: Callable[[int], int]
) -> Believed | Refused:
    """Return what may be believed of an answer's text; `shown` is the evidence that the model has seen, by id."""
    try:
        answer = read_answer(text)
    except (ValueError, RecursionError) as error:
        return Refused(f"the answer is not of the schema: {one_line(str(error), 200)}")
    if problem := _form(answer, shown):
        return Refused(problem)
    remedy = _remedy(answer.remedy, incident)
    if isinstance(remedy, Refused):
        return remedy
    if ACTIONS.get(type(remedy), NO_ACTION) != answer.action and not isinstance(remedy, Escalate):
        return Refused(f"action {answer.action!r} does not fit the remedy {answer.remedy.__struct_config__.tag!r}")
    cited = {identifier: shown[identifier] for identifier in dict.fromkeys(answer.evidence)}
    return Believed(answer=answer, remedy=remedy, confidence=_sureness(answer, cited, calibrate), cited=cited)


def _form(answer: Answer, shown: Mapping[str, Exhibit]) -> str:
    if not 0 <= answer.confidence <= 100:
        return f"confidence is 0 to 100, not {answer.confidence}"
    if answer.cause_class not in CAUSE_CLASSES:
        return f"there is no cause class {one_line(answer.cause_class, 60)!r}"
    if not answer.diagnosis.strip():
        return "the diagnosis is empty"
    if not answer.evidence:
        return "no evidence is cited: name at least one id"
    unknown = [name for name in answer.evidence if name not in shown]
    if unknown:
        return f"there is no evidence {listed(one_line(name, 30) for name in unknown)}; there is {', '.join(shown)}"
    return f"cite at most {_MOST_CITED} pieces of evidence" if len(answer.evidence) > _MOST_CITED else ""


def _sureness(answer: Answer, cited: Mapping[str, Exhibit], calibrate: Callable[[int], int]) -> int:
    allowed = MOST if any(one.factual for one in cited.values()) else WORDS_ALONE
    return max(0, min(allowed, calibrate(answer.confidence)))


def _remedy(wish: Wish, incident: Incident) -> Remedy | Refused:
    match wish:
        case WishedRevert():
            return _revert(wish, incident)
        case WishedResync():
            return _resync(wish, incident)
        case WishedField():
            return _set(wish, incident)
        case WishedIgnorance():
            return _ignore(wish, incident)
        case WishedEscalation():
            return Escalate(reason=_reason(wish.reason))
        case WishedPeace():
            return LeaveAlone(reason=_reason(wish.reason))


def _reason(text: str) -> str:
    return one_line(text, _LONGEST_REASON) or "the model gives no reason"


def reasoning(answer: Answer) -> str:
    """Return the model's reasoning on one line, capped."""
    return one_line(answer.reasoning, _LONGEST_REASONING)


def _object(name: str, incident: Incident) -> ResourceKey | Refused | Escalate:
    """Return the object of this application that a model names."""
    parts = name.split("/")
    if len(parts) != 4:
        return Refused(f"{one_line(name, 100)!r} is not GROUP/KIND/NAMESPACE/NAME")
    key = ResourceKey("" if parts[0] == "core" else parts[0], *parts[1:])
    if key.protected:
        return Escalate(reason=f"a model would change {one_line(str(key), 200)}, which only a person may change")
    if key not in objects(incident):
        return Refused(f"{one_line(name, 200)!r} is none of the objects of this application that were listed")
    return key


def _pointers(pointers: tuple[str, ...]) -> str:
    if len(pointers) > _MOST_POINTERS:
        return f"name at most {_MOST_POINTERS} fields"
    problems = (f"{one_line(one, 100)!r} {problem}" for one in pointers if (problem := pointer_problem(one)))
    return next(problems, "")


def _revert(wish: WishedRevert, incident: Incident) -> Remedy | Refused:
    if not wish.resource:
        if incident.trouble is Trouble.RENDER and not wish.fields:
            return RevertRelease(resource=None)
        return Refused("revert-release needs a resource, save where rendering itself fails")
    key = _object(wish.resource, incident)
    if not isinstance(key, ResourceKey):
        return key
    problem = _pointers(wish.fields)
    return Refused(problem) if problem else RevertRelease(resource=key, fields=tuple(dict.fromkeys(wish.fields)))


def _resync(wish: WishedResync, incident: Incident) -> Remedy | Refused:
    if not incident.application.automated:
        return Refused("Argo CD does not sync this application by itself: no commit has it synced")
    keys: list[ResourceKey] = []
    for name in dict.fromkeys(wish.resources):
        key = _object(name, incident)
        if not isinstance(key, ResourceKey):
            return key
        keys.append(key)
    return Resync(resources=tuple(keys))


def _set(wish: WishedField, incident: Incident) -> Remedy | Refused:
    key = _object(wish.resource, incident)
    if not isinstance(key, ResourceKey):
        return key
    if PLACEHOLDER.search(str(wish.value)):
        return Refused("the value holds a placeholder for what was hidden: it cannot be written to Git")
    problem = field_problem(incident, key, wish.pointer, wish.value)
    if problem:
        return Refused(one_line(problem))
    return SetField(resource=key, pointer=wish.pointer, value=wish.value)


def _ignore(wish: WishedIgnorance, incident: Incident) -> Remedy | Refused:
    key = _object(wish.resource, incident)
    if not isinstance(key, ResourceKey):
        return key
    if not wish.pointers:
        return Refused("ignore-difference needs at least one pointer")
    if problem := _pointers(wish.pointers):
        return Refused(problem)
    drifted = {one.pointer for one in incident.signals if isinstance(one, FieldDrifted) and one.resource == key}
    others = [pointer for pointer in wish.pointers if pointer not in drifted]
    if others:
        return Refused(f"{listed(one_line(one, 100) for one in others)} has not drifted")
    return IgnoreDifference(resource=key, pointers=tuple(dict.fromkeys(wish.pointers)))
