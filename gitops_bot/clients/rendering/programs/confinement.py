"""Shuts a program off from the network and from all files but those it works on, by means of the Linux kernel.

Both means need no privilege and bind the thread that asks for them, with all that it starts, for ever: seccomp takes
away the system calls that open a socket, Landlock the files. So a program is started from a thread of its own. Where
one of them is missing (another system or processor, an old kernel) it is left out: it is a second lock. The first one
are the checks of what a chart or kustomization names.
"""

from __future__ import annotations

import ctypes
import os
import struct
import subprocess
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from msgspec import Struct

_NO_NEW_PRIVILEGES, _SET_SECCOMP, _FILTER = 38, 22, 2
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | 13  # EACCES
_OTHER_NUMBERING = 0x40000000
_IO_URING_SETUP = 425
# By machine: how seccomp names it, and the number of `socket`.
_MACHINES = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION, _BENEATH = 1, 1
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_FOLDER, _TRUNCATE = (1 << bit for bit in (0, 1, 2, 3, 14))
_OF_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE
_READ = _READ_FILE | _READ_FOLDER
# What a program's libraries and interpreter lie in: no secrets, and nothing of the repository's.
_SYSTEM = ("/usr", "/lib", "/lib64", "/bin", "/nix/store", "/etc/ld.so.cache")


class Confinement(Struct, frozen=True):
    """What a program may do: start `programs`, read beneath `readable`, read and write beneath `writable`."""

    programs: tuple[str, ...]
    readable: tuple[Path, ...]
    writable: Path


def start(confinement: Confinement | None, starting: Callable[[], subprocess.Popen[bytes]]) -> subprocess.Popen[bytes]:
    """Return the process that `starting` starts, confined; as it is where there is no confinement."""
    if confinement is None:
        return starting()

    def confined() -> subprocess.Popen[bytes]:
        _confine(confinement)
        return starting()

    with ThreadPoolExecutor(1, thread_name_prefix="confined") as pool:
        return pool.submit(confined).result()


def is_possible() -> bool:
    """Return whether this kernel can shut a program off from both the network and files."""
    return sys.platform == "linux" and os.uname().machine in _MACHINES and _landlock_version(_library()) > 0


def _confine(confinement: Confinement) -> None:
    if sys.platform != "linux":
        return
    library = _library()
    if library.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) == 0:
        _close_network(library)
        _close_files(library, confinement)


def _library() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _close_network(library: ctypes.CDLL) -> None:
    machine = _MACHINES.get(os.uname().machine)
    if machine is None:
        return
    name, socket = machine
    steps = [
        (_LOAD, 0, 0, 4),  # which machine's numbers
        (_EQUAL, 0, 5, name),
        (_LOAD, 0, 0, 0),  # the system call's number
        (_AT_LEAST, 3, 0, _OTHER_NUMBERING),
        (_EQUAL, 2, 0, socket),
        (_EQUAL, 1, 0, _IO_URING_SETUP),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _REFUSE),
    ]
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
    program = struct.pack("HP", len(steps), ctypes.addressof(code))
    library.prctl(_SET_SECCOMP, _FILTER, program, 0, 0)


def _close_files(library: ctypes.CDLL, confinement: Confinement) -> None:
    version = _landlock_version(library)
    if version <= 0:
        return
    handled = (1 << {1: 13, 2: 14}.get(version, 15)) - 1
    rules = library.syscall(_CREATE_RULESET, struct.pack("Q", handled), ctypes.c_size_t(8), 0)
    if rules < 0:
        return
    try:
        for paths, rights in (
            (_SYSTEM, _READ | _EXECUTE),
            (confinement.programs, _READ_FILE | _EXECUTE),
            (confinement.readable, _READ),
            ([confinement.writable], handled & ~_EXECUTE),
            (["/dev/null"], _READ_FILE | _WRITE_FILE | _TRUNCATE),
        ):
            _allow(library, rules, paths, rights & handled)
        library.syscall(_RESTRICT_SELF, rules, 0)
    finally:
        os.close(rules)


def _allow(library: ctypes.CDLL, rules: int, paths: Iterable[str | Path], rights: int) -> None:
    for path in paths:
        try:
            found = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except OSError:
            continue
        try:
            allowed = rights if Path(path).is_dir() else rights & _OF_FILES
            library.syscall(_ADD_RULE, rules, _BENEATH, struct.pack("=Qi", allowed, found), 0)
        finally:
            os.close(found)


def _landlock_version(library: ctypes.CDLL) -> int:
    return int(library.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _VERSION))
