"""Writing: the texts of a remediation (pure), and the one place that carries it out through the forge."""

from gitops_bot.act.apply import Contents, apply
from gitops_bot.act.lifecycle import endings, next_step
from gitops_bot.act.proposing import Target
from gitops_bot.act.tending import answer, detain, end, rebuild, reword, show, sweep
from gitops_bot.act.texts.compose import compose, disclosable
from gitops_bot.act.texts.context import Context

__all__ = [
    "Contents",
    "Context",
    "Target",
    "answer",
    "apply",
    "compose",
    "detain",
    "disclosable",
    "end",
    "endings",
    "next_step",
    "rebuild",
    "reword",
    "show",
    "sweep",
]
