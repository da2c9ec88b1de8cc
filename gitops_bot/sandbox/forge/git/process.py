"""Git's processes: one-shot commands in a clean environment, and one long-lived reader of objects."""

from __future__ import annotations

import functools
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from gitops_bot.errors import ToolMissing

CLEAN_ENVIRONMENT: Mapping[str, str] = {
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C.UTF-8",
    # The source may belong to another user; it is only ever read.
    "GIT_CONFIG_COUNT": "2",
    "GIT_CONFIG_KEY_0": "safe.directory",
    "GIT_CONFIG_VALUE_0": "*",
    "GIT_CONFIG_KEY_1": "core.quotePath",
    "GIT_CONFIG_VALUE_1": "false",
}


@functools.cache
def git_program() -> str:
    """Where git is. Raises ToolMissing."""
    found = shutil.which("git")
    if not found:
        raise ToolMissing("git is not installed", advice="Install git 2.38 or newer.")
    return found


def clean_environment() -> dict[str, str]:
    """An environment in which nothing of the person who runs it shows: no configuration, no prompts."""
    return {**CLEAN_ENVIRONMENT, "PATH": f"{Path(git_program()).parent}:/usr/local/bin:/usr/bin:/bin"}


class GitFailed(Exception):
    """Git ended with another code than 0: `code`, and its words in `text`."""

    def __init__(self, arguments: tuple[str, ...], code: int, text: str) -> None:
        self.code = code
        self.text = text
        super().__init__(f"git {' '.join(arguments[:3])} ended with {code}: {text}")


def run_git(
    folder: Path, arguments: tuple[str, ...], *, content: bytes = b"", extra: Mapping[str, str] | None = None
) -> bytes:
    """Run `git` in `folder` and return what it printed. Raises GitFailed; ToolMissing where there is no git."""
    done = subprocess.run(
        [git_program(), *arguments],
        cwd=folder,
        input=content,
        capture_output=True,
        check=False,
        env={**clean_environment(), **(extra or {})},
    )
    if done.returncode != 0:
        raise GitFailed(arguments, done.returncode, done.stderr.decode("utf-8", "replace").strip())
    return done.stdout


@dataclass(frozen=True)
class RawObject:
    """One Git object: its id, its kind (`blob`, `tree`, `commit`, `tag`) and its bytes."""

    sha: str
    kind: str
    data: bytes


class ObjectReader:
    """A running `git cat-file --batch`; not thread-safe, closed by `close`."""

    def __init__(self, folder: Path) -> None:
        self._process = subprocess.Popen(
            [git_program(), "cat-file", "--batch"],
            cwd=folder,
            env=clean_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def read(self, name: str) -> RawObject | None:
        """The object that `name` means (`main^{commit}`, `HEAD:path`, an id); None where there is none."""
        if not name or any(mark in name for mark in "\n\0 "):
            return None
        requests, answers = self._streams()
        requests.write(name.encode("utf-8", "surrogateescape") + b"\n")
        requests.flush()
        words = answers.readline().split()
        if len(words) != 3 or words[1] not in {b"blob", b"tree", b"commit", b"tag"}:
            return None
        data = answers.read(int(words[2]))
        answers.read(1)
        return RawObject(words[0].decode(), words[1].decode(), data)

    def close(self) -> None:
        """End the process; a second call does nothing."""
        requests, answers = self._streams()
        if not requests.closed:
            requests.close()
            answers.close()
            self._process.wait()

    def _streams(self) -> tuple[IO[bytes], IO[bytes]]:
        requests, answers = self._process.stdin, self._process.stdout
        if requests is None or answers is None:
            raise ValueError("the reader was started without pipes")
        return requests, answers
