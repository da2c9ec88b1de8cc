"""Which Application the texts speak of: the one that is given or told, else one made up of what they tell."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from gitops_bot.model.application import (
    Application,
    ApplicationSpec,
    Automated,
    Deployment,
    Destination,
    Metadata,
    SyncPolicy,
)
from gitops_bot.model.json import dig, mapping, text
from gitops_bot.model.resource import ResourceKey
from gitops_bot.model.signal import FieldDrifted, ObjectMissing, PodBlocked, PodUnschedulable, Signal, SyncRefused
from gitops_bot.observe.reading import moment
from gitops_bot.observe.texts.board import Board, Body
from gitops_bot.observe.texts.naming import outermost
from gitops_bot.observe.texts.sayings.reports import Report

_FROM_BIRTH = timedelta(minutes=10)
_NEW = timedelta(days=2)
_INSTANCE = ("argocd.argoproj.io/instance", "app.kubernetes.io/instance")
_TOPS = ("Deployment", "Rollout", "StatefulSet", "DaemonSet", "CronJob", "Job")


class Spoken(Struct, frozen=True, kw_only=True):
    """The Application that the texts speak of, others that they list, and the object that sentences speak of."""

    application: Application
    given: bool
    others: tuple[Application, ...] = ()
    subject: ResourceKey | None = None

    def judged(self, signals: list[Signal], pods: list[Signal], board: Board, told: Report) -> Application:
        """Return the Application with its health and last delivery as far as the signals tell them."""
        application = self.application
        status = application.status
        health = status.health
        harmless = (FieldDrifted, ObjectMissing, SyncRefused)
        if health.status in {"", "Unknown", "Progressing"}:
            hurts = any(not isinstance(signal, harmless) for signal in signals)
            health = replace(health, status="Degraded" if hurts else health.status or "Healthy")
        elif pods and health.status == "Healthy" and not self.given:
            health = replace(health, status="Degraded")
        sync = status.sync if status.sync.status else replace(status.sync, status="Synced")
        history = [*(status.history or ())]
        if delivered := _delivered(pods or signals, board, told):
            number = max((entry.id for entry in history), default=-1) + 1
            history.append(Deployment(id=number, revision=application.revisions[0], deployed_at=delivered))
        return replace(application, status=replace(status, health=health, sync=sync, history=history))


def spoken_of(board: Board, given: Application | None, subject: ResourceKey | None) -> Spoken:
    """Return which Applications the board speaks of."""
    told = [_plain(body) for body in board.applications.values()]
    if given is not None:
        others = tuple(one for one in told if one.name != given.name)
        return Spoken(application=given, given=True, others=others, subject=subject)
    ill = [
        one
        for one in told
        if one.status.health.status in {"Degraded", "Missing"} or one.status.sync.status == "OutOfSync"
    ]
    chosen = next(iter([*ill, *told]), None) or _made_up(board, subject)
    others = tuple(one for one in told if one is not chosen)
    return Spoken(application=_automated(chosen), given=False, others=others, subject=subject)


def _plain(body: Body) -> Application:
    try:
        return msgspec.convert(body, Application, strict=False)
    except msgspec.ValidationError:
        return Application(metadata=Metadata(name=text(dig(body, "metadata", "name")), namespace="argocd"))


def _automated(application: Application) -> Application:
    if application.spec.sync_policy is not None:
        return application
    return replace(application, spec=replace(application.spec, sync_policy=SyncPolicy(automated=Automated())))


def _made_up(board: Board, subject: ResourceKey | None) -> Application:
    namespace = board.usual
    spec = ApplicationSpec(
        project="default", destination=Destination(namespace=namespace), sync_policy=SyncPolicy(automated=Automated())
    )
    return Application(metadata=Metadata(name=_name(board, subject), namespace="argocd"), spec=spec)


def _name(board: Board, subject: ResourceKey | None) -> str:
    for body in board.bodies.values():
        labels = mapping(dig(body, "metadata", "labels"))
        for label in _INSTANCE:
            if name := text(labels.get(label)):
                return name
    tops = [key.name for kind in _TOPS for key in sorted(board.bodies) if key.kind == kind]
    tops += [outermost(key, board.bodies).name for key in sorted(board.bodies) if key.kind == "Pod"]
    named = [name for name, _ in board.names.most_common(1)]
    candidates: Iterable[str] = (*([subject.name] if subject else []), *tops, *named, *board.namespaces, "application")
    return next(name for name in candidates if name)


def _finds_no_place(signal: Signal) -> bool:
    """Whether the pod's youth tells nothing of a release: any pod that is moved or added finds no place alike."""
    claim = isinstance(signal, PodBlocked) and signal.reason.startswith("PersistentVolumeClaim")
    return claim or isinstance(signal, PodUnschedulable)


def _delivered(signals: list[Signal], board: Board, told: Report) -> datetime | None:
    """Return when the last release came: when trouble began where a release is told of, or pods failed from birth."""
    since = min((signal.since for signal in signals if signal.since), default=board.now)
    if told.released and not told.quiet:
        return since
    if told.quiet or any(_finds_no_place(signal) for signal in signals):
        return None
    for signal in signals:
        created = moment(dig(board.bodies.get(signal.resource), "metadata", "creationTimestamp"))
        if created and signal.since and signal.since - created <= _FROM_BIRTH and board.now - created <= _NEW:
            return min(created, signal.since)
    return None
