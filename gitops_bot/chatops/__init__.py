"""Commands in comments: `/gitops-bot WORD`, from people who may write, on what is the bot's own."""

from gitops_bot.chatops.answering import answer_comment
from gitops_bot.chatops.event import read_comment

__all__ = ["answer_comment", "read_comment"]
