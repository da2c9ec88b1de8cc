"""The protection of a branch."""

from __future__ import annotations

from gitops_bot.sandbox.forge.api import ApiError, Call, Fields, Route
from gitops_bot.sandbox.forge.records import Protection
from gitops_bot.sandbox.forge.rest.shapes.repository import protection
from gitops_bot.sandbox.http import Response


def _branch(call: Call) -> str:
    name = call.arguments["branch"]
    if call.state.git.branch(name) is None:
        raise ApiError(404, "Branch not found")
    return name


def _get(call: Call) -> Response:
    branch = _branch(call)
    held = call.state.protections.get(branch)
    if held is None:
        raise ApiError(404, "Branch not protected")
    return Response.json(200, protection(call.state, branch, held))


def _contexts(checks: Fields) -> tuple[str, ...]:
    names = checks.texts("contexts")
    for item in checks.items("checks"):
        name = item.get("context") if isinstance(item, dict) else None
        if isinstance(name, str) and name not in names:
            names.append(name)
    return tuple(names)


def _put(call: Call) -> Response:
    call.actor()
    branch, fields = _branch(call), call.fields()
    checks, reviews = fields.below("required_status_checks"), fields.below("required_pull_request_reviews")
    pushers = fields.below("restrictions")
    held = Protection(
        contexts=_contexts(checks) if "required_status_checks" in fields else None,
        strict=checks.flag("strict"),
        approvals=(reviews.number("required_approving_review_count") or 0)
        if "required_pull_request_reviews" in fields
        else None,
        enforce_admins=fields.flag("enforce_admins"),
        dismiss_stale=reviews.flag("dismiss_stale_reviews"),
        code_owners=reviews.flag("require_code_owner_reviews"),
        pushers=_pushers(pushers) if "restrictions" in fields else None,
        allow_force_pushes=fields.flag("allow_force_pushes"),
        allow_deletions=fields.flag("allow_deletions"),
        linear_history=fields.flag("required_linear_history"),
    )
    call.state.protections[branch] = held
    return Response.json(200, protection(call.state, branch, held))


def _pushers(restrictions: Fields) -> tuple[str, ...]:
    """The logins of people and, with their `[bot]`, of apps."""
    return (*restrictions.texts("users"), *(f"{slug}[bot]" for slug in restrictions.texts("apps")))


def _delete(call: Call) -> Response:
    call.actor()
    if call.state.protections.pop(call.arguments["branch"], None) is None:
        raise ApiError(404, "Branch not protected")
    return Response(204)


PROTECTION = "/repos/{owner}/{repo}/branches/{branch*}/protection"
ROUTES = (Route("GET", PROTECTION, _get), Route("PUT", PROTECTION, _put), Route("DELETE", PROTECTION, _delete))
