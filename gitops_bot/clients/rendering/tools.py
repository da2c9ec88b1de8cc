"""The programs that render, and how they are run: time-limited, without a shell, without the network."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path
from threading import Timer

from msgspec import Struct

from gitops_bot.clients.rendering.values import SourceBroken
from gitops_bot.errors import ToolMissing

SECONDS = 90.0
MOST_OUTPUT = 64 * 1024 * 1024
MOST_MESSAGE = 4000
# A port that nothing listens on: whatever asks the network gets a refusal at once.
_NOWHERE = "http://127.0.0.1:9"


class Tools(Struct, frozen=True):
    """How to start the programs, as the first words of a command line; None where one is not installed.

    `kustomize` is the command that takes a folder: `kustomize build`, or `kubectl kustomize`.
    """

    kustomize: tuple[str, ...] | None = None
    helm: tuple[str, ...] | None = None


class TimedOut(SourceBroken):
    """A program took too long: not a fact about the sources, so it is not remembered."""


def find_tools(path: str) -> Tools:
    """Return the programs found in the folders of `path`, which has the form of a PATH variable."""
    kustomize, kubectl, helm = (shutil.which(name, path=path) for name in ("kustomize", "kubectl", "helm"))
    build = (kustomize, "build") if kustomize else (kubectl, "kustomize") if kubectl else None
    return Tools(kustomize=build, helm=(helm,) if helm else None)


def required(command: tuple[str, ...] | None, name: str) -> tuple[str, ...]:
    """Return the command, or raise ToolMissing."""
    if command is None:
        advice = f"Install {name} and put it on PATH; GitHub's Ubuntu runners ship it."
        raise ToolMissing(f"{name} is not installed, and a source needs it to be rendered", advice=advice)
    return command


def run(command: list[str], *, folder: Path, scratch: Path, variables: dict[str, str] | None = None) -> bytes:
    """Run a program in `folder` and return what it prints; its home and caches are in `scratch`.

    Raises SourceBroken with what it said where it fails or prints more than 64 MiB, TimedOut after 90 seconds.
    """
    with (
        tempfile.TemporaryFile(dir=scratch) as said,
        subprocess.Popen(
            command,
            cwd=folder,
            env={**_environment(command[0], scratch), **(variables or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=said,
        ) as process,
    ):
        stop = Timer(SECONDS, process.kill)
        stop.start()
        try:
            output = process.stdout.read(MOST_OUTPUT + 1) if process.stdout else b""
            if len(output) > MOST_OUTPUT:
                process.kill()
            process.wait()
        finally:
            timed_out = not stop.is_alive()
            stop.cancel()
        said.seek(0)
        message = said.read(MOST_MESSAGE * 4).decode("utf-8", "replace").strip()
    name = Path(command[0]).name
    if len(output) > MOST_OUTPUT:
        raise SourceBroken(f"{name} printed more than {MOST_OUTPUT // 1024 // 1024} MiB")
    if process.returncode and timed_out:
        raise TimedOut(f"{name} took longer than {SECONDS:.0f} s")
    if process.returncode:
        raise SourceBroken(message[:MOST_MESSAGE] or f"{name} ended with exit code {process.returncode}")
    return output


def _environment(program: str, scratch: Path) -> dict[str, str]:
    home = str(scratch)
    return {
        "PATH": str(Path(program).parent),
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
    }
