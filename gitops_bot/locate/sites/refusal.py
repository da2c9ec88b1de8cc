"""Why nothing in Git sets a field that could be edited, and what would make it so."""

from __future__ import annotations

from gitops_bot.clients.fleet import Fleet
from gitops_bot.locate.sites.answer import Constant
from gitops_bot.locate.sites.assembly import Assembly
from gitops_bot.locate.sites.trial import Trials


def constants(fleet: Fleet, trials: Trials, assembly: Assembly) -> tuple[Constant, ...]:
    return ()


def unexpressed(trials: Trials, assembly: Assembly, lines: tuple[Constant, ...]) -> str:
    return trials.refused or trials.failed or "no place found"
