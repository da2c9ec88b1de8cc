"""Runs `git` with a clean environment: no user or system configuration, no hooks, no prompts, no shell."""

from __future__ import annotations

import base64
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from threading import Lock
from typing import IO

from gitops_bot.errors import RepositoryError, ToolMissing

LOCAL_SECONDS = 120.0
NETWORK_SECONDS = 300.0
_SEARCH_PATH = "/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin"
_HEADER_FIELDS = 3
_USER_INFO = re.compile(r"(?<=://)[^/@\s]+@")


class GitCommands:
    """Git commands on one repository; bytes in, bytes out.

    `environment` adds what the network needs (proxies, certificates); nothing else of the caller's is passed.
    """

    def __init__(self, git_dir: Path, directory: Path, environment: Mapping[str, str]) -> None:
        self.directory = directory
        self._environment = {**_settings(directory), **environment, "GIT_DIR": str(git_dir)}

    def run(self, *arguments: str, accept: tuple[int, ...] = (0,)) -> bytes:
        """Return what the command prints; RepositoryError where its exit code is not in `accept`."""
        return _run(arguments, self.directory, self._environment, accept=accept)

    def text(self, *arguments: str) -> str:
        """Return what the command prints, as text without the line's end."""
        return self.run(*arguments).decode("utf-8", "replace").strip()

    def attempt(self, *arguments: str) -> tuple[int, bytes]:
        """Return the command's exit code and what it prints, whatever the code is."""
        return _attempt(arguments, self.directory, self._environment)[:2]

    def remote(self, url: str, *arguments: str, token: str) -> None:
        """Run a command that speaks to the server at `url`; the token goes by the environment and into no message."""
        environment = {**self._environment, **_authentication(url, token, offset=_count(self._environment))}
        _run(arguments, self.directory, environment, seconds=NETWORK_SECONDS, secret=token)

    def reader(self) -> ObjectReader:
        """Start a process that answers for many objects."""
        return ObjectReader(self.directory, self._environment)


class ObjectReader:
    """A running `git cat-file --batch`: one question, one answer; safe to share between threads."""

    def __init__(self, directory: Path, environment: Mapping[str, str]) -> None:
        self._lock = Lock()
        self._process = subprocess.Popen(
            [git_executable(), "cat-file", "--batch"],
            cwd=directory,
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def read(self, name: str) -> tuple[str, bytes] | None:
        """Return a blob's id and content, or None where the repository has no such object or it is no blob."""
        if "\n" in name:
            return None
        with self._lock:
            questions, answers = _pipes(self._process)
            questions.write(name.encode("utf-8", "surrogateescape") + b"\n")
            questions.flush()
            header = answers.readline().split()
            if len(header) != _HEADER_FIELDS or not header[-1].isdigit():
                return None
            content = answers.read(int(header[-1]))
            answers.read(1)
        return (header[0].decode(), content) if header[1] == b"blob" else None

    def close(self) -> None:
        """End the process."""
        questions, answers = _pipes(self._process)
        questions.close()
        answers.close()
        self._process.wait()


def clone(url: str, destination: Path, *arguments: str, token: str, environment: Mapping[str, str]) -> None:
    """Clone `url` into `destination`; RepositoryError where it fails, without the token in its text."""
    settings = {**_settings(destination), **environment}
    settings |= _authentication(url, token, offset=_count(settings))
    command = ("clone", "--quiet", *arguments, "--", url, str(destination))
    destination.parent.mkdir(parents=True, exist_ok=True)
    _run(command, destination.parent, settings, seconds=NETWORK_SECONDS, secret=token)


def git_executable() -> str:
    """Return the path of the `git` program; ToolMissing where there is none."""
    found = shutil.which("git") or shutil.which("git", path=_SEARCH_PATH)
    if found is None:
        raise ToolMissing("git is not installed", advice="Install git 2.31 or later.")
    return found


def _settings(directory: Path) -> dict[str, str]:
    # Settings by environment are the only ones besides the repository's own. A checkout that another user owns (a
    # container's) is meant to be read: the caller named it.
    pairs = [
        ("safe.directory", str(directory)),
        ("core.hooksPath", "/dev/null"),
        ("core.fsmonitor", "false"),
        ("core.quotePath", "false"),
        ("gc.auto", "0"),
        ("maintenance.auto", "false"),
        ("advice.detachedHead", "false"),
        ("init.defaultBranch", "main"),
    ]
    settings = {
        "PATH": f"{Path(git_executable()).parent}:{_SEARCH_PATH}",
        "LC_ALL": "C",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_LITERAL_PATHSPECS": "1",
        "GIT_SSH_COMMAND": "ssh -o BatchMode=yes",
    }
    return settings | _configuration(pairs, offset=0)


def _configuration(pairs: list[tuple[str, str]], offset: int) -> dict[str, str]:
    settings = {"GIT_CONFIG_COUNT": str(offset + len(pairs))}
    for index, (key, value) in enumerate(pairs, start=offset):
        settings[f"GIT_CONFIG_KEY_{index}"] = key
        settings[f"GIT_CONFIG_VALUE_{index}"] = value
    return settings


def _count(environment: Mapping[str, str]) -> int:
    return int(environment.get("GIT_CONFIG_COUNT", "0"))


def _authentication(url: str, token: str, offset: int) -> dict[str, str]:
    if not token or not url.startswith(("http://", "https://")):
        return {}
    credentials = base64.b64encode(f"x-access-token:{token}".encode()).decode()
    # The empty value drops the header that actions/checkout may have left in the repository: two are refused. The whole
    # URL as the key makes ours the more specific one.
    key = f"http.{_USER_INFO.sub('', url)}.extraheader"
    return _configuration([(key, ""), (key, f"Authorization: Basic {credentials}")], offset)


def _run(
    arguments: tuple[str, ...],
    directory: Path,
    environment: Mapping[str, str],
    *,
    accept: tuple[int, ...] = (0,),
    seconds: float = LOCAL_SECONDS,
    secret: str = "",
) -> bytes:
    code, output, message = _attempt(arguments, directory, environment, seconds)
    if code not in accept:
        raise RepositoryError(f"git {arguments[0]} failed", where=str(directory), found=_message(message, secret))
    return output


def _attempt(
    arguments: tuple[str, ...], directory: Path, environment: Mapping[str, str], seconds: float = LOCAL_SECONDS
) -> tuple[int, bytes, bytes]:
    try:
        done = subprocess.run(
            [git_executable(), *arguments],
            cwd=directory,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise RepositoryError(
            f"git {arguments[0]} took longer than {seconds:.0f} s",
            where=str(directory),
            advice="Look whether the Git server answers, then run again.",
        ) from None
    return done.returncode, done.stdout, done.stderr


def _message(stderr: bytes, secret: str) -> str:
    message = " ".join(stderr.decode("utf-8", "replace").split())[:500]
    if secret:
        message = message.replace(secret, "***")
    return _USER_INFO.sub("***@", message) or "no message"


def _pipes(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    if process.stdin is None or process.stdout is None:
        raise RepositoryError("git cat-file has no pipes")
    return process.stdin, process.stdout
