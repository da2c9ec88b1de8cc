"""Proof by rendering: what a candidate moves, in all that read the files, against what it should move."""

from gitops_bot.prove.intent import Expectation
from gitops_bot.prove.proof import prove
from gitops_bot.prove.together import joined, prove_together

__all__ = ["Expectation", "joined", "prove", "prove_together"]
