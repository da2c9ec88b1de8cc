"""What every answer of the API carries: limits, permissions, ETag and date, and 304 for who has it already."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime

from gitops_bot.sandbox.forge.limits.refusals import primary_limit, secondary_limit
from gitops_bot.sandbox.forge.records import Token
from gitops_bot.sandbox.forge.state import State
from gitops_bot.sandbox.http import Request, Response

CREATING = {"POST", "PUT"}


@dataclass(frozen=True)
class Asked:
    """A request of the API: `path` below its root, whose limit it counts against, whether it makes content."""

    request: Request
    path: str
    token: Token | None
    resource: str
    creating: bool
    permissions: str = ""

    @property
    def login(self) -> str:
        """The account that asks, empty for nobody."""
        return self.token.account.login if self.token else ""


def limited(state: State, asked: Asked, work: Callable[[], Response]) -> Response:
    """The answer of `work`, unless a limit is reached; with the headers that every answer has."""
    if asked.path != "/rate_limit" and state.limits.spent(asked.login, asked.resource):
        return _headed(state, asked, primary_limit(_owner(asked), graphql=asked.resource == "graphql"))
    wait = state.limits.wait_for_creation(asked.login) if asked.creating else 0
    if wait:
        return _headed(state, asked, secondary_limit(wait, creating=True))
    response = _conditional(asked, work())
    if asked.creating and response.status < 400:
        state.limits.create(asked.login, asked.request.method, asked.path)
    free = response.status == 304 and asked.token is not None
    if asked.path != "/rate_limit" and not free:
        state.limits.count(asked.login, asked.resource)
    return _headed(state, asked, response)


def _owner(asked: Asked) -> str:
    account = asked.token.account if asked.token else None
    if account is None:
        return "127.0.0.1. (But here's the good news: Authenticated requests get a higher rate limit.)"
    return f"{'installation' if account.kind == 'Bot' else 'user'} ID {account.id}"


def _conditional(asked: Asked, response: Response) -> Response:
    """The answer with its ETag, 304 where the caller has it already. As at GitHub, another token has other ETags."""
    if asked.request.method != "GET" or response.status != 200:
        return response
    digest = hashlib.sha256(asked.request.headers.get("authorization", "").encode() + b"\0" + response.body).hexdigest()
    headers = {**response.headers, "etag": f'W/"{digest}"', "cache-control": "private, max-age=60, s-maxage=60"}
    held, since = asked.request.headers.get("if-none-match"), asked.request.headers.get("if-modified-since")
    known = _same_tag(held, headers["etag"]) if held else _not_newer(headers.get("last-modified"), since)
    return replace(response, status=304, headers=headers, body=b"") if known else replace(response, headers=headers)


def _same_tag(held: str, tag: str) -> bool:
    return tag.removeprefix("W/") in {each.strip().removeprefix("W/") for each in held.split(",")}


def _not_newer(modified: str | None, since: str | None) -> bool:
    if modified is None or since is None:
        return False
    try:
        return parsedate_to_datetime(modified) <= parsedate_to_datetime(since)
    except (ValueError, TypeError):
        return False


def _headed(state: State, asked: Asked, response: Response) -> Response:
    headers = dict(response.headers)
    for key, value in state.limits.standing(asked.login, asked.resource).items():
        headers.setdefault(f"x-ratelimit-{key}", str(value))
    headers["x-ratelimit-resource"] = asked.resource
    headers["x-github-media-type"] = "github.v3; format=json"
    if asked.permissions and asked.token is not None:
        headers["x-accepted-github-permissions"] = asked.permissions
    return replace(response, headers=headers)
