"""The answers of a forge that has had enough, in GitHub's words."""

from __future__ import annotations

from gitops_bot.sandbox.http import Response

DOCUMENTATION = "https://docs.github.com/rest"
RATE_LIMITS = f"{DOCUMENTATION}/using-the-rest-api/rate-limits-for-the-rest-api"
SECONDARY = "You have exceeded a secondary rate limit"


def primary_limit(owner: str, *, graphql: bool) -> Response:
    """Nothing is left of the hour's requests; GraphQL says so under status 200. `owner` is whose limit it is."""
    message = f"API rate limit exceeded for {owner}."
    if graphql:
        return Response.json(200, {"errors": [{"type": "RATE_LIMITED", "message": message}]})
    return Response.json(403, {"message": message, "documentation_url": RATE_LIMITS, "status": "403"})


def secondary_limit(retry_after: int, *, creating: bool = False) -> Response:
    """Too much at once; with `creating` too much content made at once. `retry_after` in seconds."""
    blocked = " and have been temporarily blocked from content creation. Please retry your request again later."
    wait = ". Please wait a few minutes before you try again."
    documentation = f"{RATE_LIMITS}#about-secondary-rate-limits"
    body = {"message": SECONDARY + (blocked if creating else wait), "documentation_url": documentation, "status": "403"}
    return Response.json(403, body, {"retry-after": str(retry_after)})
