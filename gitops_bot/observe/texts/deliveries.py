"""Refusals, render failures, differences and Flux objects → signals of delivery."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from gitops_bot.model.application import Application, ApplicationStatus, Health, SyncStatus
from gitops_bot.model.flux import KINDS, SOURCE_GROUP, flux_application
from gitops_bot.model.json import text
from gitops_bot.model.resource import ResourceKey
from gitops_bot.model.signal import FieldDrifted, ObjectMissing, RenderFailing, Signal, SyncRefused, WorkloadUnhealthy
from gitops_bot.observe.texts.board import Board, Body
from gitops_bot.observe.texts.formats.refusals import refused_object
from gitops_bot.observe.texts.health import condition

_UNDER_WAY = ("in progress", "Reconciling", "Fulfilling", "dependency '", "Running 'upgrade'", "Running 'install'")
_RENDER = (
    "path not found",
    "kustomize build",
    "accumulat",
    "no such file",
    "chart",
    "template:",
    "yaml",
    "YAML",
    "values",
)


def refused_signals(board: Board, application: Application) -> list[Signal]:
    """Return a signal for each refusal and each render failure, each message once."""
    found: list[Signal] = [
        RenderFailing(
            application=application.name,
            resource=application.key,
            message=message.text,
            condition="InvalidSpecError" if "InvalidSpecError" in message.where else "ComparisonError",
            where=message.where,
        )
        for message in {one.text: one for one in board.renderings}.values()
    ]
    if found:
        return found
    named = [message for message in board.refusals if message.resource]
    return [
        SyncRefused(
            application=application.name,
            resource=board.placed(message.resource) if message.resource else application.key,
            message=message.text,
            attempts=2,
            where=message.where,
        )
        for message in {one.text: one for one in named or board.refusals}.values()
    ]


def drift_signals(
    board: Board,
    application: Application,
    scalers: Mapping[ResourceKey, ResourceKey],
    subject: ResourceKey | None,
    by_hand: ResourceKey | None,
) -> list[Signal]:
    """Return the fields that differ, and the objects that are gone although the last sync succeeded.

    `subject` is what sentences speak of, `by_hand` what they say somebody changed in the cluster.
    """
    if board.refusals or board.renderings:
        return []
    differing = [state.key for state in application.status.resources or () if state.status == "OutOfSync"]
    if not board.drifted:
        return _undescribed(application, differing, by_hand)
    named = [(_placed(board, field.resource, differing, subject), field) for field in board.drifted]
    found: list[Signal] = [
        FieldDrifted(
            application=application.name,
            resource=resource,
            pointer=_pointer(field.path),
            label=field.path,
            desired=field.desired,
            live=field.live,
            absent_live=field.live is None,
            autoscaler=scalers.get(resource) if field.path == "replicas" else None,
            manager="somebody",  # a difference does not tell who made it
            where=f"difference of {resource}",
        )
        for resource, field in named
    ]
    return [*found, *_missing(application)]


def _placed(board: Board, key: ResourceKey, differing: list[ResourceKey], subject: ResourceKey | None) -> ResourceKey:
    if key.name:
        return board.placed(key)
    return next(
        iter([*differing, *([subject] if subject else [])]), ResourceKey("apps", "Deployment", board.usual, "unknown")
    )


def _missing(application: Application) -> list[Signal]:
    return [
        ObjectMissing(application=application.name, resource=state.key, where="argocd app get")
        for state in application.status.resources or ()
        if state.status == "OutOfSync" and state.health is not None and state.health.status == "Missing"
    ]


def _undescribed(application: Application, differing: list[ResourceKey], by_hand: ResourceKey | None) -> list[Signal]:
    """Objects that are out of sync after a sync that succeeded differ from Git, also where nothing says in what."""
    missing = _missing(application)
    gone = {signal.resource for signal in missing}
    operation = application.status.operation_state
    under_way = operation is not None and operation.phase not in {"Succeeded", ""}
    objects = [] if under_way else [key for key in differing if key not in gone]
    if not objects and not missing and by_hand:
        objects = [by_hand]
    return [
        *missing,
        *(
            FieldDrifted(
                application=application.name,
                resource=key,
                pointer="/spec",
                label="spec",
                desired=None,
                live=None,
                manager="somebody",
                where="what Argo CD lists as out of sync",
            )
            for key in objects
        ),
    ]


def _pointer(path: str) -> str:
    places = {"replicas": "/spec/replicas", "image": "/spec/template/spec/containers/0/image"}
    return places.get(path, f"/spec/{path}" if path != "spec" else "/spec")


def flux_signals(board: Board) -> tuple[list[Application], list[Signal]]:
    """Return the Applications that Flux's objects amount to, and what those that are not ready say."""
    applications: list[Application] = []
    signals: list[Signal] = []
    for key, body in sorted(board.bodies.items(), key=lambda item: item[0]):
        if key.group not in {*KINDS.values(), SOURCE_GROUP}:
            continue
        ready = condition(body, "Ready")
        said = text(ready.get("message"))
        failing = ready.get("status") == "False" and not any(words in said for words in _UNDER_WAY)
        application = _application(key, body, failing)
        applications.append(application)
        if failing:
            signals.append(_flux_signal(application, key, said))
    return applications, signals


def _application(key: ResourceKey, body: Body, failing: bool) -> Application:
    told: Body = {"apiVersion": f"{key.group}/v1", "kind": key.kind, "spec": {}, **body}
    status = ApplicationStatus(
        health=Health(status="Degraded" if failing else "Healthy"),
        sync=SyncStatus(status="OutOfSync" if failing else "Synced"),
    )
    if key.group == SOURCE_GROUP:
        plain = Application()
        metadata = replace(plain.metadata, name=key.name, namespace=key.namespace)
        return replace(plain, metadata=metadata, status=status)
    return replace(flux_application(told, {}), status=status)


def _flux_signal(application: Application, key: ResourceKey, said: str) -> Signal:
    where = f"{key.kind} {key.name}, condition Ready"
    name = application.name
    of_source = key.group == SOURCE_GROUP
    resource = application.key
    target = refused_object(said, key.namespace)
    if target and not of_source:
        return SyncRefused(application=name, resource=target, message=said, attempts=2, where=where)
    if of_source or (any(words in said for words in _RENDER) and "timed out" not in said):
        return RenderFailing(
            application=name, resource=resource, message=said, condition="ComparisonError", where=where
        )
    if any(words in said for words in ("dry-run failed", "is invalid", "denied", "forbidden", "not found")):
        return SyncRefused(application=name, resource=resource, message=said, attempts=2, where=where)
    return WorkloadUnhealthy(
        application=name, resource=resource, health="Degraded", message=said, reason="NotReady", where=where
    )
