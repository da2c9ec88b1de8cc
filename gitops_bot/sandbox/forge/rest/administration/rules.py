"""The rules that rulesets put on a branch."""

from __future__ import annotations

from gitops_bot.sandbox.forge.api import Call, Route
from gitops_bot.sandbox.forge.protection import rules_on
from gitops_bot.sandbox.forge.records import Ruleset
from gitops_bot.sandbox.http import Json, Response

QUEUE_DEFAULTS: dict[str, Json] = {
    "check_response_timeout_minutes": 60,
    "grouping_strategy": "ALLGREEN",
    "max_entries_to_build": 5,
    "max_entries_to_merge": 5,
    "min_entries_to_merge": 1,
    "min_entries_to_merge_wait_minutes": 5,
}


def _pull_request(held: Ruleset) -> dict[str, Json]:
    return {
        "allowed_merge_methods": held.merge_methods,
        "dismiss_stale_reviews_on_push": held.dismiss_stale,
        "require_code_owner_review": False,
        "require_last_push_approval": False,
        "required_approving_review_count": held.approvals,
        "required_review_thread_resolution": False,
    }


def _checks(held: Ruleset) -> dict[str, Json]:
    return {
        "required_status_checks": [{"context": context} for context in held.contexts or ()],
        "strict_required_status_checks_policy": held.strict,
    }


def shapes(full_name: str, held: Ruleset) -> list[dict[str, Json]]:
    """A ruleset's rules, each by itself as GitHub lists them for a branch."""
    plain = {
        "creation": held.creation,
        "deletion": held.deletion,
        "non_fast_forward": held.force_push,
        "required_linear_history": held.linear_history,
    }
    rules: list[dict[str, Json]] = [{"type": name} for name, there in plain.items() if there]
    if held.update:
        rules.append({"type": "update", "parameters": {"update_allows_fetch_and_merge": False}})
    if held.approvals is not None:
        rules.append({"type": "pull_request", "parameters": _pull_request(held)})
    if held.contexts is not None:
        rules.append({"type": "required_status_checks", "parameters": _checks(held)})
    if held.merge_queue:
        rules.append({"type": "merge_queue", "parameters": {**QUEUE_DEFAULTS, "merge_method": held.merge_queue}})
    source: dict[str, Json] = {"ruleset_source_type": "Repository", "ruleset_source": full_name, "ruleset_id": held.id}
    return [{**rule, **source} for rule in rules]


def _of_branch(call: Call) -> Response:
    held = [rule for rule in rules_on(call.state, call.arguments["branch"]) if isinstance(rule, Ruleset)]
    listed = [shape for each in held for shape in shapes(call.state.full_name, each)]
    return call.page(listed, lambda shape: shape)


ROUTES = (Route("GET", "/repos/{owner}/{repo}/rules/branches/{branch*}", _of_branch),)
