"""The two connections to one forge, opened when they are first used and closed together."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self
from urllib.parse import urlencode

from gitops_bot.clients.forge.answers import Answers
from gitops_bot.clients.forge.errors import AnswerError
from gitops_bot.clients.forge.exchange import Exchange, Pacing
from gitops_bot.clients.forge.graphql import GraphQL

if TYPE_CHECKING:
    from github import Github
    from github.Repository import Repository

    from gitops_bot.clients.pushing import Pusher

_PAGE = 100
# How a server answers that has no GraphQL at all.
NO_SUCH_SERVICE = {404, 405, 410, 501}


class Connection:
    """Knows the repository (OWNER/NAME) at a forge; a context manager, closed once.

    `api_url` is the REST API's root, `graphql_url` the GraphQL endpoint, `server_url` the root of the pages. `sleep`
    waits seconds, `now` gives the Unix time; `pacing` spaces the writes; `pusher` gives the way to write commits where
    the forge has no GraphQL; `cache` is a folder that keeps answers for later runs.
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
        cache: Path | None = None,
    ) -> None:
        self.name = repository
        self.server_url = server_url.rstrip("/")
        self._api_url = api_url.rstrip("/")
        self._token = token
        self._pusher = pusher
        self._without_graphql = False
        self._login = ""
        self._timeout = timeout
        self._github: Github | None = None
        self._answers = Answers(cache, token, now)
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

            from gitops_bot.clients.forge.redirects import NoRedirects

            # We pace, wait and repeat by ourselves: PyGithub repeats writes without looking whether they were done.
            self._github = Github(
                base_url=self._api_url,
                auth=Auth.Token(self._token),
                timeout=int(self._timeout),
                per_page=_PAGE,
                retry=NoRedirects.made(),
                seconds_between_requests=None,
                seconds_between_writes=None,
                lazy=True,
                user_agent="gitops-bot",
            )
        return self._github.get_repo(self.name)

    def _get(self, path: str = "", **asked: str) -> object:
        """Return the JSON at a path below the repository; where it is known, it is only sent again if it changed."""
        repository = self._repository()
        url = f"{repository.url}/{path}" if path else repository.url
        name = f"{self._api_url}/repos/{self.name}/{path}?{urlencode(sorted(asked.items()))}"
        known = self._answers.known(name)
        headers = {"If-None-Match": known.tag} if known else {}
        answered, data = repository.requester.requestJsonAndCheck("GET", url, parameters=asked, headers=headers)
        if data is None and known:
            return known.body
        self._answers.keep(name, str(answered.get("etag", "")), data)
        return data

    def login(self) -> str:
        """Return the login of the account that the token is for."""
        if not self._login:
            self._login = self._exchange.read("read whose the token is", self._whose, "metadata: read")
        return self._login

    def _whose(self) -> str:
        try:
            return self._graphql.viewer()
        except AnswerError as answer:
            if answer.status not in NO_SUCH_SERVICE:
                raise
            # A server without GraphQL. GitHub itself tells this to people's tokens only.
            return str(self._repository().requester.requestJsonAndCheck("GET", "/user")[1]["login"])
