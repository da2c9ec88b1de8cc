"""Reasoning by language models where rules do not decide. Pure: models, tools and the clock are handed in."""

from gitops_bot.reason.agent.adviser import RULES_ONLY, Advice, Counsel, advise
from gitops_bot.reason.agent.budget import Limits
from gitops_bot.reason.agent.evidence import Marks
from gitops_bot.reason.agent.loop import Abstain
from gitops_bot.reason.agent.undecided import undecided

__all__ = ["RULES_ONLY", "Abstain", "Advice", "Counsel", "Limits", "Marks", "advise", "undecided"]
