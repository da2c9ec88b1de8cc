"""What a comment asks for: its first line alone, letter by letter. Pure."""

from __future__ import annotations

import re
from enum import StrEnum

from msgspec import Struct

PREFIX = "/gitops-bot "
_LONGEST_SILENCE = 365
_GRAMMAR = re.compile(
    re.escape(PREFIX) + r"(?:(approve) ([0-9a-f]{7,40})|(silence) ([1-9][0-9]{0,2})|(retry|rebase|explain|undo|help))"
)
HELP = """\
On the first line of a comment, by people who may write to this repository:

- `/gitops-bot approve <sha>`: lets the pull request merge by itself; `<sha>` is the head that you have looked at
- `/gitops-bot rebase`: the next run rebuilds the branch
- `/gitops-bot retry`: lifts a silence, or has the next run look at this again
- `/gitops-bot silence <days>`: closes this and leaves its cause alone for 1 to 365 days
- `/gitops-bot explain`: why, and how to look for yourself
- `/gitops-bot undo`: proposes to take back what was merged; closes what was not
- `/gitops-bot help`: this list"""


class Word(StrEnum):
    """The commands; `unclear` is one that the grammar does not know."""

    APPROVE = "approve"
    REBASE = "rebase"
    RETRY = "retry"
    SILENCE = "silence"
    EXPLAIN = "explain"
    UNDO = "undo"
    HELP = "help"
    UNCLEAR = "unclear"


class Command(Struct, frozen=True):
    """One command: `argument` is a commit's id or its start (approve), a number of days (silence), or nothing."""

    word: Word
    argument: str = ""


def parse(body: str) -> Command | None:
    """Return the command on a comment's first line, None where that line is not addressed to the bot."""
    line = body.partition("\n")[0]
    if not line.startswith(PREFIX):
        return None
    found = _GRAMMAR.fullmatch(line.rstrip(" \t\r"))
    if found is None:
        return Command(Word.UNCLEAR)
    word, *argument = (part for part in found.groups() if part)
    command = Command(Word(word), *argument)
    too_long = command.word is Word.SILENCE and int(command.argument) > _LONGEST_SILENCE
    return Command(Word.UNCLEAR) if too_long else command
