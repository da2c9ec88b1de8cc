"""The comment with which the bot closes what it opened."""

from __future__ import annotations

from datetime import datetime

from gitops_bot.act.lifecycle import End, Ending
from gitops_bot.act.texts.body import moment
from gitops_bot.model.change import ChangeState
from gitops_bot.untrusted import code, prose

_MOST_NAMES = 10


def ending_comment(ending: End, now: datetime) -> str:
    """Return the comment: why it is closed, and what that means for the next time. `now` is in UTC."""
    change = ending.change
    names = ", ".join(code(name, 63) for name in change.applications[:_MOST_NAMES]) or "The application"
    many = len(change.applications) > 1
    said = {
        Ending.HEALED: f"{names} {'are' if many else 'is'} healthy and in sync again, seen {moment(now)}.",
        Ending.SUPERSEDED: f"The cause is another one by now: {ending.reason} treats it.",
        Ending.WITHDRAWN: f"This can no longer be vouched for: {prose(ending.reason, 400)}. A person is asked instead.",
        Ending.REPLACED: f"The bot can act by now: {ending.reason}.",
    }[ending.ending]
    what = "issue" if change.state is ChangeState.ESCALATED else "pull request"
    return f"{said}\n\nSo this {what} is closed. Nothing is silenced: should the trouble come back, so does the bot."
