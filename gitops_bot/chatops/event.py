"""The event that started the workflow: a hint that somebody has written something, to be read again from the forge."""

from __future__ import annotations

from pathlib import Path

import msgspec
from msgspec import Struct

from gitops_bot.errors import ConfigurationError

EVENT = "issue_comment"
_PERSON = "User"
_ADVICE = "Run this in a workflow with `on: issue_comment`, as docs/examples/chatops.yml does."


class Told(Struct, frozen=True, kw_only=True):
    """What the event says of a new comment: its id, its text, and who wrote it."""

    id: int
    body: str
    login: str


class _User(Struct, frozen=True):
    login: str
    type: str = ""


class _Comment(Struct, frozen=True):
    id: int
    created_at: str
    updated_at: str
    body: str | None = None
    user: _User | None = None


class _Event(Struct, frozen=True):
    action: str
    comment: _Comment


def read_comment(name: str, path: str) -> Told | None:
    """Return the comment that GITHUB_EVENT_NAME and GITHUB_EVENT_PATH tell of.

    None for other events, for comments that were edited or deleted, and for those of bots and apps. Raises
    ConfigurationError where there is no event that can be read.
    """
    if not name or not path:
        missing = "GITHUB_EVENT_PATH" if name else "GITHUB_EVENT_NAME"
        raise ConfigurationError(f"{missing} is not set", where="environment", advice=_ADVICE)
    if name != EVENT:
        return None
    try:
        event = msgspec.json.decode(Path(path).read_bytes(), type=_Event)
    except (OSError, msgspec.DecodeError) as error:
        # OSError's own words name the path again.
        found = error.strerror if isinstance(error, OSError) else str(error)
        raise ConfigurationError(
            "the event cannot be read", where=path, found=found or "", expected=f"{EVENT} as JSON", advice=_ADVICE
        ) from error
    comment, user = event.comment, event.comment.user
    unchanged = event.action == "created" and comment.updated_at == comment.created_at
    if not unchanged or user is None or user.type != _PERSON or user.login.endswith("[bot]"):
        return None
    return Told(id=comment.id, body=comment.body or "", login=user.login)
