"""The repository itself, its branches and their protection, and what belongs to no repository."""

from __future__ import annotations

from gitops_bot.sandbox.forge.api import ApiError, Call, Route, invalid, not_found
from gitops_bot.sandbox.forge.branches import write_protected_list
from gitops_bot.sandbox.forge.records import Dispatch, Protection
from gitops_bot.sandbox.forge.rest.shapes.commits import commit
from gitops_bot.sandbox.forge.rest.shapes.repository import (
    full_repository,
    private_user,
    protection,
    protection_url,
    user,
)
from gitops_bot.sandbox.forge.state import timestamp
from gitops_bot.sandbox.http import Json, Response

REQUESTS_PER_HOUR = 5000
MAXIMUM_EVENT_TYPE = 100
MAXIMUM_PAYLOAD_KEYS = 10
SWITCHES = (
    "allow_merge_commit",
    "allow_squash_merge",
    "allow_rebase_merge",
    "allow_auto_merge",
    "delete_branch_on_merge",
    "private",
)


def _get(call: Call) -> Response:
    return Response.json(200, full_repository(call.state))


def _update(call: Call) -> Response:
    call.actor()
    fields = call.fields()
    for name in SWITCHES:
        if name in fields:
            setattr(call.state.settings, name, fields.flag(name))
    if fields.given("description"):
        call.state.settings.description = fields.optional_text("description")
    return Response.json(200, full_repository(call.state))


def _branches(call: Call) -> Response:
    names = [(name.removeprefix("refs/heads/"), sha) for name, sha, _ in call.state.git.refs("refs/heads/")]

    def shape(branch: tuple[str, str]) -> Json:
        url = f"{call.state.repository_api}/commits/{branch[1]}"
        protected = branch[0] in call.state.protections
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


def _get_protection(call: Call) -> Response:
    _branch_head(call)
    held = call.state.protections.get(call.arguments["branch"])
    if held is None:
        raise ApiError(404, "Branch not protected")
    return Response.json(200, protection(call.state, call.arguments["branch"], held))


def _put_protection(call: Call) -> Response:
    call.actor()
    _branch_head(call)
    fields = call.fields()
    checks, reviews = fields.below("required_status_checks"), fields.below("required_pull_request_reviews")
    contexts = checks.texts("contexts")
    for item in checks.items("checks"):
        name = item.get("context") if isinstance(item, dict) else None
        if isinstance(name, str) and name not in contexts:
            contexts.append(name)
    held = Protection(
        contexts=tuple(contexts) if "required_status_checks" in fields else None,
        strict=checks.flag("strict"),
        approvals=(reviews.number("required_approving_review_count") or 0)
        if "required_pull_request_reviews" in fields
        else None,
        enforce_admins=fields.flag("enforce_admins"),
        dismiss_stale=reviews.flag("dismiss_stale_reviews"),
        code_owners=reviews.flag("require_code_owner_reviews"),
    )
    call.state.protections[call.arguments["branch"]] = held
    write_protected_list(call.state)
    return Response.json(200, protection(call.state, call.arguments["branch"], held))


def _delete_protection(call: Call) -> Response:
    call.actor()
    if call.state.protections.pop(call.arguments["branch"], None) is None:
        raise ApiError(404, "Branch not protected")
    write_protected_list(call.state)
    return Response(204)


def _rules(call: Call) -> Response:
    return call.page((), lambda rule: rule)


def _dispatch(call: Call) -> Response:
    call.actor()
    fields = call.fields()
    event, payload = fields.text("event_type"), fields.raw("client_payload")
    if len(event) > MAXIMUM_EVENT_TYPE:
        raise invalid("Repository", "event_type", "custom", "event_type is too long (maximum is 100 characters)")
    if payload is not None and not isinstance(payload, dict):
        raise ApiError(422, "Invalid request.\n\nFor 'properties/client_payload', it is not an object.")
    if payload and len(payload) > MAXIMUM_PAYLOAD_KEYS:
        raise ApiError(
            422, f"Invalid request.\n\nNo more than 10 properties are allowed; {len(payload)} were supplied."
        )
    call.state.dispatches.append(Dispatch(event, payload or {}, call.state.clock()))
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


def _permission(call: Call) -> Response:
    login = call.arguments["login"].lower()
    known = next((one for one in call.state.accounts.values() if one.login.lower() == login), None)
    if known is None:
        raise ApiError(404, f"{call.arguments['login']} is not a user")
    level = "write" if known.can_write else "read"
    return Response.json(200, {"permission": level, "role_name": level, "user": user(call.state, known)})


def _me(call: Call) -> Response:
    if call.viewer is None:
        raise ApiError(401, "Requires authentication")
    return Response.json(200, private_user(call.state, call.viewer))


def _rate_limit(call: Call) -> Response:
    limit: dict[str, Json] = rate(call)
    return Response.json(200, {"resources": {"core": limit, "search": limit, "graphql": limit}, "rate": limit})


def rate(call: Call) -> dict[str, Json]:
    """The caller's standing against the hourly limit, which is told and not enforced: faults do that on request."""
    return call.state.rate(REQUESTS_PER_HOUR)


ROOT = "/repos/{owner}/{repo}"
BRANCH = f"{ROOT}/branches/{{branch*}}"
ROUTES = (
    Route("GET", ROOT, _get),
    Route("PATCH", ROOT, _update),
    Route("GET", f"{ROOT}/branches", _branches),
    Route("GET", f"{BRANCH}/protection", _get_protection),
    Route("PUT", f"{BRANCH}/protection", _put_protection),
    Route("DELETE", f"{BRANCH}/protection", _delete_protection),
    Route("GET", BRANCH, _branch),
    Route("GET", f"{ROOT}/rules/branches/{{branch*}}", _rules),
    Route("POST", f"{ROOT}/dispatches", _dispatch),
    Route("GET", f"{ROOT}/actions/variables", _variables),
    Route("GET", f"{ROOT}/actions/variables/{{variable}}", _get_variable),
    Route("GET", f"{ROOT}/collaborators/{{login}}/permission", _permission),
    Route("GET", "/user", _me),
    Route("GET", "/rate_limit", _rate_limit),
)
