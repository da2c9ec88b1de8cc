"""The whole fleet by one request, and a closer look at the Applications that need one."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial

from gitops_bot.clients.argocd import ArgoCD, Listing
from gitops_bot.model.application import Application
from gitops_bot.model.incident import Estate, Skipped
from gitops_bot.observe.inspection import Findings, inspect, needs_a_look
from gitops_bot.observe.reader import Outage
from gitops_bot.observe.reading import capped

WORKERS = 8


def observe(
    argocd: ArgoCD,
    *,
    now: datetime,
    focus: tuple[str, ...] = (),
    ours: Callable[[Application], bool] | None = None,
) -> Estate:
    """Return what Argo CD shows of the fleet at `now` (UTC), in an order that does not depend on answering times.

    `focus` are names of Applications that an event spoke of: they are looked into first, and even where the list shows
    them in good health. `ours` says which Applications are worth a look at all; the others are in the result as the
    list gave them. What cannot be read is in `unread`; SourceUnavailable is raised only where the list cannot be read.
    """
    listing = argocd.applications()
    applications = sorted(listing.applications, key=_order)
    chosen = [one for one in applications if _is_chosen(one, focus, ours)]
    chosen.sort(key=lambda one: not _spoken_of(one, focus))
    findings = {_order(found.application): found for found in _look(argocd, chosen, focus, now)}
    looked_into = [findings[_order(one)] for one in applications if _order(one) in findings]
    return Estate(
        applications=tuple(
            findings[_order(one)].application if _order(one) in findings else one for one in applications
        ),
        signals=tuple(signal for found in looked_into for signal in found.signals),
        workloads=tuple(workload for found in looked_into for workload in found.workloads),
        unread=(
            *_unlisted(listing, applications, focus),
            *(skipped for found in looked_into for skipped in found.unread),
        ),
    )


def _order(application: Application) -> tuple[str, str]:
    return application.name, application.metadata.namespace


def _is_chosen(application: Application, focus: tuple[str, ...], ours: Callable[[Application], bool] | None) -> bool:
    if ours is not None and not ours(application):
        return False
    return _spoken_of(application, focus) or (_is_compared(application) and needs_a_look(application))


def _spoken_of(application: Application, focus: tuple[str, ...]) -> bool:
    """Whether an event named it; a webhook may leave out the namespace."""
    return not {application.name, application.metadata.name}.isdisjoint(focus)


def _is_compared(application: Application) -> bool:
    status = application.status
    return bool(status.health.status or status.sync.status or status.conditions or status.operation_state)


def _look(argocd: ArgoCD, chosen: list[Application], focus: tuple[str, ...], now: datetime) -> list[Findings]:
    if not chosen:
        return []
    outage = Outage()
    with ThreadPoolExecutor(max_workers=min(WORKERS, len(chosen)), thread_name_prefix="observe") as pool:
        return list(pool.map(partial(_inspect, argocd, focus, outage, now), chosen))


def _inspect(
    argocd: ArgoCD, focus: tuple[str, ...], outage: Outage, now: datetime, application: Application
) -> Findings:
    return inspect(argocd, application, insist=_spoken_of(application, focus), outage=outage, now=now)


def _unlisted(listing: Listing, applications: list[Application], focus: tuple[str, ...]) -> list[Skipped]:
    unread = [
        Skipped(application=capped(name), reason=capped(f"Argo CD describes it in a way that cannot be read: {reason}"))
        for name, reason in listing.undecodable
    ]
    known = {name for one in applications for name in (one.name, one.metadata.name)} | {
        name for name, _ in listing.undecodable
    }
    for name in focus:
        if name not in known:
            reason = "the event names it, but Argo CD does not list it: it is deleted, or the account may not see it"
            unread.append(Skipped(application=capped(name), reason=reason))
    unread += [
        Skipped(application=one.name, reason="Argo CD has not compared it with Git yet")
        for one in applications
        if not _is_compared(one) and not _spoken_of(one, focus)
    ]
    return unread
