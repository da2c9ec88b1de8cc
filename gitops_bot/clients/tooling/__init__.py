"""The read-only tools that a language model may use, each bound to one incident's Application."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from msgspec import Struct

from gitops_bot.clients.argocd import ArgoCD
from gitops_bot.clients.monitoring import Loki, Prometheus
from gitops_bot.clients.rendering import ReadSet
from gitops_bot.clients.repository import ConfigRepository
from gitops_bot.clients.tooling.activity import argocd_events, argocd_logs
from gitops_bot.clients.tooling.history import History, git_diff, git_log
from gitops_bot.clients.tooling.monitoring import loki_query, prometheus_ql
from gitops_bot.clients.tooling.objects import argocd_tree, kubectl_get
from gitops_bot.clients.tooling.reading import Locate, locate, runbook_search, similar_incidents
from gitops_bot.clients.tooling.scope import Scope
from gitops_bot.clients.tooling.tool import ToolRefused, TypedTool
from gitops_bot.model.application import Application
from gitops_bot.model.dialogue import Library, Tool


class Sources(Struct, frozen=True, kw_only=True):
    """What tools can read, the same for all incidents of a run; what is None is not there, and has no tool.

    `reads` tells which files an Application reads, None where that cannot be told (`Fleet.reads`); `locate` answers
    with text which line sets a field of an Application's object, one that Argo CD shows. `commit` is the head of the
    branch, `now` the time of the run.
    """

    now: datetime
    repository: ConfigRepository
    commit: str
    reads: Callable[[Application], ReadSet | None]
    argocd: ArgoCD | None = None
    locate: Callable[[Application], Locate] | None = None
    prometheus: Prometheus | None = None
    loki: Loki | None = None
    runbooks: Library | None = None
    incidents: Library | None = None


def toolbox(sources: Sources, application: Application) -> tuple[Tool, ...]:
    """Return the tools for one incident of the Application: those whose sources are there."""
    history = History(application, sources.repository, sources.commit, lambda: sources.reads(application))
    found: list[Tool] = [git_log(history), git_diff(history)]
    if sources.argocd:
        scope = Scope(application, sources.argocd)
        found += [argocd_tree(scope), kubectl_get(scope), argocd_events(scope), argocd_logs(scope)]
        if sources.locate:
            found.append(locate(scope, sources.locate(application)))
    if sources.prometheus:
        found.append(prometheus_ql(application, sources.prometheus, sources.now))
    if sources.loki:
        found.append(loki_query(application, sources.loki, sources.now))
    if sources.runbooks:
        found.append(runbook_search(sources.runbooks))
    if sources.incidents:
        found.append(similar_incidents(sources.incidents))
    return tuple(found)


__all__ = ["Locate", "Sources", "ToolRefused", "TypedTool", "toolbox"]
