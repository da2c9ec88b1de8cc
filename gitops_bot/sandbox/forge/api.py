"""What every operation shares: the call that it gets, the errors that it may raise, bodies, pages and routes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import TypeAlias, TypeVar
from urllib.parse import unquote, urlencode

from gitops_bot.sandbox.forge.limits.refusals import DOCUMENTATION
from gitops_bot.sandbox.forge.records import Account, Issue, Token
from gitops_bot.sandbox.forge.state import State
from gitops_bot.sandbox.http import Json, Request, Response

Item = TypeVar("Item")


class ApiError(Exception):
    """An answer other than success: `status`, `message`, and GitHub's list of `errors` for a 422."""

    def __init__(self, status: int, message: str, errors: Sequence[Json] = ()) -> None:
        self.status = status
        self.message = message
        self.errors = errors
        super().__init__(message)

    def response(self) -> Response:
        """The error in GitHub's JSON."""
        value: dict[str, Json] = {"message": self.message}
        if self.errors:
            value["errors"] = self.errors
        return Response.json(self.status, {**value, "documentation_url": DOCUMENTATION, "status": str(self.status)})


def not_found() -> ApiError:
    """The answer to whatever does not exist."""
    return ApiError(404, "Not Found")


def invalid(resource: str, field: str, code: str = "invalid", message: str = "") -> ApiError:
    """A 422 about one field. `code` is GitHub's: missing, missing_field, invalid, already_exists, custom."""
    error: dict[str, Json] = {"resource": resource, "field": field, "code": code}
    return ApiError(422, "Validation Failed", [{**error, "message": message} if message else error])


class Fields:
    """A request's JSON object with typed getters: each raises ApiError 422 where the value has another type."""

    def __init__(self, value: object) -> None:
        if value is not None and not isinstance(value, dict):
            raise ApiError(400, "Body should be a JSON object")
        self._values: dict[str, object] = value or {}

    def __contains__(self, name: str) -> bool:
        return self._values.get(name) is not None

    def given(self, name: str) -> bool:
        """Whether the field is there, even as null."""
        return name in self._values

    def raw(self, name: str) -> object:
        """The value as it came."""
        return self._values.get(name)

    def text(self, name: str, default: str | None = None) -> str:
        """A string; required where there is no default."""
        value = self._values.get(name)
        if value is None and default is not None:
            return default
        if value is None:
            raise ApiError(422, f'Invalid request.\n\n"{name}" wasn\'t supplied.')
        if not isinstance(value, str):
            raise ApiError(422, f"Invalid request.\n\nFor 'properties/{name}', {value!r} is not a string.")
        return value

    def optional_text(self, name: str) -> str | None:
        """A string, None where it is missing or null."""
        return self.text(name) if name in self else None

    def flag(self, name: str, *, default: bool = False) -> bool:
        """A boolean."""
        value = self._values.get(name)
        if value is None:
            return default
        if not isinstance(value, bool):
            raise ApiError(422, f"Invalid request.\n\nFor 'properties/{name}', {value!r} is not a boolean.")
        return value

    def number(self, name: str) -> int | None:
        """An integer, None where it is missing."""
        value = self._values.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int):
            raise ApiError(422, f"Invalid request.\n\nFor 'properties/{name}', {value!r} is not an integer.")
        return value

    def items(self, name: str) -> list[object]:
        """A list, empty where it is missing."""
        value = self._values.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            raise ApiError(422, f"Invalid request.\n\nFor 'properties/{name}', {value!r} is not an array.")
        return value

    def texts(self, name: str) -> list[str]:
        """A list of strings."""
        values = self.items(name)
        if not all(isinstance(value, str) for value in values):
            raise ApiError(422, f"Invalid request.\n\nFor 'properties/{name}', an item is not a string.")
        return [str(value) for value in values]

    def below(self, name: str) -> Fields:
        """An object inside, empty where it is missing."""
        return Fields(self._values.get(name))

    def moment(self, name: str) -> datetime | None:
        """A time in ISO 8601, None where it is missing."""
        return parse_moment(self.text(name)) if name in self else None


def last_modified(moment: datetime) -> dict[str, str]:
    """The header with which GitHub says when a resource has changed."""
    return {"last-modified": format_datetime(moment.astimezone(UTC), usegmt=True)}


