"""A run that is killed leaves nothing, or a state that the next run completes: nothing is written twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from gitops_bot.sandbox.http import Handler, Request, Response
from tests.end_to_end.conftest import ROOT, Play

WRITES = 12


class Executioner:
    """Kills the bot's process when the forge has received a certain write, before or after the write is done."""

    def __init__(self, write: int, *, done: bool) -> None:
        self._left = write
        self._done = done
        self.process: subprocess.Popen[bytes] | None = None
        self.killed = False

    def wrap(self, handle: Handler) -> Handler:
        """Return a forge that kills."""

        def killing(request: Request) -> Response:
            reading = request.method == "GET" or "upload-pack" in request.path
            self._left -= not reading
            if reading or self._left or self.process is None:
                return handle(request)
            answer = handle(request) if self._done else Response(500)
            os.kill(self.process.pid, signal.SIGKILL)
            self.killed = True
            return answer

        return killing


@pytest.mark.parametrize("done", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("write", range(1, WRITES + 1))
def test_a_run_killed_at_a_write_is_completed_by_the_next(play: Play, write: int, done: bool) -> None:
    estate = play("04-drift@01b9168")
    executioner = Executioner(write, done=done)
    estate.sandbox.intercept_forge(executioner.wrap)
    executioner.process = subprocess.Popen(
        [sys.executable, "-m", "gitops_bot", "run"],
        cwd=estate.checkout,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    executioner.process.wait(timeout=120)
    if not executioner.killed:
        pytest.fail(f"the run makes fewer than {write} writes: lower WRITES")
    assert estate.bot("run").code == 0
    assert estate.bot("run").code == 0

    pulls = estate.forge("pulls?state=all")
    heads = [str(pull["head"]["ref"]) for pull in pulls]  # type: ignore[index]
    assert sorted(head.split("/")[1] for head in heads) == ["catalog-production", "checkout", "ledger", "search"]
    for head in heads:
        assert estate.git("rev-list", "--count", f"start..origin/{head}").strip() == "1"
    assert len(estate.commits) == 1
    assert estate.escalations() == []
    assert len([one for one in estate.forge("issues?state=all") if "pull_request" not in one]) == 1


def test_a_plan_file_is_written_whole_or_not_at_all(play: Play, tmp_path: Path) -> None:
    estate = play("01-canary-crashloop@2b4a2f8")
    target = tmp_path / "plans" / "plan.json"
    estate.bot("plan", "--output", str(target))
    assert [path.name for path in target.parent.iterdir()] == ["plan.json"]
    applied = estate.bot("apply", str(target), "--json")
    assert applied.code == 0
    assert len(estate.commits) == 1
    again = estate.bot("apply", str(target))
    assert "not written" in again.output
    assert len(estate.commits) == 1
