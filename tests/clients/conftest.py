from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from gitops_bot.clients.repository import ConfigRepository
from gitops_bot.clients.workspace import Workspace
from tests.support.repository import Files, run_git

ROOT = Path(__file__).parents[2]


class Checkout:
    """A real repository that a test writes commits to; the clock goes on by a minute a commit."""

    def __init__(self, path: Path, *options: str) -> None:
        self.path = path
        self.minute = 0
        path.mkdir(parents=True)
        self.git("init", "--quiet", "--initial-branch=main", *options)

    def git(self, *arguments: str, text: bytes | None = None) -> str:
        when = f"2026-11-23T10:{self.minute // 60 % 60:02d}:{self.minute % 60:02d} +0100"
        return run_git(self.path, when, arguments, text)

    def commit(self, files: Files, message: str = "Change") -> str:
        """Write the files (None removes one) and commit them; the blobs hold exactly these bytes."""
        self.minute += 1
        for name, content in files.items():
            if content is None:
                self.git("update-index", "--force-remove", "--", name)
                continue
            data = content.encode() if isinstance(content, str) else content
            blob = self.git("hash-object", "-w", "--stdin", "--no-filters", text=data)
            self.git("update-index", "--add", "--cacheinfo", f"100644,{blob},{name}")
        self.git("commit", "--quiet", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")

    def program(self, name: str, content: str) -> None:
        blob = self.git("hash-object", "-w", "--stdin", text=content.encode())
        self.git("update-index", "--add", "--cacheinfo", f"100755,{blob},{name}")

    def link(self, name: str, target: str) -> None:
        blob = self.git("hash-object", "-w", "--stdin", text=target.encode())
        self.git("update-index", "--add", "--cacheinfo", f"120000,{blob},{name}")


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path / "checkout")


@pytest.fixture
def opened() -> Iterator[Callable[[Path], ConfigRepository]]:
    """Opens repositories, and closes them when the test is over."""
    with ExitStack() as stack:
        yield lambda path: stack.enter_context(ConfigRepository.open(path))


@pytest.fixture
def workspace_of(
    checkout: Checkout, opened: Callable[[Path], ConfigRepository], tmp_path: Path
) -> Callable[[Files], Workspace]:
    """Commits files, with what stands in the index already, and shows the commit."""

    def make(files: Files) -> Workspace:
        commit = checkout.commit(files)
        return Workspace(opened(checkout.path), commit, tmp_path / f"workspace-{commit[:8]}")

    return make


def shared_folder(name: str) -> Path:
    """Return a folder of recorded data, from the fixtures or from beside the checkout."""
    inside, beside = {
        "recordings": (ROOT / "fixtures" / "recordings", ROOT.parent / "shared" / "recordings"),
        "repositories": (ROOT / "fixtures" / "repositories", ROOT.parent / "shared" / "recordings"),
    }[name]
    for folder in (inside, beside):
        if folder.is_dir():
            return folder
    reason = f"no fixtures/{name} and no ../shared/recordings"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def recordings() -> Path:
    return shared_folder("recordings")


@pytest.fixture(scope="session")
def bundles() -> Path:
    return shared_folder("repositories")
