"""The repository itself, its branches and their protection, and what belongs to no repository."""

from __future__ import annotations

from gitops_bot.sandbox.forge.api import ApiError, Call, Route, invalid, last_modified, not_found
from gitops_bot.sandbox.forge.protection import is_protected
from gitops_bot.sandbox.forge.records import Dispatch
from gitops_bot.sandbox.forge.rest.shapes.commits import commit
from gitops_bot.sandbox.forge.rest.shapes.repository import full_repository, protection_url
from gitops_bot.sandbox.forge.state import timestamp
from gitops_bot.sandbox.http import Json, Response

MAXIMUM_EVENT_TYPE = 100
MAXIMUM_PAYLOAD_KEYS = 10
MAXIMUM_PAYLOAD = 65_535
SWITCHES = (
    "allow_merge_commit",
    "allow_squash_merge",
    "allow_rebase_merge",
    "allow_auto_merge",
    "delete_branch_on_merge",
    "private",
)


def _get(call: Call) -> Response:
    return Response.json(200, full_repository(call.state, call.viewer), last_modified(call.state.pushed_at))


def _update(call: Call) -> Response:
    call.actor()
    fields = call.fields()
    for name in SWITCHES:
        if name in fields:
            setattr(call.state.settings, name, fields.flag(name))
    if fields.given("description"):
        call.state.settings.description = fields.optional_text("description")
    return Response.json(200, full_repository(call.state, call.viewer))


def _branches(call: Call) -> Response:
    names = [(name.removeprefix("refs/heads/"), sha) for name, sha, _ in call.state.git.refs("refs/heads/")]

    def shape(branch: tuple[str, str]) -> Json:
        url = f"{call.state.repository_api}/commits/{branch[1]}"
        protected = is_protected(call.state, branch[0])
        return {"name": branch[0], "commit": {"sha": branch[1], "url": url}, "protected": protected}

    return call.page(names, shape)


def _branch_head(call: Call) -> str:
    sha = call.state.git.branch(call.arguments["branch"])
    if sha is None:
        raise ApiError(404, "Branch not found")
    return sha


def _branch(call: Call) -> Response:
    state, name = call.state, call.arguments["branch"]
    found = state.git.commit(_branch_head(call))
    if found is None:
        raise not_found()
    held = state.protections.get(name)
    contexts = (held.contexts or ()) if held else ()
    level = "off" if held is None else "everyone" if held.enforce_admins else "non_admins"
    return Response.json(
        200,
        {
            "name": name,
            "commit": commit(state, found),
            "_links": {"self": f"{state.repository_api}/branches/{name}", "html": f"{state.html}/tree/{name}"},
            "protected": held is not None,
            "protection": {
                "enabled": held is not None,
                "required_status_checks": {
                    "enforcement_level": level,
                    "contexts": contexts,
                    "checks": [{"context": context, "app_id": None} for context in contexts],
                },
            },
            "protection_url": protection_url(state, name),
        },
    )


def _dispatch(call: Call) -> Response:
    call.actor()
    fields = call.fields()
    event, payload = fields.text("event_type"), fields.raw("client_payload")
    if len(event) > MAXIMUM_EVENT_TYPE:
        raise invalid("Repository", "event_type", "custom", "event_type is too long (maximum is 100 characters)")
    if payload is not None and not isinstance(payload, dict):
        raise ApiError(422, "Invalid request.\n\nFor 'properties/client_payload', it is not an object.")
    if len(call.request.body) > MAXIMUM_PAYLOAD:
        raise ApiError(422, "client_payload is too large.")
    if payload and len(payload) > MAXIMUM_PAYLOAD_KEYS:
        raise ApiError(
            422, f"Invalid request.\n\nNo more than 10 properties are allowed; {len(payload)} were supplied."
        )
    call.state.dispatches.append(Dispatch(event, payload or {}, call.state.clock()))
    call.state.tell("repository_dispatch", event, call.actor(), client_payload=payload or {})
    return Response(204)


def _variable(call: Call, name: str) -> dict[str, Json]:
    moment = timestamp(call.state.created_at)
    return {"name": name, "value": call.state.variables[name], "created_at": moment, "updated_at": moment}


def _variables(call: Call) -> Response:
    return call.page(sorted(call.state.variables), lambda name: _variable(call, name), wrap="variables")


def _get_variable(call: Call) -> Response:
    name = call.arguments["variable"].upper()
    if name not in call.state.variables:
        raise not_found()
    return Response.json(200, _variable(call, name))


def _rate_limit(call: Call) -> Response:
    login = call.viewer.login if call.viewer else ""
    resources: dict[str, Json] = {
        name: call.state.limits.standing(login, name) for name in ("core", "search", "graphql")
    }
    return Response.json(200, {"resources": resources, "rate": resources["core"]})


ROOT = "/repos/{owner}/{repo}"
BRANCH = f"{ROOT}/branches/{{branch*}}"
ROUTES = (
    Route("GET", ROOT, _get),
    Route("PATCH", ROOT, _update),
    Route("GET", f"{ROOT}/branches", _branches),
    Route("GET", BRANCH, _branch),
    Route("POST", f"{ROOT}/dispatches", _dispatch),
    Route("GET", f"{ROOT}/actions/variables", _variables),
    Route("GET", f"{ROOT}/actions/variables/{{variable}}", _get_variable),
    Route("GET", "/rate_limit", _rate_limit),
)
