"""Guard, for all proposals of a run: which of them are one, and each in its turn."""

from gitops_bot.judging.judged import judged

__all__ = ["judged"]
