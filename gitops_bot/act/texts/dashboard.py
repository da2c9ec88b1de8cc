"""The dashboard issue: all that is open, waits or was silenced, with boxes that the next run answers. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from gitops_bot.marker import AGAIN, DASHBOARD, NOW, REBUILD, Marker, box, write_marker
from gitops_bot.model.change import Change, ChangeState
from gitops_bot.model.incident import Skipped
from gitops_bot.model.plan import Remediation
from gitops_bot.untrusted import clip, code, prose

TITLE = "gitops-bot: dashboard"
_LARGEST = 60_000
_MOST_ROWS = 100
_REMEMBERED = timedelta(days=7)
_INTRODUCTION = (
    "What gitops-bot has open, what waits and why. Boxes are answered by the next run and unticked; pull requests are "
    "merged or closed like any other. The label `gitops-bot:stop` on this issue stops all writing."
)
_WRITES = "Tick a box to have it written now, past freezes, dwell time, cool-down and limits."
_REBUILDS = "Tick a box to have the branch rebuilt; commits of others on it are dropped."


class Board(Struct, frozen=True, kw_only=True):
    """What the dashboard shows: the bot's changes, what waits (with `waiting`), and what went wrong."""

    changes: tuple[Change, ...] = ()
    waiting: tuple[Remediation, ...] = ()
    errors: tuple[Skipped, ...] = ()


def dashboard(board: Board, now: datetime) -> str:
    """Return the issue's text; it changes only when what it shows does.

    `now` (UTC) tells what was healed recently.
    """
    sections = [
        _section("Needs approval", map(_pull, _of(board, ChangeState.OPEN, merging=False)), _REBUILDS),
        _section("Open", map(_pull, _of(board, ChangeState.OPEN, merging=True)), f"Merge by themselves. {_REBUILDS}"),
        _section("Waiting", map(_waiting, board.waiting), _WRITES),
        _section(
            "Escalated", map(_escalated, _of(board, ChangeState.ESCALATED)), "Tick a box to have the text renewed."
        ),
        _section("Silenced", map(_silenced, _of(board, ChangeState.CLOSED)), "Tick a box to lift the silence."),
        _section("Errors", map(_error, board.errors)),
        _section("Recently healed", map(_healed, _recent(board, now))),
    ]
    shown = [section for section in sections if section]
    if not shown:
        return f"{_INTRODUCTION}\n\nNothing is open.\n\n{write_marker(Marker(fingerprint=DASHBOARD))}\n"
    marker = write_marker(Marker(fingerprint=DASHBOARD))
    room = _LARGEST - len(_INTRODUCTION) - len(marker) - 500
    kept: list[str] = []
    for section in shown:
        room -= len(section.encode()) + 2
        kept.append(section if room > 0 else f"{section.partition(chr(10))[0]}\n\n*Left out for want of room.*")
    return "\n\n".join([_INTRODUCTION, *kept, marker]) + "\n"


def _section(title: str, rows: Iterable[str], hint: str = "") -> str:
    listed = list(rows)
    if not listed:
        return ""
    more = [f"\n*{len(listed) - _MOST_ROWS} more.*"] if len(listed) > _MOST_ROWS else []
    head = [f"### {title} ({len(listed)})", "", *([hint, ""] if hint else [])]
    return "\n".join([*head, *listed[:_MOST_ROWS], *more])


def _of(board: Board, state: ChangeState, *, merging: bool | None = None) -> Iterator[Change]:
    found = (one for one in board.changes if one.state is state and one.number)
    wanted = (one for one in found if merging is None or one.merging is merging)
    return iter(sorted(wanted, key=lambda one: one.number))


def _recent(board: Board, now: datetime) -> Iterator[Change]:
    for state in (ChangeState.HEALED, ChangeState.MERGED):
        for one in _of(board, state):
            if one.at is not None and now - one.at < _REMEMBERED:
                yield one


def _pull(change: Change) -> str:
    foreign = ": holds commits of somebody else, so the bot leaves it alone" if change.foreign else ""
    return f"{box(f'{REBUILD}={change.fingerprint}', _named(change))}{foreign}"


def _waiting(remediation: Remediation) -> str:
    why = prose(remediation.waiting, 300)
    return f"{box(f'{NOW}={remediation.fingerprint}', code(remediation.title))}: {why}"


def _escalated(change: Change) -> str:
    return box(f"{AGAIN}={change.fingerprint}", _named(change))


def _silenced(change: Change) -> str:
    until = f", until {change.until.astimezone(UTC):%Y-%m-%d}" if change.until else ""
    return f"{box(f'{AGAIN}={change.fingerprint}', _named(change))}{until}"


def _error(skipped: Skipped) -> str:
    return f"- {code(skipped.application, 63) or 'The run'}: {prose(skipped.reason, 300)}"


def _healed(change: Change) -> str:
    day = f", {change.at.astimezone(UTC):%Y-%m-%d}" if change.at else ""
    what = "healed" if change.state is ChangeState.HEALED else "merged"
    return f"- {_named(change)}: {what}{day}"


def _named(change: Change) -> str:
    return f"{change.reference} {code(clip(change.title, 120))}"
