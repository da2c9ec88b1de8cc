"""Turning what happened into events, kept for whoever wants to run a workflow on them."""

from __future__ import annotations

import json
from collections import deque
from dataclasses import dataclass
from pathlib import Path

from gitops_bot.sandbox.forge.events.payloads import payload
from gitops_bot.sandbox.forge.records import Token
from gitops_bot.sandbox.forge.state import State

EVENTS_KEPT = 1_000


@dataclass(frozen=True)
class Event:
    """One event: `name` as GITHUB_EVENT_NAME has it, `body` the JSON of its payload.

    `starts_workflows` is False for what a workflow's own token did: GitHub starts none for it.
    """

    name: str
    action: str
    sender: str
    body: bytes
    starts_workflows: bool = True

    def json(self) -> object:
        """The payload."""
        return json.loads(self.body)

    def write(self, folder: Path) -> Path:
        """Write the payload into a file of `folder`, as GITHUB_EVENT_PATH names one; returns its path."""
        path = folder / f"{self.name}.json"
        path.write_bytes(self.body)
        return path


class Events:
    """The last thousand events, oldest first."""

    def __init__(self) -> None:
        self._kept: deque[Event] = deque(maxlen=EVENTS_KEPT)

    def deliver(self, state: State, token: Token | None) -> None:
        """Tell what has happened since the last delivery, by `token`."""
        happened, state.happened = state.happened, []
        for one in happened:
            starts = not (token and token.workflow) or one.name == "repository_dispatch"
            body = json.dumps(payload(state, one), ensure_ascii=False).encode("utf-8", "surrogatepass")
            self._kept.append(Event(one.name, one.action, one.actor.login, body, starts))

    def named(self, name: str = "", action: str = "") -> list[Event]:
        """The events of one name and one action, or of all where these are empty."""
        return [each for each in self._kept if name in {"", each.name} and action in {"", each.action}]
