"""A real configuration repository that a test writes commits to."""

from __future__ import annotations

import os
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
Files = dict[str, str | bytes | None]


def run_git(folder: Path, when: str, arguments: tuple[str, ...], text: bytes | None = None) -> str:
    """Run Git as Ada at a time of Git's own form, without anybody's configuration; return what it prints."""
    environment = {
        "PATH": os.environ["PATH"],
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_DATE": when,
        "GIT_COMMITTER_DATE": when,
        "GIT_AUTHOR_NAME": "Ada",
        "GIT_AUTHOR_EMAIL": "ada@example.com",
        "GIT_COMMITTER_NAME": "Ada",
        "GIT_COMMITTER_EMAIL": "ada@example.com",
    }
    done = subprocess.run(
        ["git", *arguments], cwd=folder, env=environment, input=text, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode().strip()


class Repository:
    """Commits hold exactly the bytes that they are given; each is ten minutes younger than the one before."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.times: dict[str, datetime] = {}
        path.mkdir(parents=True)
        self.git("init", "--quiet", "--initial-branch=main")

    @property
    def now(self) -> datetime:
        return START + timedelta(minutes=10 * len(self.times))

    def git(self, *arguments: str, text: bytes | None = None) -> str:
        return run_git(self.path, f"{int(self.now.timestamp())} +0000", arguments, text)

    def commit(self, files: Files, message: str = "Change", *, parents: tuple[str, ...] = ()) -> str:
        """Write the files (None removes one) on top of the branch, or of other parents, whose first gives the tree."""
        if parents:
            self.git("read-tree", parents[0])
        lines = [self._entry(name, content) for name, content in files.items()]
        self.git("update-index", "-z", "--index-info", text=b"".join(lines))
        tree = self.git("write-tree")
        head = [] if not self.times else [self.head]
        above = [part for parent in (parents or head) for part in ("-p", parent)]
        sha = self.git("commit-tree", tree, *above, "-m", message)
        self.git("update-ref", "refs/heads/main", sha)
        self.times[sha] = self.now
        return sha

    @property
    def head(self) -> str:
        return self.git("rev-parse", "refs/heads/main")

    def _entry(self, name: str, content: str | bytes | None) -> bytes:
        path = os.fsencode(name)
        if content is None:
            return b"0 " + b"0" * 40 + b"\t" + path + b"\0"
        data = content.encode() if isinstance(content, str) else content
        blob = self.git("hash-object", "-w", "--stdin", "--no-filters", text=data)
        return b"100644 " + blob.encode() + b"\t" + path + b"\0"
