"""The two connections to one forge, opened when they are first used and closed together."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Self

from gitops_bot.clients.forge.exchange import Exchange
from gitops_bot.clients.forge.graphql import GraphQL
from gitops_bot.clients.forge.pacing import Pacing

if TYPE_CHECKING:
    from github import Github
    from github.Repository import Repository

    from gitops_bot.clients.pushing import Pusher

_PAGE = 100


class Connection:
    """Knows the repository (OWNER/NAME) at a forge; a context manager, closed once.

    `api_url` is the REST API's root, `graphql_url` the GraphQL endpoint, `server_url` the root of the pages. `sleep`
    waits seconds, `now` gives the Unix time; `pacing` spaces the writes; `pusher` gives the way to write commits where
    the forge has no GraphQL.
    """

    def __init__(
        self,
        *,
        api_url: str,
        graphql_url: str,
        server_url: str,
        repository: str,
        token: str,
        pacing: Pacing | None = None,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], float] = time.time,
        timeout: float = 20.0,
        pusher: Callable[[], Pusher] | None = None,
    ) -> None:
        self.name = repository
        self.server_url = server_url.rstrip("/")
        self._api_url = api_url.rstrip("/")
        self._token = token
        self._pusher = pusher
        self._without_graphql = False
        self._timeout = timeout
        self._github: Github | None = None
        self._known: dict[str, tuple[str, list[object]]] = {}
        self._graphql = GraphQL(graphql_url, token, timeout)
        where = f"{self._api_url}/repos/{repository}"
        self._exchange = Exchange(where, pacing or Pacing(sleep=sleep), sleep, now)

    def close(self) -> None:
        """Close both connections."""
        self._graphql.close()
        if self._github is not None:
            self._github.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _repository(self) -> Repository:
        """Return PyGithub's view of the repository; nothing is asked of the forge by that."""
        if self._github is None:
            from github import Auth, Github

            # We pace, wait and repeat by ourselves: PyGithub repeats writes without looking whether they were done.
            self._github = Github(
                base_url=self._api_url,
                auth=Auth.Token(self._token),
                timeout=int(self._timeout),
                per_page=_PAGE,
                retry=None,
                seconds_between_requests=None,
                seconds_between_writes=None,
                lazy=True,
                user_agent="gitops-bot",
            )
        return self._github.get_repo(self.name)
