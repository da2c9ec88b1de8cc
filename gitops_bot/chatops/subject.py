"""What a command is about, what it knows, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from gitops_bot.chatops.grammar import Command
from gitops_bot.clients.forge import LABEL, PREFIX, Comment, Conversation, Forge
from gitops_bot.guard import Policy
from gitops_bot.marker import DASHBOARD, Marker, read_marker


class Outcome(StrEnum):
    """What came of a command, as the reaction that says so."""

    DONE = "rocket"
    REFUSED = "-1"
    UNCLEAR = "confused"


class Answer(Struct, frozen=True):
    """What came of a command, and the reply's Markdown."""

    outcome: Outcome
    text: str


def done(text: str) -> Answer:
    """Return the answer to a command that was carried out, or whose wish was true already."""
    return Answer(Outcome.DONE, text)


def refused(text: str) -> Answer:
    """Return the answer to a command that was not carried out; `text` says why and what can be done."""
    return Answer(Outcome.REFUSED, text)


class Asked(Struct, frozen=True, kw_only=True):
    """One command with all that carrying it out needs. `policy` reads the default branch's; `now` is in UTC."""

    command: Command
    comment: Comment
    about: Conversation
    marker: Marker
    forge: Forge
    policy: Callable[[], Policy]
    now: datetime


def note_of(comment: Comment) -> str:
    """Return what marks all that is written for a comment, so that it is written once."""
    return f"chatops-{comment.id}"


def marker_of(about: Conversation, repository: str) -> Marker | None:
    """Return what an issue or a pull request of the bot's in `repository` (OWNER/NAME) says of itself, else None."""
    if about.is_pull:
        # A fork may call its branches as it likes.
        own = about.branch.startswith(PREFIX) and about.home.lower() == repository.lower()
    else:
        own = LABEL in about.labels
    marker = read_marker(about.body) if own else None
    return None if marker is None or marker.fingerprint == DASHBOARD else marker