def parse_moment(text: str) -> datetime:
    """Read an ISO 8601 time with a zone. Raises ApiError 422."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ApiError(422, f"Invalid request.\n\n{text!r} is not a valid date-time.") from error
    if moment.tzinfo is None:
        raise ApiError(422, f"Invalid request.\n\n{text!r} has no time zone.")
    return moment


@dataclass(frozen=True)
class Call:
    """One operation's input: the state, the request, the path's arguments (decoded) and the token (None: nobody's)."""

    state: State
    request: Request
    arguments: Mapping[str, str]
    token: Token | None

    @property
    def viewer(self) -> Account | None:
        """Who asks."""
        return self.token.account if self.token else None

    def fields(self) -> Fields:
        """The request's body. Raises ApiError 400 where it is no JSON object."""
        try:
            return Fields(self.request.json())
        except ValueError as error:
            raise ApiError(400, "Problems parsing JSON") from error

    def actor(self) -> Account:
        """Who writes; what the account may do was checked before. Raises ApiError 401 for nobody."""
        if self.token is None:
            raise ApiError(401, "Requires authentication")
        return self.token.account

    def number(self, name: str) -> int:
        """A number out of the path; anything else is a 404."""
        text = self.arguments[name]
        if not text.isdecimal() or len(text) > 18:
            raise not_found()
        return int(text)

    def issue(self) -> Issue:
        """The issue or pull request whose number stands in the path."""
        found = self.state.issues.get(self.number("number"))
        if found is None:
            raise not_found()
        return found

    def commit_id(self, name: str = "ref") -> str:
        """The commit that a branch, a tag or an id in the path means. Raises ApiError 422 as GitHub does."""
        text = self.arguments[name]
        found = self.state.git.resolve(text.removeprefix("heads/")) or self.state.git.resolve(text)
        if found is None:
            raise ApiError(422, f"No commit found for SHA: {text}")
        return found

    def page(self, items: Sequence[Item], shape: Callable[[Item], Json], *, wrap: str = "", **more: Json) -> Response:
        """One page of `items` with GitHub's Link header.

        `wrap` names the list inside an object that has `total_count`, and `more`, beside it.
        """
        size = min(max(_whole(self.request.parameter("per_page"), 30), 1), 100)
        page = max(_whole(self.request.parameter("page"), 1), 1)
        last = max((len(items) + size - 1) // size, 1)
        shown = [shape(item) for item in items[(page - 1) * size : page * size]]
        headers = {"link": self._links(page, last)} if last > 1 else {}
        if not wrap:
            return Response.json(200, shown, headers)
        return Response.json(200, {"total_count": len(items), **more, wrap: shown}, headers)

    def _links(self, page: int, last: int) -> str:
        targets = {"prev": page - 1, "next": page + 1, "last": last, "first": 1}
        if page <= 1:
            targets = {"next": page + 1, "last": last}
        elif page >= last:
            targets = {"prev": page - 1, "first": 1}
        rest = [(name, value) for name, value in self.request.query if name != "page"]
        root = f"{self.state.base_url}{self.request.path}"
        parts = [f'<{root}?{urlencode([*rest, ("page", str(to))])}>; rel="{rel}"' for rel, to in targets.items()]
        return ", ".join(parts)


Operation: TypeAlias = Callable[[Call], Response]


class Route:
    """One operation's place. `{name}` takes one segment of the path, `{name*}` takes several."""

    def __init__(self, method: str, pattern: str, operation: Operation) -> None:
        self.method = method
        self.operation = operation
        escaped = re.escape(pattern).replace(r"\{", "{").replace(r"\}", "}").replace(r"\*", "*")
        several = re.sub(r"{(\w+)\*}", r"(?P<\1>.+)", escaped)
        self._expression = re.compile(re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", several))

    def match(self, method: str, path: str) -> dict[str, str] | None:
        """The path's arguments, percent-decoded, where method and path are this route's."""
        if method != self.method:
            return None
        found = self._expression.fullmatch(path)
        return {name: unquote(value) for name, value in found.groupdict().items()} if found else None


def find_route(routes: Sequence[Route], method: str, path: str) -> tuple[Operation, dict[str, str]] | None:
    """The first route that takes the request, with the path's arguments."""
    for route in routes:
        arguments = route.match(method, path)
        if arguments is not None:
            return route.operation, arguments
    return None


def _whole(text: str, default: int) -> int:
    return int(text) if text.isdecimal() and len(text) < 9 else default
