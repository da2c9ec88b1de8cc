"""Texts → an Estate: the same signals, workloads and Application that Argo CD's own answers would have given."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import msgspec

from gitops_bot.clients.argocd import Event
from gitops_bot.model.application import Application
from gitops_bot.model.incident import Estate
from gitops_bot.model.resource import ResourceKey
from gitops_bot.model.signal import Signal, Workload
from gitops_bot.observe.syncing import syncing_signals
from gitops_bot.observe.texts.applications import Spoken, spoken_of
from gitops_bot.observe.texts.board import Board
from gitops_bot.observe.texts.completing import complete
from gitops_bot.observe.texts.deliveries import drift_signals, flux_signals, refused_signals
from gitops_bot.observe.texts.forest import Forest
from gitops_bot.observe.texts.pods import pods_signals
from gitops_bot.observe.texts.reading import read
from gitops_bot.observe.texts.sayings.reports import report
from gitops_bot.observe.texts.sayings.signals import reported_signals, reported_workloads
from gitops_bot.observe.texts.sayings.subjects import subject
from gitops_bot.observe.texts.things import autoscalers_of, thing_signals
from gitops_bot.observe.tree import Tree
from gitops_bot.observe.workloads import unhealthy_objects, workloads


def read_texts(texts: Mapping[str, str], *, application: Application | None, now: datetime) -> Estate:
    """Return what named texts (`describe`, `logs`, `events`, a command or any other name → text) tell.

    Recognised by their content: kubectl's tables, descriptions, events, objects, logs and errors, Argo CD's, Argo
    Rollouts', Flux's and Helm's output, alerts and sentences, mixed as they come. `application` is what Argo CD itself
    says, where that is known; else one is made up of what the texts tell. `now` (UTC) is the moment that ages count
    back from. The texts are untrusted: what is read of them is capped, in linear time.
    """
    board = read(texts, now)
    given = application
    if given is None and len(board.applications) == 1 and "spec" in next(iter(board.applications.values())):
        given = _decoded(board)
    if given is not None and given.spec.destination.namespace:
        board.namespaces[given.spec.destination.namespace] += 5
    board.settle()
    events = complete(board)
    spoken = spoken_of(board, given, subject(board))
    return _estate(board, spoken, events)


def _decoded(board: Board) -> Application | None:
    (name, body) = next(iter(board.applications.items()))
    try:
        found = msgspec.convert(body, Application, strict=False)
    except msgspec.ValidationError:
        return None
    complete_status = found.status.sync.status or found.status.health.status
    return found if complete_status and name else None


def _estate(board: Board, spoken: Spoken, events: dict[ResourceKey, tuple[Event, ...]]) -> Estate:
    forest = Forest(board.bodies)
    tree = Tree(forest.nodes())
    scalers = autoscalers_of(board)
    told = report(board)
    name = spoken.application.name
    of_workloads: list[Workload] = workloads(tree, board.bodies, scalers)
    signals: list[Signal] = [*refused_signals(board, spoken.application), *syncing_signals(spoken.application)]
    signals += drift_signals(
        board,
        spoken.application,
        scalers,
        spoken.subject,
        (spoken.subject or spoken.application.key) if told.by_hand else None,
    )
    pods = pods_signals(board, name, tree, events)
    signals += pods
    signals += unhealthy_objects(
        spoken.application, tree, board.bodies, board.now, frozenset(s.resource for s in signals)
    )
    signals += thing_signals(board, name, busy=bool(pods))
    signals += reported_signals(board, spoken, tree, told, signals)
    of_workloads = reported_workloads(of_workloads, signals, told)
    flux, flux_found = flux_signals(board)
    main = spoken.judged(signals, pods, board, told)
    others = [one for one in spoken.others if one.name != main.name]
    known = bool(signals) or not flux
    return Estate(
        applications=(*((main,) if known else ()), *others, *flux),
        signals=(*signals, *flux_found),
        workloads=tuple(of_workloads),
    )
