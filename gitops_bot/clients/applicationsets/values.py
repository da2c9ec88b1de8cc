"""What goes into an ApplicationSet's expansion and what comes out of it."""

from __future__ import annotations

from msgspec import Struct

from gitops_bot.clients.definition import sources_in
from gitops_bot.model.application import ApplicationSpec
from gitops_bot.model.json import Json
from gitops_bot.model.source import Source

Parameters = dict[str, Json]


class ParameterSet(Struct, frozen=True):
    """What one generated Application's template is filled with, and the files that the values come from."""

    values: Parameters
    files: frozenset[str] = frozenset()


class Generated(Struct, frozen=True, kw_only=True):
    """One Application as its ApplicationSet makes it, with the parameters and generators' files that it is made of."""

    name: str
    namespace: str
    body: dict[str, Json]
    spec: ApplicationSpec
    values: Parameters
    files: frozenset[str]

    @property
    def sources(self) -> tuple[Source, ...]:
        """The sources in order."""
        return sources_in(self.spec)


class Expansion(Struct, frozen=True):
    """The Applications that an ApplicationSet makes, by name."""

    applications: dict[str, Generated]


class NotExpandable(Exception):
    """What the ApplicationSet makes cannot be told from this repository alone; `reason` says to a person why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ExpansionFailed(Exception):
    """The ApplicationSet or a generator's file is wrong, and Argo CD would make nothing of it; `message` says how."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
