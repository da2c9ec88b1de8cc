"""Events in all the forms that kubectl prints them in."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from gitops_bot.clients.argocd import Event
from gitops_bot.clients.argocd.wire import ObjectReference
from gitops_bot.model.resource import ResourceKey
from gitops_bot.observe.reading import capped
from gitops_bot.observe.texts.board import Board
from gitops_bot.observe.texts.formats.context import Context
from gitops_bot.observe.texts.lines.quantities import age, ago, series, whole, written_time
from gitops_bot.observe.texts.lines.tables import Row
from gitops_bot.observe.texts.naming import key_of

_AGE = r"(?P<age>(?:<\w+>|\d+\S{0,20})(?: \(x\d+ over \S{1,20}\))?)"
# `5m  Warning  Failed  pod/web-1  Error: …`, also with the namespace before it and FIRST SEEN, COUNT, SOURCE behind.
_LISTED = re.compile(
    rf"^\s*(?:(?P<namespace>[a-z0-9-]{{1,63}})\s+)?{_AGE}\s+(?P<type>Normal|Warning)\s+(?P<reason>[A-Z]\w{{2,60}})\s+"
    r"(?P<object>[A-Za-z.]{1,60}/[\w.:-]{1,253})\s+(?P<message>\S.*)$"
)
# `Warning  Failed  5m (x4 over 9m)  kubelet  Error: …`
_DESCRIBED = re.compile(
    rf"^\s*(?P<type>Normal"
    rf"|Warning)\s+(?P<reason>[A-Z]\w{{2,60}})\s+{_AGE}\s+(?P<source>\S{{1,100}}(?:, \S{{1,80}})?)\s+"
    r"(?P<message>\S.*)$"
)
# `FirstSeen LastSeen Count From SubObjectPath Type Reason Message`
_OLD = re.compile(
    r"^\s*(?P<first>\d+[smhdy]\S*)\s+(?P<age>\d+[smhdy]\S*)\s+(?P<count>\d{1,7})\s+(?P<middle>.{0,200}?)\s+"
    r"(?P<type>Normal|Warning)\s+(?P<reason>[A-Z]\w{2,60})\s+(?P<message>\S.*)$"
)
_TITLE = re.compile(r"^\s*Type\s+Reason\s+Age\b|^\s*-{4}\s+-{4}|^\s*FirstSeen\s+LastSeen|^Events:\s*$")
_TOLD_BY_SOURCE = re.compile(r"spec\.(?:containers|initContainers)\{[^}]{1,63}\}")


def event_lines(board: Board, lines: list[str], start: int, context: Context) -> int:
    """Read events from the line `start` on; return how many lines that were. Wrapped messages are joined."""
    taken = 0
    pending: Event | None = None
    for line in lines[start:]:
        found = _event(board, line, context)
        if found is not None:
            if pending:
                board.add(pending)
            pending = found
        elif _TITLE.match(line):
            pass
        elif pending and line.startswith("      ") and line.strip():
            pending = Event(
                type=pending.type,
                reason=pending.reason,
                message=capped(f"{pending.message} {line.strip()}"),
                count=pending.count,
                first_timestamp=pending.first_timestamp,
                last_timestamp=pending.last_timestamp,
                involved_object=pending.involved_object,
            )
        else:
            break
        taken += 1
    if pending:
        board.add(pending)
    return taken


def event_row(board: Board, row: Row, context: Context) -> None:
    """Read an event from a table of any columns."""
    kind, _, name = (row.get("OBJECT") or row.get("INVOLVEDOBJECT") or "").partition("/")
    kind = kind if name else row.get("KIND", "")
    name = name or row.get("NAME", "") or row.get("OBJECT", "")
    reason, message = row.get("REASON", ""), row.get("MESSAGE", "")
    if not name or not (reason or message):
        return
    when = next(
        (
            row[column]
            for column in ("LAST SEEN", "LAST", "LASTSEEN", "AGE", "TIME", "TIMESTAMP", "LASTTIMESTAMP")
            if row.get(column)
        ),
        "",
    )
    key = key_of(kind or "pod", row.get("NAMESPACE") or context.namespace, name)
    times = series(when)[0] if "(" in when else whole(row.get("COUNT", "1")) or 1
    path = _TOLD_BY_SOURCE.search(row.get("SUBOBJECT", ""))
    board.add(made(board.now, key, reason, message, when, row.get("FIRST SEEN", ""), times, path[0] if path else ""))


def made(
    now: datetime,
    key: ResourceKey,
    reason: str,
    message: str,
    when: str,
    first: str = "",
    times: int = 1,
    path: str = "",
) -> Event:
    """Return an event; `when` is an age or a time."""
    count, over = series(when)
    last = ago(when.split(" ", maxsplit=1)[0], now) or written_time(when)
    began = ago(first, now) or (now - over if over else None) or last
    return Event(
        type="",
        reason=reason,
        message=capped(message),
        count=max(count, times),
        first_timestamp=began,
        last_timestamp=last,
        involved_object=ObjectReference(kind=key.kind, namespace=key.namespace, name=key.name, field_path=path),
    )


def span(event: Event) -> timedelta:
    """Return over what time an event was seen."""
    return event.last - event.first if event.last and event.first else timedelta()


def _event(board: Board, line: str, context: Context) -> Event | None:
    if found := _LISTED.match(line):
        kind, _, name = found["object"].partition("/")
        key = key_of(kind, found["namespace"] or context.namespace, name)
        return made(board.now, key, found["reason"], found["message"], found["age"])
    found = _DESCRIBED.match(line) or _OLD.match(line)
    if found is None or (
        found.re is _DESCRIBED and age(found["age"].split(" ")[0]) is None and "<" not in found["age"]
    ):
        return None
    key = context.current or key_of(context.kind or "pod", context.namespace, context.name)
    groups = found.groupdict()
    path = _TOLD_BY_SOURCE.search(groups.get("middle") or "")
    return made(
        board.now,
        key,
        found["reason"],
        found["message"],
        found["age"],
        groups.get("first") or "",
        whole(groups.get("count") or "1") or 1,
        path[0] if path else "",
    )
