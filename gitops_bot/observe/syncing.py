"""The Application's own status → what the cluster refused, and what cannot be rendered."""

from __future__ import annotations

from gitops_bot.model.application import Application, Condition, OperationState, ResourceResult
from gitops_bot.model.signal import RenderFailing, Signal, SyncRefused, WorkloadUnhealthy
from gitops_bot.observe.reading import capped

_OF_RENDERING = frozenset({"ComparisonError", "InvalidSpecError", "UnknownError"})
_BAD_HOOK = frozenset({"Failed", "Error"})


def syncing_signals(application: Application) -> list[Signal]:
    """Return RenderFailing for conditions about manifests, and SyncRefused for what a sync could not apply."""
    rendering = [signal for signal in _conditions(application) if isinstance(signal, RenderFailing)]
    others = [signal for signal in _conditions(application) if not isinstance(signal, RenderFailing)]
    refusals = _refusals(application)
    if rendering:
        # A sync that failed because nothing could be rendered is no second trouble.
        refusals = [refusal for refusal in refusals if refusal.resource != application.key]
    elif refusals:
        others = [signal for signal in others if not isinstance(signal, SyncRefused)]
    return [*rendering, *refusals, *others]


def is_render_failing(application: Application) -> bool:
    """Whether Argo CD has no manifests to compare with, so that nothing can be said about drift."""
    return any(condition.type in _OF_RENDERING for condition in application.status.conditions or ())


def is_failing(operation: OperationState | None) -> bool:
    """Whether the sync that runs now or ran last has failed at least once."""
    if operation is None:
        return False
    return operation.phase in _BAD_HOOK or (operation.phase == "Running" and operation.retry_count > 0)


def _conditions(application: Application) -> list[Signal]:
    found: list[Signal] = []
    seen: set[tuple[str, str]] = set()
    for condition in application.status.conditions or ():
        if condition.type.endswith("Error") and (condition.type, condition.message) not in seen:
            seen.add((condition.type, condition.message))
            found.append(_condition(application, condition))
    return found


def _condition(application: Application, condition: Condition) -> Signal:
    where = f"Application {application.name}, condition {condition.type}"
    since = condition.last_transition_time
    message = capped(condition.message)
    if condition.type in _OF_RENDERING:
        return RenderFailing(
            application=application.name,
            resource=application.key,
            message=message,
            condition=condition.type,
            since=since,
            where=where,
        )
    if condition.type == "SyncError":
        return SyncRefused(
            application=application.name,
            resource=application.key,
            message=message,
            revision=application.revisions[0],
            since=since,
            where=where,
        )
    return WorkloadUnhealthy(
        application=application.name,
        resource=application.key,
        health=application.status.health.status,
        message=message,
        reason=condition.type,
        since=since,
        where=where,
    )


def _refusals(application: Application) -> list[SyncRefused]:
    operation = application.status.operation_state
    if operation is None or not is_failing(operation):
        return []
    result = operation.sync_result
    refused = [one for one in (result.resources if result else None) or () if _is_refused(one)]
    if not refused:
        return [] if application.status.sync.status == "Synced" else [_refusal(application, operation, None)]
    # What is in sync by now was refused for a reason that is past; of a hook nothing live would tell.
    in_sync = {one.key for one in application.status.resources or () if one.status == "Synced"}
    all_in_sync = application.status.sync.status == "Synced"
    pending = [one for one in refused if one.hook_type or not (all_in_sync or one.key in in_sync)]
    return [_refusal(application, operation, one) for one in pending]


def _is_refused(result: ResourceResult) -> bool:
    # Without a hook, a failed phase beside the status Synced is a consequence: the attempt never got so far again.
    return result.status == "SyncFailed" or (bool(result.hook_type) and result.hook_phase in _BAD_HOOK)


def _refusal(application: Application, operation: OperationState, refused: ResourceResult | None) -> SyncRefused:
    result = operation.sync_result
    revisions = [result.revision, *(result.revisions or ())] if result else []
    running = operation.phase == "Running"
    return SyncRefused(
        application=application.name,
        resource=refused.key if refused else application.key,
        message=capped((refused.message if refused else "") or operation.message),
        revision=next((revision for revision in revisions if revision), ""),
        attempts=operation.retry_count if running else operation.retry_count + 1,
        hook=refused.hook_type if refused else "",
        since=operation.started_at,
        where=f"Application {application.name}, {'running' if running else 'last'} sync",
    )
