"""Which permission an operation needs, and what is said to those who lack it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from gitops_bot.sandbox.forge.api import ApiError
from gitops_bot.sandbox.forge.records import Issue, Token
from gitops_bot.sandbox.forge.state import State

NOT_FOR_INTEGRATIONS = "Resource not accessible by integration"
NOT_FOR_ACTIONS = "GitHub Actions is not permitted to create or approve pull requests."
NO_PUSH_ACCESS = "Must have push access to repository"
LEVELS = ("", "read", "write", "admin")
REPOSITORY = re.compile(r"/repos/[^/]+/[^/]+(?P<below>/.*)?")
# The first family whose expression is the path below the repository names the permissions; one of them is enough.
FAMILIES: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = tuple(
    (re.compile(path), names)
    for path, names in (
        (r"/pulls/\d+/merge", ("contents",)),
        (r"/pulls(/.*)?", ("pull_requests",)),
        (r"/issues/(comments|\d+)(/.*)?|/labels(/.*)?", ("issues", "pull_requests")),
        (r"/issues(/.*)?", ("issues",)),
        (r"/statuses/.*|/commits/.+/status(es)?", ("statuses",)),
        (r"/check-runs(/.*)?|/commits/.+/check-runs", ("checks",)),
        (r"/branches/.+/protection", ("administration",)),
        (r"/rules/.*|/collaborators/.*|", ("metadata",)),
        (r"/actions/variables(/.*)?", ("actions_variables",)),
        (r"/(git|contents|commits|compare|branches|dispatches)(/.*)?", ("contents",)),
    )
)
# What people may do who may not push: they talk.
OPEN_TO_ALL = re.compile(r"POST /(issues|pulls/\d+/reviews|issues/(\d+/(comments|reactions)|comments/\d+/reactions))")
OF_THE_AUTHOR = re.compile(r"(PATCH|DELETE) /(issues|pulls)/(?P<kind>comments/)?(?P<number>\d+)")


def accepted(method: str, path: str) -> str:
    """What GitHub names in `x-accepted-github-permissions` for an operation; empty where it needs none."""
    found = REPOSITORY.fullmatch(path)
    below = (found["below"] or "") if found else ""
    names = next((names for expression, names in FAMILIES if expression.fullmatch(below)), ()) if found else ()
    level = "read" if method in {"GET", "HEAD"} else "write"
    return "; ".join(
        f"{'administration' if name == 'metadata' and level == 'write' else name}={level}" for name in names
    )


def is_granted(token: Token, wanted: str) -> bool:
    """Whether one of the permissions in `wanted` (as `accepted` gives them) is the token's."""
    if token.permissions is None or not wanted:
        return True
    asked = [each.partition("=") for each in wanted.split("; ")]
    held = {"metadata": "read", **token.permissions}
    return any(LEVELS.index(held.get(name, "")) >= LEVELS.index(level) for name, _, level in asked)


def check_access(state: State, token: Token | None, method: str, path: str) -> None:
    """Refuse an operation before anything is done. Raises ApiError 401 and 403."""
    reading = method in {"GET", "HEAD"}
    if token is None:
        if not reading:
            raise ApiError(401, "Requires authentication")
        return
    if reading and not state.settings.private:
        return
    wanted = _of_an_issue(state, path, accepted(method, path))
    if not is_granted(token, wanted):
        raise ApiError(403, NOT_FOR_INTEGRATIONS)
    found = REPOSITORY.fullmatch(path)
    if reading or found is None or token.account.may_push:
        return
    if token.account.kind == "Bot":
        raise ApiError(403, NOT_FOR_INTEGRATIONS)
    below = f"{method} {found['below'] or ''}"
    if not OPEN_TO_ALL.fullmatch(below) and not _is_own(state, token, below):
        raise ApiError(403, NO_PUSH_ACCESS)


def _of_an_issue(state: State, path: str, wanted: str) -> str:
    """What is asked for where both kinds of conversation share a path: an issue is no pull request."""
    number = re.fullmatch(r".*/issues/(\d+)(/.*)?", path)
    issue = state.issues.get(int(number[1])) if number else None
    return wanted if issue is None or issue.pull else wanted.partition("; ")[0]


def _is_own(state: State, token: Token, below: str) -> bool:
    found = OF_THE_AUTHOR.fullmatch(below)
    if found is None:
        return False
    number = int(found["number"])
    held = state.comments.get(number) if found["kind"] else state.issues.get(number)
    return held is not None and held.user.login == token.account.login


def check_mutation(token: Token, permissions: Iterable[str], issue: Issue | None = None) -> None:
    """The same for GraphQL: every one of `permissions` (contents, pull_requests, issues) is needed. Raises ApiError."""
    own = issue is not None and issue.user.login == token.account.login
    if not all(is_granted(token, f"{name}=write") for name in permissions):
        raise ApiError(403, NOT_FOR_INTEGRATIONS)
    if not token.account.may_push and not (own and token.account.kind == "User"):
        raise ApiError(403, NOT_FOR_INTEGRATIONS if token.account.kind == "Bot" else NO_PUSH_ACCESS)


def check_actions(state: State, token: Token | None) -> None:
    """Refuse a workflow's own token what the repository's settings forbid it. Raises ApiError 403."""
    if token is not None and token.workflow and not state.settings.actions_may_open_pulls:
        raise ApiError(403, NOT_FOR_ACTIONS)
