"""The one loop in which a model is asked, its tools are run, and its answer is judged."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from gitops_bot.model.dialogue import Handed, LanguageModel, Reply, Request, Said, Stop, ToolResult, Turn
from gitops_bot.reason.agent.budget import Exhausted, Purse
from gitops_bot.reason.agent.toolbox import Toolbox
from gitops_bot.reason.agent.verifying import Refused

_AGAIN = "Your answer cannot be used: {}. Answer once more, with exactly one JSON object of the schema."
_LAST = "This was the last call of tools: answer now."

Believed = TypeVar("Believed")
Judge = Callable[[str], Believed | Refused]


class Abstain(Struct, frozen=True):
    """No diagnosis came of it, with the reason in words for a person; `asked` says that a model was paid for it."""

    reason: str
    asked: bool = False


def converse(
    model: LanguageModel, request: Request, toolbox: Toolbox, purse: Purse, judge: Judge[Believed]
) -> Believed | Abstain:
    """Return what `judge` makes of the model's final answer.

    All tools that a turn calls are run and answered. An answer that is cut off, refused, empty or that `judge` refuses
    is asked for once more, then it is an Abstain; so is the end of any bound. Raises ModelUnavailable.
    """
    forgiven = False
    while True:
        try:
            reply = purse.ask(model, request)
        except Exhausted as error:
            return Abstain(f"budget: {error}")
        if reply.heard.calls and reply.stop in {Stop.TOOLS, Stop.ANSWERED}:
            if not purse.calls_left:
                return Abstain("budget: it called tools until all turns were used")
            note = _LAST if purse.calls_left == 1 else ""
            results = toolbox.answer(reply.heard.calls, note)
            request = replace(request, turns=(*request.turns, reply.heard, Handed(results=results)))
            continue
        outcome = _judged(reply, judge)
        if not isinstance(outcome, Refused):
            return outcome
        if forgiven:
            return Abstain(f"{model.name} was asked twice: {outcome.reason}")
        forgiven = True
        request = replace(request, turns=_again(request.turns, reply, _AGAIN.format(outcome.reason)))


def _judged(reply: Reply, judge: Judge[Believed]) -> Believed | Refused:
    if reply.stop is Stop.TRUNCATED:
        return Refused("the answer was cut off for its length")
    if reply.stop is Stop.REFUSED:
        return Refused("the model refused to answer")
    if not reply.heard.text.strip():
        return Refused("the answer is empty")
    return judge(reply.heard.text)


def _again(turns: tuple[Turn, ...], reply: Reply, note: str) -> tuple[Turn, ...]:
    """Return the turns with which the model is asked once more.

    Only a whole answer is kept: providers take no empty turn and no call of a tool that has no result.
    """
    heard = reply.heard
    if reply.stop is Stop.ANSWERED and heard.text.strip():
        return (*turns, heard, Said(text=note))
    last = turns[-1]
    if isinstance(last, Said):
        return (*turns[:-1], Said(text=f"{last.text}\n\n{note}"))
    if isinstance(last, Handed):
        return (*turns[:-1], Handed(results=_noted(last.results, note)))
    return (*turns, Said(text=note))


def _noted(results: tuple[ToolResult, ...], note: str) -> tuple[ToolResult, ...]:
    return (*results[:-1], replace(results[-1], text=f"{results[-1].text}\n\n{note}"))
