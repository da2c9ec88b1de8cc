"""How the forge says no, and the words for the person who has to mend it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from gitops_bot.errors import ConfigurationError, GitopsBotError, SourceUnavailable

_LIMIT = re.compile(r"rate limit|abuse detection", re.IGNORECASE)
_PROTECTED = re.compile(
    r"protected branch|rule violations?|must be made through a pull request|required status check"
    r"|cannot (update|force-push to) this (protected )?branch|GH006|GH013",
    re.IGNORECASE,
)
_NO_PULL_REQUESTS = re.compile(r"not permitted to create or approve pull requests", re.IGNORECASE)
_WORKFLOWS = re.compile(r"without `?workflows?`? (permission|scope)", re.IGNORECASE)
_LONGEST = 300


class HeadMoved(SourceUnavailable):
    """The branch is no longer where it was expected: somebody else has committed."""


class BranchProtected(SourceUnavailable):
    """The branch takes changes by pull request only."""


class Refused(SourceUnavailable):
    """The forge understood and refused; `status` is its HTTP status, `said` and `kind` are its own words."""

    def __init__(self, what: str, *, status: int, said: str, where: str, advice: str, kind: str = "") -> None:
        super().__init__(what, where=where, found=f"HTTP {status}: {said}", advice=advice)
        self.status = status
        self.said = said
        self.kind = kind

    @property
    def protects(self) -> bool:
        """Whether it refused because the branch takes no direct changes."""
        return _PROTECTED.search(self.said) is not None


class AnswerError(Exception):
    """An answer other than success, before it is worded: `status` is 0 where no answer came at all."""

    def __init__(self, status: int, message: str, headers: Mapping[str, str] | None = None, kind: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.message = " ".join(message.split())[:_LONGEST]
        self.headers = {name.lower(): value for name, value in (headers or {}).items()}
        self.kind = kind

    @property
    def uncertain(self) -> bool:
        """Whether the server may have done the work all the same."""
        vague = self.status == 200 and self.message.startswith("Something went wrong")
        return self.status == 0 or self.status >= 500 or vague

    @property
    def limited(self) -> bool:
        """Whether the request was turned away for being one too many."""
        spent = self.status == 403 and self.headers.get("x-ratelimit-remaining") == "0"
        by_text = self.status in {200, 403} and _LIMIT.search(self.message) is not None
        return self.status == 429 or self.kind == "RATE_LIMITED" or spent or by_text

    def wait(self, now: float) -> float:
        """Return the seconds that the forge asks to wait; `now` is the Unix time."""
        asked = self.headers.get("retry-after", "")
        if asked.isdecimal():
            return float(asked)
        reset = self.headers.get("x-ratelimit-reset", "")
        if self.headers.get("x-ratelimit-remaining") == "0" and reset.isdecimal():
            return max(float(reset) - now, 1.0)
        return 60.0


def worded(answer: AnswerError, what: str, where: str, permission: str) -> GitopsBotError:
    """Return the error for people; `permission` is what the operation needs, as a workflow writes it."""
    if answer.limited:
        return SourceUnavailable(
            f"the forge limits us, so it did not {what}",
            where=where,
            found=_found(answer),
            advice="What is left is written by the next run; run less often or use a GitHub App's token.",
        )
    if answer.uncertain:
        return SourceUnavailable(
            f"the forge failed, so it did not {what}",
            where=where,
            found=_found(answer),
            advice="Look at the forge's status page; the next run completes what was begun.",
        )
    if answer.status == 401:
        return ConfigurationError(
            "the forge does not accept the token",
            where=where,
            found=_found(answer),
            expected="a valid GITHUB_TOKEN",
            advice="It has expired, was revoked, or belongs to another server than GITHUB_API_URL names.",
        )
    if 300 <= answer.status < 400:
        return ConfigurationError(
            f"the repository or the forge has another name now, so the bot did not {what}",
            where=where,
            found=_found(answer),
            expected="the present OWNER/NAME in GITHUB_REPOSITORY, and the present address in GITHUB_API_URL",
            advice="Redirects are not followed. A workflow that starts now has both by itself.",
        )
    if _WORKFLOWS.search(answer.message):
        return ConfigurationError(
            f"the token may not write workflow files, so the bot did not {what}",
            where=where,
            found=_found(answer),
            expected="a GitHub App's token with the permission `workflows: write`",
            advice="No line under `permissions:` grants that to GITHUB_TOKEN.",
        )
    forbidden = answer.status == 403 or answer.kind == "FORBIDDEN"
    if forbidden and not _PROTECTED.search(answer.message):
        return _forbidden(answer, what, where, permission)
    return _refused(answer, what, where, permission)


def _forbidden(answer: AnswerError, what: str, where: str, permission: str) -> ConfigurationError:
    if _NO_PULL_REQUESTS.search(answer.message):
        return ConfigurationError(
            "workflows of this repository may not open pull requests",
            where=where,
            found=_found(answer),
            advice="Turn on Settings, Actions, General, `Allow GitHub Actions to create and approve pull requests`, "
            "or use a GitHub App's token.",
        )
    asked = answer.headers.get("x-accepted-github-permissions", "")
    needed = " and ".join(f"`{one}`" for one in permission.split(", "))
    many = "s" if ", " in permission else ""
    return ConfigurationError(
        f"the token may not {what}",
        where=where,
        found=_found(answer),
        expected=f"the permission{many} {needed}" + (f" (the forge names {asked})" if asked else ""),
        advice=f"Add under the job's `permissions:` the line{many} {needed}, or grant it to the GitHub App.",
    )


def _refused(answer: AnswerError, what: str, where: str, permission: str) -> Refused:
    if answer.status == 404 or answer.kind == "NOT_FOUND":
        advice = f"Check GITHUB_REPOSITORY and GITHUB_API_URL; a token without `{permission}` is answered so as well."
        return Refused(
            f"the forge knows nothing to {what}", status=404, said=answer.message, where=where, advice=advice
        )
    advice = "The next run plans on the state as it is then."
    status = 422 if answer.status == 200 else answer.status
    return Refused(
        f"the forge refused to {what}",
        status=status,
        said=answer.message,
        where=where,
        advice=advice,
        kind=answer.kind,
    )


def _found(answer: AnswerError) -> str:
    said = f": {answer.message}" if answer.message else ""
    return f"HTTP {answer.status}{said}" if answer.status else f"no answer{said}"
