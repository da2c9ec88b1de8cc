"""What a log's end says: whether the program gave up, or still complains."""

from __future__ import annotations

import json
import re

from gitops_bot.model.json import Json, mapping, text

_TAIL = 40
_ERROR_LEVEL = re.compile(
    r"\b(?:ERROR|FATAL|CRITICAL|SEVERE|PANIC|EMERG)\b|level=\"?(?:error|fatal|panic|critical)|\[(?:error|crit"
    r"|alert|emerg|fatal)\]"
    r"|^[EF]\d{4} \d\d:|\b(?:error|fatal|crit)(?::| {1,2}\S)(?<=^.{60})|^\s*(?:error|fatal|panic)\b[: ]|^npm ERR!"
)
_FATAL = re.compile(
    r"\bFATAL\b|\bfatal(?: error)?[: ]|level=\"?(?:fatal|panic)|^panic: |\bPANIC\b|^F\d{4} \d\d:"
    r"|Traceback \(most recent|"
    r"Exception in thread \"main\"|Unhandled [Ee]xception|^\S{0,200}(?:Error|Exception): |^Error: |panicked at"
    r"|APPLICATION FAILED TO START"
    r"|[Gg]iving up|shutting down due to|[Ee]xit(?:ing|ed)? (?:with )?(?:code|status) [1-9]"
    r"|[Ss]egmentation fault|core dumped"
    r"|terminate called after|Aborted|cannot start|[Ff]ailed to start|startup failed|could not start|exec format error"
    r"|no such file or directory$|command not found|: not found$|Killed$|throw er;|npm ERR!|OutOfMemoryError"
    r"|heap out of memory"
)
_LEVELS = frozenset({"error", "fatal", "critical", "panic", "emerg", "alert", "severe"})
_GOES_ON = re.compile(r"\b(?:INFO|DEBUG)\b|level=\"?(?:info|debug)|^I\d{4} \d\d:|\"level\": ?\"(?:info|debug)\"")


def last_words(log: str) -> str:
    """Return the lines at the log's end with which the program gave up, empty where it did not."""
    lines = _tail(log)
    last = next((place for place in range(len(lines) - 1, -1, -1) if _is_fatal(lines[place])), -1)
    if last < 0 or sum(bool(_GOES_ON.search(line)) for line in lines[last + 1 :]) >= 3:
        return ""
    return "\n".join(_said(line) for line in lines[max(0, last - 6) :])


def complaints(log: str) -> str:
    """Return the errors that a running program still writes at the log's end, empty where they are past or few."""
    lines = _tail(log)[-12:]
    errors = [line for line in lines if is_error(line)]
    if not errors or (len(errors) * 3 < len(lines) and lines[-1] not in errors):
        return ""
    return "\n".join(_said(line) for line in errors)


def warnings(log: str) -> str:
    """Return warnings and errors at the log's end: what a program that is not ready waits for."""
    lines = [line for line in _tail(log)[-12:] if is_error(line) or re.search(r"\bWARN|level=\"?warn", line)]
    return "\n".join(_said(line) for line in lines)


def is_error(line: str) -> bool:
    """Return whether a line of a log is written as an error, whatever words it has."""
    fields = _fields(line)
    if fields:
        level = fields.get("level") or fields.get("severity") or fields.get("lvl") or fields.get("log.level")
        return (isinstance(level, int) and level >= 50) or text(level).lower() in _LEVELS
    return bool(_ERROR_LEVEL.search(line[:600]))


def _is_fatal(line: str) -> bool:
    fields = _fields(line)
    if fields:
        return text(fields.get("level") or fields.get("severity")).lower() in {"fatal", "panic", "critical", "emerg"}
    return bool(_FATAL.search(line[:1000])) and not _GOES_ON.search(line[:200])


def _said(line: str) -> str:
    fields = _fields(line)
    words = [text(fields.get(name)) for name in ("msg", "message", "error", "err", "exception", "stack", "reason")]
    return " ".join(word for word in words if word) or line.strip()


def _fields(line: str) -> dict[str, Json]:
    if not line.lstrip().startswith("{"):
        return {}
    try:
        return mapping(json.loads(line[:4000]))
    except (ValueError, RecursionError):
        return {}


def _tail(log: str) -> list[str]:
    return [line for line in log.splitlines() if line.strip()][-_TAIL:]
