"""Git against the cluster, as Argo CD compares them → fields that drifted, objects that are missing or too many."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gitops_bot.clients.argocd import ManagedResource
from gitops_bot.model.application import Application
from gitops_bot.model.difference import FieldChange, differences, escape, merge_key
from gitops_bot.model.json import Json, dig, pointer_tokens, text
from gitops_bot.model.resource import ResourceKey
from gitops_bot.model.signal import FieldDrifted, ObjectMissing, ObjectSuperfluous, Signal
from gitops_bot.observe.autoscalers import decode_state
from gitops_bot.observe.drift.managers import last_manager
from gitops_bot.observe.reading import capped_field
from gitops_bot.observe.syncing import is_render_failing

MOST_FIELDS = 50
_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
_NOT_OURS = (
    "/status",
    "/metadata/managedFields",
    "/metadata/generation",
    "/metadata/resourceVersion",
    "/metadata/uid",
    "/metadata/creationTimestamp",
    "/metadata/selfLink",
    f"/metadata/annotations/{escape(_LAST_APPLIED)}",
    f"/metadata/annotations/{escape('argocd.argoproj.io/tracking-id')}",
    f"/metadata/annotations/{escape('deployment.kubernetes.io/revision')}",
)
_HIDDEN = "(hidden)"


def drift_signals(
    application: Application, managed: tuple[ManagedResource, ...], scalers: Mapping[ResourceKey, ResourceKey]
) -> list[Signal]:
    """Return where the cluster has come away from Git.

    Only what was applied once and is otherwise now: a field or object of a commit that has not been applied yet waits
    for its sync and has not drifted. Nothing while a sync is at work, or while Git cannot be rendered.
    """
    if application.status.sync.status != "OutOfSync" or is_render_failing(application) or _is_at_work(application):
        return []
    found: list[Signal] = []
    for item in sorted(managed, key=lambda one: one.key):
        if not item.hook and item.modified:
            found += _item(application, item, scalers)
    retried = _is_retried(application)
    for state in sorted(application.status.resources or (), key=lambda one: one.key):
        if state.requires_pruning and not retried:
            where = f"Application {application.name}, resources"
            found.append(ObjectSuperfluous(application=application.name, resource=state.key, where=where))
    return found


def _is_at_work(application: Application) -> bool:
    operation = application.status.operation_state
    return operation is not None and operation.phase == "Running" and not operation.retry_count


def _is_retried(application: Application) -> bool:
    operation = application.status.operation_state
    return operation is not None and operation.phase == "Running"


def _item(
    application: Application, item: ManagedResource, scalers: Mapping[ResourceKey, ResourceKey]
) -> Iterator[Signal]:
    target = decode_state(item.target_state)
    live = decode_state(item.live_state)
    if target and not live:
        if not _is_retried(application) and _was_applied(application, item.key):
            health = application.status.health
            yield ObjectMissing(
                application=application.name,
                resource=item.key,
                since=health.last_transition_time if health.status == "Missing" else None,
                where=f"Application {application.name}, managed resources",
            )
    elif target and item.predicted_live_state != item.normalized_live_state:
        yield from _fields(application.name, item, target, live, scalers.get(item.key))


def _was_applied(application: Application, key: ResourceKey) -> bool:
    operation = application.status.operation_state
    if not application.status.history or operation is None or operation.sync_result is None:
        return False
    result = operation.sync_result
    listed = next((one for one in result.resources or () if one.key == key and not one.hook_type), None)
    if listed is not None:
        return listed.status == "Synced"
    # A sync that applies only what differs lists nothing else: then it must be this very commit that was applied.
    return operation.phase == "Succeeded" and tuple(result.revisions or (result.revision,)) == application.revisions


def _fields(
    application: str,
    item: ManagedResource,
    target: dict[str, Json],
    live: dict[str, Json],
    autoscaler: ResourceKey | None,
) -> Iterator[FieldDrifted]:
    desired, actual = decode_state(item.predicted_live_state), decode_state(item.normalized_live_state)
    applied = decode_state(text(dig(live, "metadata", "annotations", _LAST_APPLIED)))
    count = 0
    for change in differences(desired, actual):
        pointer = _declared(change, desired, actual, target)
        if pointer is None or _is_bookkeeping(pointer) or _waits(pointer, target, applied):
            continue
        count += 1
        if count > MOST_FIELDS:
            return
        manager, since = ("", None) if change.absent_after else last_manager(live, change.pointer)
        secret = item.kind == "Secret"
        yield FieldDrifted(
            application=application,
            resource=item.key,
            pointer=pointer,
            label=change.label,
            desired=_HIDDEN if secret else capped_field(change.label, change.before),
            live=_HIDDEN if secret else capped_field(change.label, change.after),
            absent_live=change.absent_after,
            manager=manager,
            autoscaler=autoscaler if pointer == "/spec/replicas" else None,
            since=since,
            where=f"{item.kind} {item.name}, live manifest",
        )


def _is_bookkeeping(pointer: str) -> bool:
    return any(pointer == own or pointer.startswith(f"{own}/") for own in _NOT_OURS)


def _declared(change: FieldChange, desired: Json, actual: Json, target: Json) -> str | None:
    """The pointer of the field in what Git declares, or None where Git does not speak of it."""
    shape = desired if change.absent_after else actual
    pointer = ""
    tokens = pointer_tokens(change.pointer)
    for place, token in enumerate(tokens):
        if isinstance(target, dict) and isinstance(shape, dict):
            if token not in target:
                return None
            target, shape, step = target[token], shape.get(token), token
        elif isinstance(target, list) and isinstance(shape, list):
            index = _same_element(shape, int(token), target)
            if index is None:
                # What somebody put into a list that Git declares is drift of that list.
                return f"{pointer}/{token}" if change.absent_before and place == len(tokens) - 1 else None
            target, shape, step = target[index], dig(shape, int(token)), str(index)
        else:
            return None
        pointer = f"{pointer}/{escape(step)}"
    return pointer


def _same_element(shape: list[Json], index: int, target: list[Json]) -> int | None:
    key = merge_key(shape, target)
    if key is None:
        return index if index < len(target) else None
    name = dig(shape, index, key)
    return next((place for place, element in enumerate(target) if dig(element, key) == name), None)


def _waits(pointer: str, target: Json, applied: dict[str, Json]) -> bool:
    """Whether Git's value is not the one that was applied last: a newer commit that waits for its sync."""
    if not applied:
        return False
    wanted: Json = target
    before: Json = applied
    for token in pointer_tokens(pointer):
        if isinstance(wanted, list) and isinstance(before, list):
            index = _same_element(wanted, int(token), before)
            wanted, before = dig(wanted, int(token)), None if index is None else before[index]
        else:
            wanted, before = dig(wanted, token), dig(before, token)
    return wanted != before
