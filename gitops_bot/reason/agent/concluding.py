"""From an answer that code believes to a diagnosis like that of any rule, with what a model had to do with it."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from msgspec.structs import replace

from gitops_bot.model.diagnosis import MODEL, Advised, Diagnosis, Escalate, Evidence, LeaveAlone, Remedy, cause_name
from gitops_bot.reason.agent.budget import Purse
from gitops_bot.reason.agent.loop import Abstain
from gitops_bot.reason.agent.verifying import SURE, Believed, reasoning
from gitops_bot.reason.conclusion import MOST_ROWS
from gitops_bot.reason.evidence import rows
from gitops_bot.reason.wording import one_line

_LONGEST_CAUSE = 600
_LONGEST_CHANGE = 600
_CENTS = Decimal("0.000001")


def conclude(before: Diagnosis, believed: Believed, purse: Purse, redact: Callable[[str], str]) -> Diagnosis | Abstain:
    """Return the diagnosis that takes the place of what the rules concluded `before`.

    Below 75 it asks a person, with the model's reasoning. A model never silences: only what the rules would leave alone
    may it leave alone, and of that it calls a person only where it is sure.
    """
    answer = believed.answer
    remedy = _remedy(before, believed)
    if isinstance(remedy, Abstain):
        return remedy
    cited = {identifier: one.row for identifier, one in believed.cited.items()}
    advice = Advised(
        models=tuple(purse.models),
        rule=before.rule,
        known_as=cause_name(before),
        reasoning=redact(reasoning(answer)),
        would_change=redact(one_line(answer.would_change, _LONGEST_CHANGE)),
        cited=cited,
        claimed=answer.confidence,
        calls=purse.calls,
        tokens=purse.tokens,
        dollars=purse.dollars.quantize(_CENTS),
    )
    return replace(
        before,
        rule=MODEL,
        cause_class=answer.cause_class,
        cause=redact(one_line(answer.diagnosis, _LONGEST_CAUSE)),
        evidence=_evidence(before, tuple(cited.values()), redact),
        confidence=believed.confidence,
        remedy=_redacted(remedy, redact),
        clear_signal=False,
        advice=advice,
    )


def _remedy(before: Diagnosis, believed: Believed) -> Remedy | Abstain:
    quiet = isinstance(before.remedy, LeaveAlone)
    if believed.confidence < SURE:
        if quiet:
            return Abstain(f"the model is not sure enough ({believed.confidence}) to say more than the rules do")
        return Escalate(reason=_unsure(believed))
    if isinstance(believed.remedy, LeaveAlone) and not quiet:
        return Escalate(reason=f"a model would leave it alone, which it may not decide: {believed.remedy.reason}")
    return believed.remedy


def _unsure(believed: Believed) -> str:
    said = f"a model concludes this with {believed.confidence} of 100, too little to act"
    if isinstance(believed.remedy, Escalate | LeaveAlone):
        return f"{said}: {believed.remedy.reason}"
    return f"{said}: {reasoning(believed.answer)}"


def _redacted(remedy: Remedy, redact: Callable[[str], str]) -> Remedy:
    if isinstance(remedy, Escalate | LeaveAlone):
        return replace(remedy, reason=redact(one_line(remedy.reason, _LONGEST_CAUSE)))
    return remedy


def _evidence(before: Diagnosis, cited: tuple[Evidence, ...], redact: Callable[[str], str]) -> tuple[Evidence, ...]:
    """Return what was cited, then the signals that were not, at most as many rows as a rule shows."""
    signals = (replace(row, value=redact(row.value)) for row in rows(before.incident.signals))
    known = {(row.signal, row.value) for row in cited}
    others = (row for row in signals if (row.signal, row.value) not in known)
    return (*cited, *others)[:MOST_ROWS]
