"""A sandbox forge on a socket, the bot's client for it, and a transport that dies."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from gitops_bot.clients.forge import Forge, Pacing
from gitops_bot.sandbox.forge import Forge as SandboxForge
from gitops_bot.sandbox.http import Request, Response, serve

FILE = "catalog/values-production.yaml"
BEFORE = b"image:\n  tag: 1.9.1\n"
AFTER = b"image:\n  tag: 1.9.0\n"
TOKEN = "test-token"


def git(folder: Path, *arguments: str, data: bytes | None = None) -> str:
    names = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com", "-c", "init.defaultBranch=main"]
    done = subprocess.run(["git", *names, *arguments], cwd=folder, capture_output=True, input=data, check=True)
    return done.stdout.decode().strip()


def make_origin(folder: Path) -> Path:
    """A checkout with one commit."""
    git(folder, "init", "--quiet")
    (folder / "catalog").mkdir()
    (folder / FILE).write_bytes(BEFORE)
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "-m", "catalog: release 1.9.1")
    return folder


class Line:
    """The wire between bot and forge: counts requests, and can be cut before or after the forge has worked."""

    def __init__(self, handler: Callable[[Request], Response]) -> None:
        self.handler = handler
        self.seen: list[tuple[str, str]] = []
        self.dies_at: int | None = None
        self.works_first = False
        self.meanwhile: dict[int, Callable[[], object]] = {}

    def __call__(self, request: Request) -> Response:
        self.seen.append((request.method, request.path))
        meanwhile = self.meanwhile.pop(len(self.seen), None)
        if meanwhile:
            meanwhile()
        dead = self.dies_at is not None and len(self.seen) > self.dies_at
        if not dead:
            return self.handler(request)
        if self.works_first and len(self.seen) == (self.dies_at or 0) + 1:
            self.handler(request)
        return Response(0, drop=True)

    def reset(self) -> None:
        self.seen.clear()
        self.dies_at = None

    def writes(self) -> list[tuple[str, str]]:
        return [(method, path) for method, path in self.seen if method != "GET"]


class Bench:
    """One sandbox forge with clients for it; a client waits on no clock."""

    def __init__(self, sandbox: SandboxForge) -> None:
        self.sandbox = sandbox
        self.line = Line(sandbox.handle)
        self._server = serve(self.line)
        sandbox.base_url = self._server.url
        self.slept: list[float] = []
        self.head = sandbox.branch_commit("main")

    def client(self, token: str = TOKEN) -> Forge:
        root = self._server.url
        ticking = Pacing(clock=lambda: 1000.0 * len(self.line.seen), sleep=self.slept.append)
        return Forge(
            api_url=f"{root}/api/v3",
            graphql_url=f"{root}/api/graphql",
            server_url=root,
            repository="acme/fleet",
            token=token,
            pacing=ticking,
            sleep=self.slept.append,
            now=lambda: 0.0,
            timeout=5,
        )

    def content(self, branch: str = "main", path: str = FILE) -> bytes:
        return git(self.sandbox.state.git.folder, "cat-file", "blob", f"{branch}:{path}").encode() + b"\n"

    def messages(self, branch: str = "main") -> list[str]:
        folder = self.sandbox.state.git.folder
        return git(folder, "log", "--format=%B%x00", f"{self.head}..{branch}").split("\0")[:-1]

    def pulls(self) -> list[str]:
        return [issue.title for issue in self.sandbox.state.issues.values() if issue.pull]

    def issues(self) -> list[str]:
        return [issue.title for issue in self.sandbox.state.issues.values() if not issue.pull]

    def push(self, path: str, content: bytes, branch: str = "main") -> str:
        """Somebody else commits."""
        from gitops_bot.sandbox.forge.branches import move_branch
        from gitops_bot.sandbox.forge.writing import FileChanges, write_commit

        state = self.sandbox.state
        parent = self.sandbox.branch_commit(branch)
        sha = write_commit(state, parent, FileChanges(additions={path: content}), "Other", state.signature())
        assert move_branch(state, branch, sha, parent)
        return sha

    def close(self) -> None:
        self._server.close()
        self.sandbox.close()


@contextmanager
def open_bench(origin: Path, workspace: Path) -> Iterator[Bench]:
    """Serve a copy of `origin` until the end of the block; `reader` is a token that may only read."""
    sandbox = SandboxForge.open(
        origin,
        owner="acme",
        name="fleet",
        workspace=workspace,
        token=TOKEN,
        read_only_token="reader",
        clock=lambda: datetime(2026, 11, 23, 12, 0, tzinfo=UTC),
    )
    bench = Bench(sandbox)
    try:
        yield bench
    finally:
        bench.close()
