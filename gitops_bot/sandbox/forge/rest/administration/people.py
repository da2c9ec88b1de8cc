"""Accounts, and what each may do here."""

from __future__ import annotations

from gitops_bot.sandbox.forge.api import ApiError, Call, Route, not_found
from gitops_bot.sandbox.forge.records import ROLES, Account
from gitops_bot.sandbox.forge.rest.shapes.repository import private_user, user
from gitops_bot.sandbox.http import Response

# The four levels of `permission`; the role itself stands in `role_name`.
LEVEL_OF_ROLE = {"maintain": "write", "triage": "read"}


def _held(call: Call) -> Account:
    found = call.state.account(call.arguments["login"])
    if found is None:
        raise ApiError(404, f"{call.arguments['login']} is not a user")
    return found


def _permission(call: Call) -> Response:
    held = _held(call)
    level = LEVEL_OF_ROLE.get(held.standing, held.standing)
    return Response.json(200, {"permission": level, "role_name": held.standing, "user": user(call.state, held)})


def _is_collaborator(call: Call) -> Response:
    if ROLES.index(_held(call).standing) < ROLES.index("read"):
        raise not_found()
    return Response(204)


def _user(call: Call) -> Response:
    return Response.json(200, private_user(call.state, _held(call)))


def _me(call: Call) -> Response:
    if call.token is None:
        raise ApiError(401, "Requires authentication")
    if call.token.workflow:
        raise ApiError(403, "Resource not accessible by integration")
    return Response.json(200, private_user(call.state, call.token.account))


COLLABORATOR = "/repos/{owner}/{repo}/collaborators/{login}"
ROUTES = (
    Route("GET", f"{COLLABORATOR}/permission", _permission),
    Route("GET", COLLABORATOR, _is_collaborator),
    Route("GET", "/users/{login}", _user),
    Route("GET", "/user", _me),
)
