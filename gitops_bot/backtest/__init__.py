"""Past incidents played against the reasoning that is to be judged: cases → decisions → scores."""

from __future__ import annotations

from gitops_bot.backtest.cases import Case, read_cases
from gitops_bot.backtest.expectation import Expected
from gitops_bot.backtest.playing import Decision, Reasoner, Verdicts, play, rules_alone, with_models
from gitops_bot.backtest.report import as_json, as_text
from gitops_bot.backtest.scoring import Score, scored

__all__ = [
    "Case",
    "Decision",
    "Expected",
    "Reasoner",
    "Score",
    "Verdicts",
    "as_json",
    "as_text",
    "play",
    "read_cases",
    "rules_alone",
    "scored",
    "with_models",
]
