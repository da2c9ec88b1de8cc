"""Estates that no recording shows: recordings and their repositories, varied and played."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from gitops_bot.sandbox.server import RecordingAt, Sandbox
from tests.end_to_end.conftest import Estate, changed_lines
from tests.end_to_end.variations.building import Varied

Lines = dict[str, tuple[list[str], list[str]]]


@dataclass(frozen=True)
class Written:
    """What a run left: pull requests by application, commits on the branch, issues by title; and what it left alone."""

    code: int
    pulls: dict[str, Lines]
    bodies: dict[str, str]
    commits: list[str]
    lines: Lines
    issues: dict[str, str]
    skipped: dict[str, str]
    plan: dict[str, object]

    @property
    def nothing(self) -> bool:
        """Whether nothing at all was written."""
        return not (self.pulls or self.commits or self.issues)


Run = Callable[..., Written]


@pytest.fixture
def vary(tmp_path: Path) -> Callable[..., Varied]:
    """Open a recording (`NAME@COMMIT`) for changes."""

    def build(recording: str = "03-many-incidents@01b9168", repository: str = "fleet") -> Varied:
        return Varied(tmp_path, recording, repository)

    return build


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Iterator[Callable[..., Estate]]:
    """Serve a varied estate, and what Argo CD answers once main has come to later commits; check it out."""

    def capture() -> tuple[str, str]:
        captured = capfd.readouterr()
        return captured.out, captured.err

    with ExitStack() as stack:

        def start(varied: Varied, *later: RecordingAt) -> Estate:
            given = [RecordingAt(varied.write(), varied.head), *later]
            sandbox = stack.enter_context(Sandbox.start(given, varied.clone / ".git", varied.head))
            checkout = varied.folder / "checkout"
            url = f"{sandbox.environment['GITHUB_SERVER_URL']}/{sandbox.environment['GITHUB_REPOSITORY']}.git"
            subprocess.run(["git", "clone", "-q", url, str(checkout)], check=True)
            subprocess.run(["git", "tag", "start", f"origin/{varied.branch}"], cwd=checkout, check=True)
            return Estate(sandbox, checkout, monkeypatch, capture)

        yield start


@pytest.fixture
def run(serve: Callable[[Varied], Estate]) -> Run:
    """Run twice on a varied estate: return what the first wrote, after checking that the second writes nothing."""

    def twice(varied: Varied, *, code: int = 0) -> Written:
        estate = serve(varied)
        written = run_once(estate, varied.branch)
        assert written.code == code, written.skipped
        before = _state(estate)
        second = estate.bot("run")
        assert second.code == code
        assert _state(estate) == before
        assert estate.sandbox.argocd.refused == []
        return written

    return twice


def _state(estate: Estate) -> tuple[object, ...]:
    return (
        estate.git("for-each-ref", "refs/remotes"),
        estate.forge("pulls?state=all"),
        estate.forge("issues?state=all"),
    )


def run_once(estate: Estate, branch: str = "main") -> Written:
    """Run, and read off the forge and Git what it did."""
    outcome = estate.bot("run", "--json")
    plan = outcome.document["plan"]
    assert isinstance(plan, dict)
    pulls: dict[str, Lines] = {}
    bodies: dict[str, str] = {}
    for pull in estate.forge("pulls?state=open&per_page=100"):
        head = str(pull["head"]["ref"])  # type: ignore[index]
        name = head.split("/")[1]
        pulls[name] = changed_lines(estate.git("diff", "--unified=0", f"origin/{branch}", f"origin/{head}"))
        bodies[name] = f"{pull['title']}\n{pull['body']}"
    issues = {str(one["title"]): str(one["body"]) for one in estate.escalations()}
    start = f"start..origin/{branch}"
    reasons: dict[str, str] = {}
    for one in plan["skipped"]:
        reasons[one["application"]] = "; ".join(filter(None, (reasons.get(one["application"]), one["reason"])))
    return Written(
        code=outcome.code,
        pulls=pulls,
        bodies=bodies,
        commits=estate.git("log", "--format=%s", start).splitlines(),
        lines=changed_lines(estate.git("diff", "--unified=0", "start", f"origin/{branch}")),
        issues=issues,
        skipped=reasons,
        plan=plan,
    )
