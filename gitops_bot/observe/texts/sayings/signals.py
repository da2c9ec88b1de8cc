"""Logs and sentences → signals, where nothing more exact shows the trouble."""

from __future__ import annotations

from gitops_bot.model.resource import ResourceKey
from gitops_bot.model.signal import (
    ContainerFailing,
    Generation,
    PodBlocked,
    PodUnschedulable,
    ProbeFailing,
    Signal,
    Workload,
    WorkloadUnhealthy,
)
from gitops_bot.observe.texts.applications import Spoken
from gitops_bot.observe.texts.board import Board
from gitops_bot.observe.texts.pods import complaining_log
from gitops_bot.observe.texts.sayings.logs import last_words
from gitops_bot.observe.texts.sayings.reports import Report
from gitops_bot.observe.texts.things import limits_of
from gitops_bot.observe.tree import WORKLOADS, Tree

_PODS = ContainerFailing | PodUnschedulable | ProbeFailing | PodBlocked
_ENOUGH = 3


def reported_signals(board: Board, spoken: Spoken, tree: Tree, told: Report, known: list[Signal]) -> list[Signal]:
    """Return what only logs, alerts and sentences tell."""
    about = _about(board, spoken, tree)
    name = spoken.application.name
    if any(isinstance(signal, _PODS) for signal in known):
        rising = told.rising or "leak" in told.text.lower()
        return [_said(name, known_workload(known) or about, "MemoryRising", told.symptoms)] if rising else []
    if known:
        return []
    found = _from_logs(board, name, about, tree)
    if found:
        return found
    for state in told.states[:1]:
        found.append(
            ContainerFailing(
                application=name,
                resource=about,
                workload=about,
                container="",
                reason=state,
                message=told.text[:600],
                restarts=_ENOUGH,
                since=board.now,
                where="what is reported",
            )
        )
    for probe in () if found else told.probes[:1]:
        found.append(
            ProbeFailing(
                application=name,
                resource=about,
                workload=about,
                container="",
                probe=probe,
                message=told.text[:600],
                count=_ENOUGH,
                since=board.now,
                where="what is reported",
            )
        )
    if found and (told.rising or "leak" in told.text.lower()):
        found.append(_said(name, about, "MemoryRising", told.symptoms or told.text))
    if not found and told.symptoms:
        found.append(_said(name, _budget(board, told) or about, "Reported", _limits(board, told), board))
    status = spoken.application.status.health
    if not found and status.status in {"Degraded", "Missing"}:
        said = WorkloadUnhealthy(
            application=name,
            resource=spoken.application.key,
            health=status.status,
            message=status.message,
            where="the list of Applications",
        )
        found.append(said)
    return found


def known_workload(signals: list[Signal]) -> ResourceKey | None:
    """Return the workload of the first signal of a pod."""
    return next((signal.workload for signal in signals if isinstance(signal, _PODS)), None)


def reported_workloads(known: list[Workload], signals: list[Signal], told: Report) -> list[Workload]:
    """Add the workloads that nothing but logs and sentences speak of, with their generations as these tell them."""
    found = list(known)
    for signal in signals:
        if not isinstance(signal, _PODS) or any(one.key == signal.workload and one.generations for one in found):
            continue
        newest = Generation(name=signal.resource.name, revision=2, pods=1)
        older = Generation(name=f"{signal.resource.name}-older", revision=1, pods=1, healthy_pods=1)
        found = [one for one in found if one.key != signal.workload]
        generations = (newest, older) if told.old_serve else (newest,)
        found.append(Workload(key=signal.workload, health="Degraded", generations=generations))
    return found


def _about(board: Board, spoken: Spoken, tree: Tree) -> ResourceKey:
    """Return the object that logs and sentences are taken to speak of."""
    if spoken.subject:
        return spoken.subject
    workloads = tree.workloads()
    unwell = [node for node in workloads if node.status not in {"Healthy", ""}]
    if workloads:
        return (unwell or list(workloads))[0].key
    for log in board.logs:
        if log.pod:
            return ResourceKey("apps", "Deployment", board.usual, log.pod)
    return ResourceKey("apps", "Deployment", board.usual, spoken.application.metadata.name)


def _from_logs(board: Board, name: str, about: ResourceKey, tree: Tree) -> list[Signal]:
    pods = [node for node in tree.nodes if node.kind == "Pod" and node.key in board.bodies]
    well = bool(pods) and all(node.status == "Healthy" for node in pods)
    makers = [node for node in tree.nodes if node.kind in WORKLOADS]
    well = well or (not pods and bool(makers) and all(node.status == "Healthy" for node in makers))
    for log in board.logs:
        if not well and last_words(log.text):
            pod = ResourceKey("", "Pod", about.namespace, log.pod or about.name)
            return [
                ContainerFailing(
                    application=name,
                    resource=pod,
                    workload=about,
                    container=log.container,
                    reason="LogEndsInError",
                    last_reason="Error",
                    log=log.text[-8000:],
                    restarts=2,
                    since=board.now,
                    where="log",
                )
            ]
    said = complaining_log(board)
    return [_said(name, about, "LogErrors", said, board)] if said else []


def _budget(board: Board, told: Report) -> ResourceKey | None:
    if "disruption budget" not in told.symptoms:
        return None
    return next((key for key in sorted(board.bodies) if key.kind == "PodDisruptionBudget"), None)


def _limits(board: Board, told: Report) -> str:
    """Return the symptoms, with the CPU limit where the trouble is that one."""
    limits = sorted(limits_of(board, "cpu").items())
    if "throttl" not in told.symptoms or not limits:
        return told.symptoms
    container, limit = limits[0]
    return f"{told.symptoms}\ncontainer {container} has the limit cpu: {limit}"


def _said(name: str, about: ResourceKey, reason: str, message: str, board: Board | None = None) -> WorkloadUnhealthy:
    return WorkloadUnhealthy(
        application=name,
        resource=about,
        health="Degraded",
        message=message[:4000],
        reason=reason,
        since=board.now if board else None,
        where="what is reported",
    )
