"""Labels of the repository, and on issues."""

from __future__ import annotations

from gitops_bot.sandbox.forge.api import ApiError, Call, Fields, Route, invalid, not_found
from gitops_bot.sandbox.forge.records import Issue, Label
from gitops_bot.sandbox.forge.rest.issues import label_names, set_labels
from gitops_bot.sandbox.forge.rest.shapes.issues import label, labels_of
from gitops_bot.sandbox.http import Response


def _list(call: Call) -> Response:
    held = sorted(call.state.labels.values(), key=lambda each: each.name.lower())
    return call.page(held, lambda each: label(call.state, each))


def _color(fields: Fields, default: str) -> str:
    color = fields.text("color", default)
    if len(color) != 6 or not all(digit in "0123456789abcdefABCDEF" for digit in color):
        raise invalid("Label", "color")
    return color


def _create(call: Call) -> Response:
    call.actor()
    fields = call.fields()
    name = fields.text("name")
    if not name.strip():
        raise invalid("Label", "name", "missing_field")
    if name.lower() in call.state.labels:
        raise invalid("Label", "name", "already_exists")
    made = call.state.ensure_label(name, _color(fields, "ededed"), fields.text("description", ""))
    return Response.json(201, label(call.state, made))


def _held(call: Call) -> Label:
    found = call.state.labels.get(call.arguments["name"].lower())
    if found is None:
        raise not_found()
    return found


def _get(call: Call) -> Response:
    return Response.json(200, label(call.state, _held(call)))


def _update(call: Call) -> Response:
    call.actor()
    held, fields = _held(call), call.fields()
    old, new = held.name, fields.text("new_name", held.name)
    if new.lower() != old.lower() and new.lower() in call.state.labels:
        raise invalid("Label", "name", "already_exists")
    held.color = _color(fields, held.color)
    held.description = fields.text("description", "") if fields.given("description") else held.description
    del call.state.labels[old.lower()]
    held.name = new
    call.state.labels[new.lower()] = held
    for issue in call.state.issues.values():
        issue.labels = [new if name == old else name for name in issue.labels]
    return Response.json(200, label(call.state, held))


def _delete(call: Call) -> Response:
    call.actor()
    held = _held(call)
    del call.state.labels[held.name.lower()]
    for issue in call.state.issues.values():
        issue.labels = [name for name in issue.labels if name != held.name]
    return Response(204)


def _shown(call: Call, issue: Issue) -> Response:
    return Response.json(200, labels_of(call.state, issue))


def _of_issue(call: Call) -> Response:
    return call.page(labels_of(call.state, call.issue()), lambda each: each)


def _asked(call: Call) -> list[str]:
    """The names in the body: GitHub takes `{"labels": [...]}` and a bare list, which PyGithub sends."""
    try:
        value = call.request.json()
    except ValueError as error:
        raise ApiError(400, "Problems parsing JSON") from error
    return label_names(value if isinstance(value, list) else Fields(value).items("labels"))


def _add(call: Call) -> Response:
    actor, issue = call.actor(), call.issue()
    set_labels(call.state, actor, issue, [*issue.labels, *_asked(call)])
    return _shown(call, issue)


def _set(call: Call) -> Response:
    actor, issue = call.actor(), call.issue()
    set_labels(call.state, actor, issue, _asked(call))
    return _shown(call, issue)


def _clear(call: Call) -> Response:
    set_labels(call.state, call.actor(), call.issue(), [])
    return Response(204)


def _remove(call: Call) -> Response:
    actor, issue, gone = call.actor(), call.issue(), call.arguments["name"].lower()
    if gone not in {name.lower() for name in issue.labels}:
        raise ApiError(404, "Label does not exist")
    set_labels(call.state, actor, issue, [name for name in issue.labels if name.lower() != gone])
    return _shown(call, issue)


ROOT = "/repos/{owner}/{repo}/labels"
ISSUE = "/repos/{owner}/{repo}/issues/{number}/labels"
ROUTES = (
    Route("GET", ROOT, _list),
    Route("POST", ROOT, _create),
    Route("GET", f"{ROOT}/{{name*}}", _get),
    Route("PATCH", f"{ROOT}/{{name*}}", _update),
    Route("DELETE", f"{ROOT}/{{name*}}", _delete),
    Route("GET", ISSUE, _of_issue),
    Route("POST", ISSUE, _add),
    Route("PUT", ISSUE, _set),
    Route("DELETE", ISSUE, _clear),
    Route("DELETE", f"{ISSUE}/{{name*}}", _remove),
)
