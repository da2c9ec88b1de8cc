"""The product as its users run it: the real command line, against a recorded Argo CD and a forge over real Git."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from gitops_bot.cli import main
from gitops_bot.sandbox.server import RecordingAt, Sandbox

ROOT = Path(__file__).parents[2]
FIXTURES = ROOT / "fixtures"


@dataclass(frozen=True)
class Outcome:
    """How one command ended."""

    code: int
    output: str
    errors: str

    @property
    def document(self) -> dict[str, object]:
        """What it printed with `--json`."""
        value = json.loads(self.output)
        assert isinstance(value, dict)
        return value


@dataclass(frozen=True)
class Pull:
    """An open pull request with its changed lines per file."""

    title: str
    body: str
    branch: str
    lines: dict[str, tuple[list[str], list[str]]]


class Estate:
    """One sandbox with a checkout of its repository."""

    def __init__(
        self, sandbox: Sandbox, checkout: Path, monkeypatch: pytest.MonkeyPatch, capture: Callable[[], tuple[str, str]]
    ) -> None:
        self.sandbox = sandbox
        self.checkout = checkout
        self._capture = capture
        self._monkeypatch = monkeypatch
        for name in list(os.environ):
            if name.startswith(("GITHUB_", "ARGOCD_")):
                monkeypatch.delenv(name)
        for name, value in sandbox.environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.delenv("AUTO_REMEDIATE_CLASSES", raising=False)
        monkeypatch.chdir(checkout)

    def set(self, **variables: str) -> None:
        """Change the environment."""
        for name, value in variables.items():
            self._monkeypatch.setenv(name, value)

    def bot(self, *words: str) -> Outcome:
        """Run one command in this process."""
        self._capture()
        code = main(words)
        return Outcome(code, *self._capture())

    def git(self, *words: str) -> str:
        """Run Git in the checkout, after a fetch."""
        subprocess.run(["git", "fetch", "-q", "origin"], cwd=self.checkout, check=True)
        return subprocess.run(["git", *words], cwd=self.checkout, check=True, capture_output=True, text=True).stdout

    def forge(self, path: str) -> list[dict[str, object]]:
        """Ask the forge's REST API, below the repository."""
        environment = self.sandbox.environment
        url = f"{environment['GITHUB_API_URL']}/repos/{environment['GITHUB_REPOSITORY']}/{path}"
        answer = httpx.get(url, headers={"Authorization": f"Bearer {environment['GITHUB_TOKEN']}"})
        answer.raise_for_status()
        value = answer.json()
        assert isinstance(value, list)
        return value

    def pulls(self) -> list[Pull]:
        """The open pull requests, oldest first."""
        found = []
        for pull in reversed(self.forge("pulls?state=open")):
            head = pull["head"]
            assert isinstance(head, dict)
            diff = self.git("diff", "--unified=0", "origin/main", f"origin/{head['ref']}")
            found.append(Pull(str(pull["title"]), str(pull["body"]), str(head["ref"]), changed_lines(diff)))
        return found

    def escalations(self) -> list[dict[str, object]]:
        """The issues, open and closed, without the dashboard."""
        issues = (one for one in self.forge("issues?state=all") if "pull_request" not in one)
        return [one for one in issues if one["title"] != "gitops-bot: dashboard"]

    @property
    def commits(self) -> list[str]:
        """The subjects of what was committed to main since the recording's commit, newest first."""
        start = subprocess.run(
            ["git", "rev-parse", "start"], cwd=self.checkout, check=True, capture_output=True, text=True
        )
        return self.git("log", "--format=%s", f"{start.stdout.strip()}..origin/main").splitlines()


def changed_lines(diff: str) -> dict[str, tuple[list[str], list[str]]]:
    """Return removed and added lines per file of a diff without context."""
    found: dict[str, tuple[list[str], list[str]]] = {}
    path = ""
    for line in diff.splitlines():
        if line.startswith("diff --git "):
            path = line.rpartition(" b/")[2]
            found[path] = ([], [])
        elif line.startswith("-") and not line.startswith("--- "):
            found[path][0].append(line[1:].strip())
        elif line.startswith("+") and not line.startswith("+++ "):
            found[path][1].append(line[1:].strip())
    return found


Play = Callable[..., Estate]


@pytest.fixture
def play(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Iterator[Play]:
    """Start the sandbox with recordings (`NAME@COMMIT`, the first is where main starts) and clone its repository."""

    def capture() -> tuple[str, str]:
        captured = capfd.readouterr()
        return captured.out, captured.err

    with ExitStack() as stack:

        def start(*recordings: str, repository: str = "fleet") -> Estate:
            given = [RecordingAt.parse(str(FIXTURES / "recordings" / name)) for name in recordings]
            bundle = FIXTURES / "repositories" / f"{repository}.bundle"
            sandbox = stack.enter_context(Sandbox.start(given, bundle, given[0].commit))
            checkout = tmp_path / f"checkout-{repository}"
            url = f"{sandbox.environment['GITHUB_SERVER_URL']}/{sandbox.environment['GITHUB_REPOSITORY']}.git"
            subprocess.run(["git", "clone", "-q", url, str(checkout)], check=True)
            subprocess.run(["git", "tag", "start", "origin/main"], cwd=checkout, check=True)
            return Estate(sandbox, checkout, monkeypatch, capture)

        yield start
