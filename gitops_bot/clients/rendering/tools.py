"""The programs that render, and how they are run: without a shell, confined and bounded."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from threading import Timer

import msgspec
from msgspec import Struct

from gitops_bot.clients.rendering.programs.confinement import Confinement, start
from gitops_bot.clients.rendering.programs.limits import LimitReached, Limits, TimedOut, affordable, excess, impose
from gitops_bot.clients.rendering.values import SourceBroken
from gitops_bot.errors import ToolMissing

MOST_MESSAGE = 4000
_MOST_READ_OF_MESSAGE = 4 * MOST_MESSAGE
_SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin"
# A port that nothing listens on: whatever asks the network gets a refusal at once.
_NOWHERE = "http://127.0.0.1:9"


class Tools(Struct, frozen=True):
    """How to start the programs, as the first words of a command line; None where one is not installed.

    `kustomize` is the command that takes a folder: `kustomize build`, or `kubectl kustomize`. `limits` are what each
    may use.
    """

    kustomize: tuple[str, ...] | None = None
    helm: tuple[str, ...] | None = None
    limits: Limits = Limits()

    def within(self, seconds: float) -> Tools:
        """Return the same programs with this much time; TimedOut where there is none left."""
        if seconds <= 0:
            raise TimedOut(f"its sources took longer than {self.limits.seconds:.0f} s to render")
        return msgspec.structs.replace(self, limits=msgspec.structs.replace(self.limits, seconds=seconds))


def find_tools(path: str) -> Tools:
    """Return the programs found in the folders of `path`, which has the form of a PATH variable."""
    kustomize, kubectl, helm = (shutil.which(name, path=path) for name in ("kustomize", "kubectl", "helm"))
    build = (kustomize, "build") if kustomize else (kubectl, "kustomize") if kubectl else None
    return Tools(kustomize=build, helm=(helm,) if helm else None, limits=affordable())


def required(command: tuple[str, ...] | None, name: str) -> tuple[str, ...]:
    """Return the command, or raise ToolMissing."""
    if command is None:
        advice = f"Install {name} and put it on PATH; GitHub's Ubuntu runners ship it."
        raise ToolMissing(f"{name} is not installed, and a source needs it to be rendered", advice=advice)
    return command


def run(
    command: list[str],
    *,
    folder: Path,
    scratch: Path,
    tools: Tools | None = None,
    readable: Path | None = None,
    variables: dict[str, str] | None = None,
) -> bytes:
    """Run a program in `folder` and return what it prints; its home and caches are in `scratch`.

    It reads what is beneath these two and `readable`, and may use what the limits of `tools` allow. Raises SourceBroken
    with what it said where it fails or prints too much, LimitReached where it was ended for what it used.
    """
    tools = tools or Tools()
    limits = tools.limits
    programs = tuple(words[0] for words in (command, tools.helm, tools.kustomize) if words)
    # A script (a version manager's shim, say) starts what we do not know: it is trusted like the program itself.
    script = _is_script(command[0])
    confinement = None if script else Confinement(programs, tuple({folder, readable or folder}), scratch)
    path = f"{Path(command[0]).parent}:{_SYSTEM_PATH}" if script else f"{scratch}/bin"
    with tempfile.TemporaryFile(dir=scratch) as said:

        def starting() -> subprocess.Popen[bytes]:
            process = subprocess.Popen(
                command,
                cwd=folder,
                env={**(variables or {}), **_environment(scratch, limits), "PATH": path},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=said,
                start_new_session=True,
            )
            impose(process.pid, limits)
            return process

        with start(confinement, starting) as process:
            output, timed_out = _output(process, limits)
        said.seek(0)
        message = said.read(_MOST_READ_OF_MESSAGE)
    name = Path(command[0]).name
    if len(output) > limits.output:
        raise SourceBroken(f"{name} printed more than {limits.output // 1024 // 1024} MiB")
    if process.returncode == 0:
        return output
    if timed_out:
        raise TimedOut(f"{name} took longer than {limits.seconds:.0f} s")
    if (limit := excess(name, process.returncode, message, limits)) is not None:
        raise limit
    shown = message.decode("utf-8", "replace").strip()[:MOST_MESSAGE]
    raise SourceBroken(shown or f"{name} ended with exit code {process.returncode}")


def _is_script(program: str) -> bool:
    with Path(program).open("rb") as file:
        return file.read(2) == b"#!"


def _output(process: subprocess.Popen[bytes], limits: Limits) -> tuple[bytes, bool]:
    """Return what the program prints and whether its time was up; it is over then, with all that it started."""
    stop = Timer(limits.seconds, _end, [process])
    stop.start()
    try:
        output = process.stdout.read(limits.output + 1) if process.stdout else b""
        if len(output) > limits.output:
            _end(process)
        if hasattr(os, "waitid"):
            # Its number is nobody else's until it is waited for: time to end what it left behind.
            os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
            _end(process)
        process.wait()
    finally:
        timed_out = not stop.is_alive()
        stop.cancel()
        _end(process)
    return output, timed_out


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.returncode is None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)


def _environment(scratch: Path, limits: Limits) -> dict[str, str]:
    home = str(scratch)
    return {
        "HOME": home,
        "TMPDIR": home,
        "XDG_CACHE_HOME": f"{home}/cache",
        "XDG_CONFIG_HOME": f"{home}/config",
        "XDG_DATA_HOME": f"{home}/data",
        "HELM_CACHE_HOME": f"{home}/cache",
        "HELM_CONFIG_HOME": f"{home}/config",
        "HELM_DATA_HOME": f"{home}/data",
        "HELM_PLUGINS": f"{home}/plugins",
        "KUBECONFIG": "/dev/null",
        "GIT_ALLOW_PROTOCOL": "none",
        "HTTP_PROXY": _NOWHERE,
        "HTTPS_PROXY": _NOWHERE,
        "http_proxy": _NOWHERE,
        "https_proxy": _NOWHERE,
        "LC_ALL": "C",
        # Asks for less before the limit is met: a large chart is slower then, and does not fail.
        "GOMEMLIMIT": str(limits.memory * 9 // 10),
    }


__all__ = ["LimitReached", "TimedOut", "Tools", "find_tools", "required", "run"]
