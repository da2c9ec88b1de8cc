"""A comment is read, judged and answered: once, however often its event is delivered and wherever a run is killed.

The order carries that: what was asked for is done in steps that may be repeated, then comes the reaction, then the
reply, which is looked for before anything else is done. Whoever finds it has nothing left to do.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from gitops_bot.chatops.approving import approve
from gitops_bot.chatops.event import Told
from gitops_bot.chatops.explaining import explain
from gitops_bot.chatops.grammar import HELP, Command, Word, parse
from gitops_bot.chatops.subject import Answer, Asked, Outcome, done, marker_of, note_of, refused
from gitops_bot.chatops.tending import rebase, retry, silence, undo
from gitops_bot.clients.forge import Comment, Forge
from gitops_bot.guard import Policy
from gitops_bot.untrusted import code

_SEEN = "eyes"
_MAY_WRITE = {"write", "maintain", "admin"}
_NOTHING = "nothing to do"
_NOT_OURS = refused("This is none of the bot's own pull requests, and none of the issues in which it asks a person.")

COMMANDS: dict[Word, Callable[[Asked], Answer]] = {
    Word.APPROVE: approve,
    Word.REBASE: rebase,
    Word.RETRY: retry,
    Word.SILENCE: silence,
    Word.EXPLAIN: explain,
    Word.UNDO: undo,
}


def answer_comment(told: Told | None, forge: Forge, policy: Callable[[], Policy], now: datetime) -> str:
    """Carry out what a comment asks for and answer it; return one line for the log. `now` is in UTC.

    Raises what the forge raises; the same event delivered again then completes what was begun.
    """
    if told is None:
        return f"{_NOTHING}: the event is no new comment of a person"
    command = parse(told.body)
    if command is None:
        return f"{_NOTHING}: the comment's first line is no command"
    comment = forge.comment(told.id)
    if comment is None or comment.edited or (comment.body, comment.login) != (told.body, told.login):
        return f"{_NOTHING}: the comment is not there any more as it was written"
    granted = forge.permission(comment.login)
    if not comment.person or not granted.person or comment.login.endswith("[bot]"):
        return f"{_NOTHING}: {comment.login} is no person"
    if granted.level not in _MAY_WRITE:
        who, level = code(comment.login), code(granted.level)
        answer = refused(f"Commands are for people who may write to this repository; {who} has {level}.")
        _say(forge, comment, answer)
    elif command.word in {Word.HELP, Word.UNCLEAR}:
        answer = done(HELP) if command.word is Word.HELP else Answer(Outcome.UNCLEAR, f"I do not know that.\n\n{HELP}")
        _say(forge, comment, answer)
    else:
        return _carry_out(command, comment, forge, policy, now)
    return _summary(command, comment, answer)


def _carry_out(command: Command, comment: Comment, forge: Forge, policy: Callable[[], Policy], now: datetime) -> str:
    seen = forge.react(comment.id, _SEEN)
    if forge.answered(comment.number, note_of(comment), comment.at, seen.login):
        summary = f"{_NOTHING}: the comment was answered already"
    else:
        about = forge.conversation(comment.number)
        marker = marker_of(about, forge.name)
        answer = _NOT_OURS
        if marker is not None:
            asked = Asked(
                command=command, comment=comment, about=about, marker=marker, forge=forge, policy=policy, now=now
            )
            answer = COMMANDS[command.word](asked)
        _say(forge, comment, answer)
        summary = _summary(command, comment, answer)
    forge.unreact(comment.id, seen.id)
    return summary


def _say(forge: Forge, comment: Comment, answer: Answer) -> None:
    own = forge.react(comment.id, answer.outcome.value).login
    forge.comment_once(comment.number, answer.text, note_of(comment), since=comment.at, author=own)


def _summary(command: Command, comment: Comment, answer: Answer) -> str:
    said = answer.text.partition("\n")[0]
    return f"{command.word} by {comment.login} on #{comment.number}: {answer.outcome.name.lower()}: {said}"
