"""Proof by rendering: what a candidate moves, in all that read the files, against what it should move."""

from gitops_bot.prove.intent import Expectation
from gitops_bot.prove.proof import prove

__all__ = ["Expectation", "prove"]
