"""`argocd_events` and `argocd_logs`: what happened to the Application's objects, and what its pods wrote."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from msgspec import Meta, Struct

from gitops_bot.clients.argocd import Event
from gitops_bot.clients.tooling.scope import Group, Kind, Name, Namespace, Scope
from gitops_bot.clients.tooling.tool import ToolRefused, TypedTool
from gitops_bot.clients.tooling.wording import MOST_CHARACTERS, folded, moment, plain, rows

_MOST_EVENTS = 40
_USUAL_LINES = 100
_MOST_LINES = 300
_NEVER = datetime.min.replace(tzinfo=UTC)


class EventsQuestion(Struct, frozen=True, forbid_unknown_fields=True):
    """Arguments of `argocd_events`."""

    kind: Kind | None = None
    name: Annotated[str, Meta(max_length=253, description="the object; null for the Application itself")] | None = None
    namespace: Namespace | None = None
    group: Group | None = None


class LogsQuestion(Struct, frozen=True, forbid_unknown_fields=True):
    """Arguments of `argocd_logs`."""

    pod: Name
    container: Annotated[str, Meta(max_length=63, description="null where the pod has one")] | None = None
    namespace: Namespace | None = None
    lines: Annotated[int, Meta(ge=1, le=_MOST_LINES, description="the last so many lines; null for 100")] | None = None
    previous: Annotated[bool, Meta(description="of the run before the last restart; null for this run")] | None = None


def argocd_events(scope: Scope) -> TypedTool[EventsQuestion]:
    """Return the tool that lists the Kubernetes events of one object, warnings first and then by time."""

    def answer(asked: EventsQuestion) -> str:
        if (asked.kind is None) != (asked.name is None):
            raise ToolRefused("argocd_events wants kind and name together", expected="both, or null for both")
        node = scope.node(asked.kind, asked.name, asked.namespace, asked.group) if asked.kind and asked.name else None
        events = scope.argocd.events(scope.application, node)
        if not events:
            return f"no event of {node.key if node else scope.application.name} (a cluster forgets them within hours)"
        ordered = sorted(events, key=lambda one: (one.type == "Warning", one.last or _NEVER), reverse=True)
        return rows(map(_row, ordered), most=_MOST_EVENTS, what="more events")

    purpose = "List the events of one object of this Application, or of the Application itself: warnings first."
    return TypedTool("argocd_events", purpose, EventsQuestion, answer)


def argocd_logs(scope: Scope) -> TypedTool[LogsQuestion]:
    """Return the tool that reads the end of a pod's log; where it is cut, the newest lines stay."""

    def answer(asked: LogsQuestion) -> str:
        node = scope.node("Pod", asked.pod, asked.namespace)
        entries = scope.argocd.logs(
            scope.application,
            node,
            container=asked.container or "",
            lines=asked.lines or _USUAL_LINES,
            previous=bool(asked.previous),
        )
        if not entries:
            return f"no line in the log of {node.key}"
        kept = folded((moment(one.time_stamp), plain(one.content)) for one in entries)
        newest_first = rows(reversed(kept), most=_MOST_LINES, characters=MOST_CHARACTERS, what="earlier lines")
        return "\n".join(reversed(newest_first.split("\n")))

    purpose = "Read the end of the log of one pod of this Application, oldest line first."
    return TypedTool("argocd_logs", purpose, LogsQuestion, answer)


def _row(event: Event) -> str:
    about = event.involved_object
    times = f" ×{event.times} since {moment(event.first)}" if event.times > 1 else ""
    place = f" {about.field_path}" if about.field_path else ""
    return (
        f"{moment(event.last)} {event.type} {plain(event.reason, 80)} {about.kind}/{about.name}{place}{times}: "
        f"{plain(event.message)}"
    )
