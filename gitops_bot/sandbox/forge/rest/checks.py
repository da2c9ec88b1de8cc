"""Commit statuses and check runs."""

from __future__ import annotations

from gitops_bot.sandbox.forge.api import ApiError, Call, Fields, Route, not_found
from gitops_bot.sandbox.forge.records import CheckRun, Status
from gitops_bot.sandbox.forge.rest.shapes.checks import check_run, combined_status, status
from gitops_bot.sandbox.http import Json, Response

STATES = ("error", "failure", "pending", "success")
RUN_STATES = ("queued", "in_progress", "completed")
CONCLUSIONS = ("action_required", "cancelled", "failure", "neutral", "success", "skipped", "stale", "timed_out")


def _known_commit(call: Call, sha: str) -> str:
    found = call.state.git.resolve(sha) if len(sha) == 40 else None
    if found is None:
        raise ApiError(422, f"No commit found for SHA: {sha}")
    return found


def _one_of(fields: Fields, name: str, allowed: tuple[str, ...], default: str | None = None) -> str:
    value = fields.text(name, default)
    if value not in allowed:
        raise ApiError(422, f"Invalid request.\n\n{value} is not a member of {list(allowed)}.")
    return value


def _create_status(call: Call) -> Response:
    actor, fields = call.actor(), call.fields()
    made = Status(
        call.state.new_id(),
        _known_commit(call, call.arguments["sha"]),
        actor,
        _one_of(fields, "state", STATES),
        fields.text("context", "default"),
        fields.optional_text("description"),
        fields.optional_text("target_url"),
        call.state.clock(),
    )
    call.state.statuses.append(made)
    call.state.tell("status", "", actor, sha=made.sha, state=made.state, context=made.context, id=made.id)
    return Response.json(201, status(call.state, made))


def _of_commit(call: Call) -> list[Status]:
    sha = call.commit_id()
    return [each for each in reversed(call.state.statuses) if each.sha == sha]


def _statuses(call: Call) -> Response:
    return call.page(_of_commit(call), lambda each: status(call.state, each))


def _combined(call: Call) -> Response:
    latest: dict[str, Status] = {}
    for each in _of_commit(call):
        latest.setdefault(each.context, each)
    return Response.json(200, combined_status(call.state, call.commit_id(), list(latest.values())))


def _fill(run: CheckRun, fields: Fields, call: Call) -> None:
    """Put the given fields into a run; a conclusion completes it, as GitHub has it."""
    run.name = fields.text("name", run.name)
    run.status = _one_of(fields, "status", RUN_STATES, run.status)
    if "conclusion" in fields:
        run.conclusion = _one_of(fields, "conclusion", CONCLUSIONS)
        run.status = "completed"
    if run.status == "completed" and run.conclusion is None:
        raise ApiError(422, 'Invalid request.\n\n"conclusion" wasn\'t supplied.')
    if run.status != "completed":
        run.conclusion = None
    run.details_url = fields.optional_text("details_url") or run.details_url
    run.external_id = fields.optional_text("external_id") or run.external_id
    run.started_at = fields.moment("started_at") or run.started_at or call.state.clock()
    finished = fields.moment("completed_at") or run.completed_at or call.state.clock()
    run.completed_at = finished if run.status == "completed" else None
    output = fields.below("output")
    run.title = output.optional_text("title") or run.title
    run.summary = output.optional_text("summary") or run.summary
    run.text = output.optional_text("text") or run.text
    run.annotations += [item for item in output.items("annotations") if isinstance(item, dict)]


def _create_run(call: Call) -> Response:
    call.actor()
    fields = call.fields()
    sha = _known_commit(call, fields.text("head_sha"))
    run = CheckRun(call.state.new_id(), sha, fields.text("name"), "queued", None, None, None, None, None)
    _fill(run, fields, call)
    call.state.check_runs[run.id] = run
    return Response.json(201, check_run(call.state, run))


def _held(call: Call) -> CheckRun:
    found = call.state.check_runs.get(call.number("run"))
    if found is None:
        raise not_found()
    return found


def _get_run(call: Call) -> Response:
    return Response.json(200, check_run(call.state, _held(call)))


def _update_run(call: Call) -> Response:
    call.actor()
    run = _held(call)
    _fill(run, call.fields(), call)
    return Response.json(200, check_run(call.state, run))


def _runs(call: Call) -> Response:
    sha, name, wanted = call.commit_id(), call.request.parameter("check_name"), call.request.parameter("status")

    def shown(run: CheckRun) -> bool:
        return run.sha == sha and (not name or run.name == name) and (not wanted or run.status == wanted)

    held = [run for run in reversed(call.state.check_runs.values()) if shown(run)]
    if call.request.parameter("filter", "latest") == "latest":
        held = list({run.name: run for run in reversed(held)}.values())

    def shape(run: CheckRun) -> Json:
        return check_run(call.state, run)

    return call.page(held, shape, wrap="check_runs")


ROOT = "/repos/{owner}/{repo}"
ROUTES = (
    Route("POST", f"{ROOT}/statuses/{{sha}}", _create_status),
    Route("GET", f"{ROOT}/commits/{{ref*}}/statuses", _statuses),
    Route("GET", f"{ROOT}/commits/{{ref*}}/status", _combined),
    Route("GET", f"{ROOT}/commits/{{ref*}}/check-runs", _runs),
    Route("POST", f"{ROOT}/check-runs", _create_run),
    Route("GET", f"{ROOT}/check-runs/{{run}}", _get_run),
    Route("PATCH", f"{ROOT}/check-runs/{{run}}", _update_run),
)
