"""Comments and reactions."""

from __future__ import annotations

from gitops_bot.sandbox.forge.api import Call, Route, invalid, last_modified, not_found, parse_moment
from gitops_bot.sandbox.forge.pulls import check_body
from gitops_bot.sandbox.forge.records import Account, Comment, Issue, Reaction
from gitops_bot.sandbox.forge.rest.shapes.issues import REACTIONS, comment, reaction
from gitops_bot.sandbox.forge.state import State
from gitops_bot.sandbox.http import Response


def add_comment(state: State, actor: Account, issue: Issue, body: str) -> Comment:
    """Add a comment to a conversation. Raises ApiError 422 for an empty or overlong one."""
    if not body.strip():
        raise invalid("IssueComment", "body", "missing_field")
    check_body(body, "IssueComment")
    now = state.clock()
    made = Comment(state.new_id(), issue.number, actor, body, now, now)
    state.comments[made.id] = made
    issue.updated_at = now
    state.tell("issue_comment", "created", actor, issue, made)
    return made


def _page(call: Call, held: list[Comment]) -> Response:
    since = parse_moment(call.request.parameter("since")) if call.request.parameter("since") else None
    shown = [each for each in held if since is None or each.updated_at >= since]
    return call.page(shown, lambda each: comment(call.state, each))


def _list(call: Call) -> Response:
    return _page(call, call.state.comments_of(call.issue().number))


def _list_all(call: Call) -> Response:
    return _page(call, list(call.state.comments.values()))


def _create(call: Call) -> Response:
    made = add_comment(call.state, call.actor(), call.issue(), call.fields().text("body"))
    location = f"{call.state.repository_api}/issues/comments/{made.id}"
    return Response.json(201, comment(call.state, made), {"location": location})


def _held(call: Call) -> Comment:
    found = call.state.comments.get(call.number("comment"))
    if found is None:
        raise not_found()
    return found


def _get(call: Call) -> Response:
    held = _held(call)
    return Response.json(200, comment(call.state, held), last_modified(held.updated_at))


def _update(call: Call) -> Response:
    actor = call.actor()
    held, body = _held(call), call.fields().text("body")
    check_body(body, "IssueComment")
    before = held.body
    held.body, held.updated_at = body, call.state.clock()
    issue = call.state.issues[held.issue]
    call.state.tell("issue_comment", "edited", actor, issue, held, changes={"body": {"from": before}})
    return Response.json(200, comment(call.state, held))


def _delete(call: Call) -> Response:
    held = _held(call)
    call.state.tell("issue_comment", "deleted", call.actor(), call.state.issues[held.issue], held)
    del call.state.comments[held.id]
    return Response(204)


def _reactions(call: Call) -> list[Reaction]:
    return _held(call).reactions if "comment" in call.arguments else call.issue().reactions


def _list_reactions(call: Call) -> Response:
    wanted = call.request.parameter("content")
    shown = [each for each in _reactions(call) if not wanted or each.content == wanted]
    return call.page(shown, lambda each: reaction(call.state, each))


def _react(call: Call) -> Response:
    actor, held, content = call.actor(), _reactions(call), call.fields().text("content")
    if content not in REACTIONS:
        raise invalid("Reaction", "content")
    known = next((each for each in held if (each.user.login, each.content) == (actor.login, content)), None)
    if known:
        return Response.json(200, reaction(call.state, known))
    made = Reaction(call.state.new_id(), actor, content, call.state.clock())
    held.append(made)
    return Response.json(201, reaction(call.state, made))


def _unreact(call: Call) -> Response:
    call.actor()
    held, wanted = _reactions(call), call.number("reaction")
    known = next((each for each in held if each.id == wanted), None)
    if known is None:
        raise not_found()
    held.remove(known)
    return Response(204)


ROOT = "/repos/{owner}/{repo}/issues"
COMMENT = f"{ROOT}/comments/{{comment}}"
ISSUE = f"{ROOT}/{{number}}"
ROUTES = (
    Route("GET", f"{ROOT}/comments", _list_all),
    Route("GET", COMMENT, _get),
    Route("PATCH", COMMENT, _update),
    Route("DELETE", COMMENT, _delete),
    Route("GET", f"{COMMENT}/reactions", _list_reactions),
    Route("POST", f"{COMMENT}/reactions", _react),
    Route("DELETE", f"{COMMENT}/reactions/{{reaction}}", _unreact),
    Route("GET", f"{ISSUE}/comments", _list),
    Route("POST", f"{ISSUE}/comments", _create),
    Route("GET", f"{ISSUE}/reactions", _list_reactions),
    Route("POST", f"{ISSUE}/reactions", _react),
    Route("DELETE", f"{ISSUE}/reactions/{{reaction}}", _unreact),
)
