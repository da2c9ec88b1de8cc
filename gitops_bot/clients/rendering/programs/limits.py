"""What a program that renders may use at most, and how to tell that it wanted more."""

from __future__ import annotations

import os
import re
import resource
import signal
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

from gitops_bot.clients.rendering.values import SourceBroken

_MEBIBYTE = 1024 * 1024
_LEAST_MEMORY = 512 * _MEBIBYTE
_CONTAINER_MEMORY = Path("/sys/fs/cgroup/memory.max")
# What a program written in Go says when the system gives it no more memory; it ends with a trace, never with code 1.
_OUT_OF_MEMORY = re.compile(
    rb"^(?:fatal error: .*memory|runtime/cgo: pthread_create failed|runtime: failed to create new OS thread)",
    re.MULTILINE,
)


class LimitReached(SourceBroken):
    """A program wanted more than it may have: another run may succeed, so it is no fact about the sources."""


class TimedOut(LimitReached):
    """A program took too long."""


class Limits(Struct, frozen=True):
    """`seconds` of wall time and bytes of `output` of all programs that one Application needs; the rest is for each.

    `memory` and `file_size` are bytes.
    """

    seconds: float = 90.0
    processor_seconds: int = 120
    memory: int = 2048 * _MEBIBYTE
    output: int = 64 * _MEBIBYTE
    file_size: int = 64 * _MEBIBYTE


def affordable() -> Limits:
    """Return the limits with which as many renders as there are cores fit into three quarters of the memory."""
    share = _memory() * 3 // 4 // (os.cpu_count() or 1)
    return Limits(memory=max(_LEAST_MEMORY, min(Limits().memory, share)))


def impose(process: int, limits: Limits) -> None:
    """Bound a process that has just been started; where the system knows no such limits (macOS), it stays as it is.

    Of memory, what is written to counts (RLIMIT_DATA): Go reserves much more address space than it ever uses, and does
    not even start where that is what is bounded (RLIMIT_AS).
    """
    if not hasattr(resource, "prlimit"):
        return
    bounds = {
        resource.RLIMIT_DATA: limits.memory,
        resource.RLIMIT_CPU: limits.processor_seconds,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: limits.file_size,
    }
    for kind, most in bounds.items():
        with suppress(ProcessLookupError, PermissionError, ValueError):
            resource.prlimit(process, kind, (most, most))


def excess(name: str, returncode: int, said: bytes, limits: Limits) -> LimitReached | None:
    """Return which limit made the program end, or None where it was none."""
    hint = "look for a loop in what it renders"
    if returncode == -signal.SIGKILL:
        return LimitReached(
            f"{name} was ended by the system: it used {limits.processor_seconds} s of processor time, or the machine "
            f"has no memory left; {hint}"
        )
    if returncode not in (0, 1) and _OUT_OF_MEMORY.search(said):
        return LimitReached(f"{name} needs more than the {limits.memory // _MEBIBYTE} MiB of memory it may use; {hint}")
    return None


def _memory() -> int:
    """Return the bytes of memory of this machine, or of this container where that is less."""
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        return min(machine, int(_CONTAINER_MEMORY.read_text()))
    except (OSError, ValueError):  # no container, or "max"
        return machine
