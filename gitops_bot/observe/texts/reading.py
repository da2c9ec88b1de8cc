"""Named texts → the board: each line is offered to the readers of the forms in turn; the rest is plain text."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime

from gitops_bot.observe.texts.board import Board
from gitops_bot.observe.texts.formats.applications import application_outline
from gitops_bot.observe.texts.formats.containers import container_fragment
from gitops_bot.observe.texts.formats.context import Context, context_of, heading
from gitops_bot.observe.texts.formats.described import described
from gitops_bot.observe.texts.formats.differences import difference
from gitops_bot.observe.texts.formats.events import event_lines
from gitops_bot.observe.texts.formats.listed import table
from gitops_bot.observe.texts.formats.objects import json_document, yaml_document
from gitops_bot.observe.texts.formats.plain import plain
from gitops_bot.observe.texts.formats.pods import pod_line
from gitops_bot.observe.texts.formats.refusals import refusal
from gitops_bot.observe.texts.formats.rollouts import rollout, tree
from gitops_bot.observe.texts.lines.cleaning import lines_of
from gitops_bot.observe.texts.lines.clock import taken_at

MOST_TEXTS = 60
Reader = Callable[[Board, list[str], int, Context], int]
_ASSIGNED = re.compile(r"Successfully assigned ([a-z0-9-]{1,63})/([a-z0-9.-]{1,253}) to ")
_IN_NAMESPACE = re.compile(r"in pod ([a-z0-9.-]{1,253})_([a-z0-9-]{1,63})\(")


def _pod(board: Board, lines: list[str], start: int, context: Context) -> int:
    return int(pod_line(board, lines[start], context))


# Who reads a line; the first that takes any decides. What is told apart most surely stands first.
READERS: tuple[Reader, ...] = (
    difference,
    tree,
    application_outline,
    rollout,
    table,
    event_lines,
    _pod,
    described,
    yaml_document,
    json_document,
    refusal,
    container_fragment,
)


def read(texts: Mapping[str, str], now: datetime) -> Board:
    """Return what the texts tell; `now` is the moment that ages count back from."""
    board = Board(taken_at(texts.values(), now))
    for name, text in list(texts.items())[:MOST_TEXTS]:
        _read(board, lines_of(text), context_of(name))
    return board


def _read(board: Board, lines: list[str], context: Context) -> None:
    rest: list[str] = []
    position = 0
    _named(board, context)
    for line in lines:
        _hints(board, line, context)
    while position < len(lines):
        line = lines[position]
        if fresh := heading(line, context):
            plain(board, rest, context)
            rest, context = [], fresh
            _named(board, context)
            position += 1
            continue
        # In a log every line is the container's, whatever it looks like.
        taken = 0 if context.is_log else _taken(board, lines, position, context)
        if taken:
            plain(board, rest, context)
            rest = []
        else:
            rest.append(line)
        position += taken or 1
    plain(board, rest, context)


def _taken(board: Board, lines: list[str], position: int, context: Context) -> int:
    if not lines[position].strip():
        return 0
    return next((taken for reader in READERS if (taken := reader(board, lines, position, context))), 0)


def _named(board: Board, context: Context) -> None:
    if context.application:
        board.names[context.application] += 3


def _hints(board: Board, line: str, context: Context) -> None:
    if found := _ASSIGNED.search(line):
        board.namespaces[found[1]] += 2
        if context.kind in {"", "Pod"} and not context.name:
            context.name, context.namespace = found[2], found[1]
    elif found := _IN_NAMESPACE.search(line):
        board.namespaces[found[2]] += 2
        if context.kind in {"", "Pod"} and not context.name:
            context.name, context.namespace = found[1], found[2]
