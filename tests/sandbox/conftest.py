from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from gitops_bot.sandbox.server import RecordingAt, Sandbox

ROOT = Path(__file__).parents[2]


def _folder(*candidates: Path) -> Path:
    for folder in candidates:
        if folder.is_dir():
            return folder
    reason = f"none of {', '.join(map(str, candidates))} is here"
    print(reason)
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def recordings() -> Path:
    return _folder(ROOT / "fixtures" / "recordings", ROOT.parent / "shared" / "recordings")


@pytest.fixture(scope="session")
def fleet_bundle() -> Path:
    return _folder(ROOT / "fixtures" / "repositories", ROOT.parent / "shared" / "recordings") / "fleet.bundle"


class Sandboxed:
    """A running sandbox, its Argo CD asked with the token, and a clone of its repository to push from."""

    def __init__(self, sandbox: Sandbox, client: httpx.Client, clone: Path) -> None:
        self.sandbox = sandbox
        self.client = client
        self.clone = clone

    def application(self, name: str) -> Any:
        answer = self.client.get(f"/api/v1/applications/{name}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    def git(self, *arguments: str) -> str:
        return run_git(self.clone, *arguments)

    def push(self) -> str:
        """Push HEAD to main with the token; returns the commit."""
        environment = self.sandbox.environment
        server = environment["GITHUB_SERVER_URL"].replace("http://", f"http://bot:{environment['GITHUB_TOKEN']}@")
        self.git("push", "--force", f"{server}/{environment['GITHUB_REPOSITORY']}.git", "HEAD:main")
        return self.git("rev-parse", "HEAD")


def run_git(folder: Path, *arguments: str) -> str:
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        **{f"GIT_{role}_NAME": "someone" for role in ("AUTHOR", "COMMITTER")},
        **{f"GIT_{role}_EMAIL": "someone@example.test" for role in ("AUTHOR", "COMMITTER")},
    }
    done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture
def start_sandbox(tmp_path: Path, recordings: Path, fleet_bundle: Path) -> Iterator[Callable[..., Sandboxed]]:
    """Starts a sandbox over recordings given as `NAME@COMMIT`, and clones its repository."""
    with ExitStack() as stack:

        def start(*names: str, at: str | None = None) -> Sandboxed:
            given = [RecordingAt.parse(f"{recordings}/{name}") for name in names]
            sandbox = stack.enter_context(Sandbox.start(given, fleet_bundle, at))
            headers = {"authorization": f"Bearer {sandbox.environment['ARGOCD_AUTH_TOKEN']}"}
            client = stack.enter_context(
                httpx.Client(base_url=sandbox.environment["ARGOCD_SERVER"], headers=headers, timeout=10)
            )
            clone = tmp_path / f"clone-{client.base_url.port}"
            run_git(tmp_path, "clone", "--quiet", f"{sandbox.url}/{sandbox.forge.full_name}.git", str(clone))
            return Sandboxed(sandbox, client, clone)

        yield start
