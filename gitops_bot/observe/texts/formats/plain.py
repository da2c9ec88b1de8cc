"""Lines that no other form claims: a container's log, an alert, a measurement, a sentence."""

from __future__ import annotations

import re

from gitops_bot.observe.reading import capped
from gitops_bot.observe.texts.board import Board, Log, Message
from gitops_bot.observe.texts.formats.context import Context

LONGEST_LOG = 16_000
MOST_MESSAGES = 400
_OF_A_LOG = re.compile(
    r"^\s*(?:\[?\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d|\d\d:\d\d:\d\d[.,\s]|[IWEF]\d{4} \d\d:\d\d|\{\"|ts="
    r"|time=\"?\d|level=|at [\w.$<>]+\("
    r"|at async |File \"|Traceback|panic: |goroutine \d|Exception in thread|Caused by: |thread '|fatal: |FATAL"
    r"|ERROR|WARN|INFO"
    r"|DEBUG|\[(?:info|warn|error|debug|fatal|INFO|WARN|ERROR|FATAL|\d{4})|npm ERR!|> node |node:|exec "
    r"|standard_init_linux"
    r"|\w+Error: |[\w.]+Exception: |Error: |runtime error|\.\.\. \d+ more|\d{1,3}(?:\.\d{1,3}){3} - )"
)
_OF_A_MESSAGE = re.compile(
    r"alert|metric|prom|note|report|timeline|comment|summary|context|slack|incident"
    r"|message|ns$|namespace|meta"
)
_NAMESPACE = re.compile(
    r"(?:\bnamespace[:=\s]+\"?|\bns[:=\s]+|\"namespace\": ?\"|namespace=\")([a-z0-9][a-z0-9-]{0,62})\b(?! [a-z]+s\b)"
)
_ONE_WORD = re.compile(r"^[a-z0-9][a-z0-9-]{0,62}$")


def plain(board: Board, lines: list[str], context: Context) -> None:
    """Put lines without a form of their own on the board as a log or as sentences."""
    kept = [line for line in lines if line.strip()]
    if not kept:
        return
    _namespaces(board, kept, context)
    looks_so = sum(bool(_OF_A_LOG.match(line)) for line in kept)
    said_otherwise = _OF_A_MESSAGE.search(context.evidence.lower()) and not context.is_log
    if context.is_log or (looks_so * 3 >= len(kept) and not said_otherwise):
        pod = context.name if context.kind == "Pod" else ""
        text = "\n".join(lines)[-LONGEST_LOG:]
        board.logs.append(Log(text=text, pod=pod, container=context.container))
        return
    room = MOST_MESSAGES - len(board.prose)
    board.prose += [
        Message(text=capped(line.strip()), where=context.evidence or "text") for line in kept[: max(0, room)]
    ]


def _namespaces(board: Board, lines: list[str], context: Context) -> None:
    if len(lines) <= 2 and _ONE_WORD.match(lines[-1].strip()) and re.search(r"\bns\b|namespace", context.words):
        board.namespaces[lines[-1].strip()] += 3
    for line in lines[:200]:
        for name in _NAMESPACE.findall(line)[:5]:
            board.namespaces[name] += 2
