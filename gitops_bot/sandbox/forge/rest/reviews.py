"""Reviews and requests for them."""

from __future__ import annotations

from gitops_bot.sandbox.forge.api import ApiError, Call, Route, not_found
from gitops_bot.sandbox.forge.permissions import check_actions
from gitops_bot.sandbox.forge.records import Account, Issue, Review
from gitops_bot.sandbox.forge.rest.pulls import pull_of
from gitops_bot.sandbox.forge.rest.shapes.issues import pull_simple, review
from gitops_bot.sandbox.forge.rest.shapes.repository import user
from gitops_bot.sandbox.http import Response

STATES = {"APPROVE": "APPROVED", "REQUEST_CHANGES": "CHANGES_REQUESTED", "COMMENT": "COMMENTED"}


def _list(call: Call) -> Response:
    issue, pull = pull_of(call)
    return call.page(pull.reviews, lambda each: review(call.state, issue, each))


def _create(call: Call) -> Response:
    actor, fields = call.actor(), call.fields()
    issue, pull = pull_of(call)
    if fields.text("event", "COMMENT") == "APPROVE":
        check_actions(call.state, call.token)
    event, body = fields.text("event", "COMMENT"), fields.text("body", "")
    if event not in STATES:
        raise ApiError(422, f"Invalid request.\n\n{event} is not a member of {sorted(STATES)}.")
    if event != "COMMENT" and actor.login == issue.user.login:
        verb = "approve" if event == "APPROVE" else "request changes on"
        raise ApiError(422, "Unprocessable Entity", [f"Can not {verb} your own pull request"])
    if event != "APPROVE" and not body.strip():
        raise ApiError(422, "Unprocessable Entity", ["Body can't be blank"])
    given = Review(
        call.state.new_id(), actor, body, STATES[event], fields.text("commit_id", pull.head_sha), call.state.clock()
    )
    pull.reviews.append(given)
    if actor.login in pull.reviewers:
        pull.reviewers.remove(actor.login)
    issue.updated_at = given.submitted_at
    call.state.tell("pull_request_review", "submitted", actor, issue, review=given.id)
    return Response.json(200, review(call.state, issue, given))


def _held(call: Call) -> tuple[Issue, Review]:
    issue, pull = pull_of(call)
    wanted = call.number("review")
    found = next((each for each in pull.reviews if each.id == wanted), None)
    if found is None:
        raise not_found()
    return issue, found


def _get(call: Call) -> Response:
    return Response.json(200, review(call.state, *_held(call)))


def _dismiss(call: Call) -> Response:
    actor, (issue, found) = call.actor(), _held(call)
    call.fields().text("message")
    if found.state not in {"APPROVED", "CHANGES_REQUESTED"}:
        raise ApiError(422, "Unprocessable Entity", ["Can not dismiss a commented pull request review"])
    found.state = "DISMISSED"
    call.state.tell("pull_request_review", "dismissed", actor, issue, review=found.id)
    return Response.json(200, review(call.state, issue, found))


def _requested(call: Call) -> Response:
    _, pull = pull_of(call)
    return Response.json(200, {"users": [user(call.state, Account(login)) for login in pull.reviewers], "teams": []})


def _request(call: Call) -> Response:
    call.actor()
    issue, pull = pull_of(call)
    fields = call.fields()
    for login in fields.texts("reviewers"):
        if login == issue.user.login:
            raise ApiError(422, "Review cannot be requested from pull request author.")
        if login not in pull.reviewers:
            pull.reviewers.append(login)
    pull.team_reviewers += [team for team in fields.texts("team_reviewers") if team not in pull.team_reviewers]
    return Response.json(201, pull_simple(call.state, issue, pull))


def _withdraw(call: Call) -> Response:
    call.actor()
    issue, pull = pull_of(call)
    gone = call.fields().texts("reviewers")
    pull.reviewers = [login for login in pull.reviewers if login not in gone]
    return Response.json(200, pull_simple(call.state, issue, pull))


ROOT = "/repos/{owner}/{repo}/pulls/{number}"
ROUTES = (
    Route("GET", f"{ROOT}/reviews", _list),
    Route("POST", f"{ROOT}/reviews", _create),
    Route("GET", f"{ROOT}/reviews/{{review}}", _get),
    Route("PUT", f"{ROOT}/reviews/{{review}}/dismissals", _dismiss),
    Route("GET", f"{ROOT}/requested_reviewers", _requested),
    Route("POST", f"{ROOT}/requested_reviewers", _request),
    Route("DELETE", f"{ROOT}/requested_reviewers", _withdraw),
)
