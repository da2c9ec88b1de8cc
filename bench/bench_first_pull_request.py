"""From `run`'s start to an open pull request on recording 03 (three incidents), the sandbox already up.

Goal: at most 4 s to the first pull request; the time to the last one is printed beside it. The whole process is
measured, start-up included, from outside: the forge tells when each pull request came.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

from gitops_bot.sandbox.http import Handler, Request, Response
from gitops_bot.sandbox.server import RecordingAt, Sandbox

ROOT = Path(__file__).parents[1]
ROUNDS = 3


def stopwatch(opened: list[float], handle: Handler) -> Handler:
    """Return a forge that notes when a pull request was opened."""

    def timed(request: Request) -> Response:
        answer = handle(request)
        if request.method == "POST" and request.path.endswith("/pulls"):
            opened.append(time.perf_counter())
        return answer

    return timed


def once() -> tuple[list[float], float]:
    """Return the seconds from the start to each pull request, and those that an empty python takes."""
    bundle = ROOT / "fixtures" / "repositories" / "fleet.bundle"
    recording = RecordingAt(ROOT / "fixtures" / "recordings" / "03-many-incidents", "01b9168")
    opened: list[float] = []
    with Sandbox.start([recording], bundle, "01b9168") as sandbox, tempfile.TemporaryDirectory() as folder:
        sandbox.intercept_forge(partial(stopwatch, opened))
        subprocess.run(["git", "clone", "-q", f"{sandbox.url}/{sandbox.forge.full_name}.git", folder], check=True)
        start = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "gitops_bot", "run"],
            cwd=folder,
            env={**os.environ, **sandbox.environment, "PYTHONPATH": str(ROOT)},
            check=True,
            stdout=subprocess.DEVNULL,
        )
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", "pass"], check=True)
        return [moment - start for moment in opened], time.perf_counter() - began


def main() -> None:
    """Measure and print."""
    rounds = [once() for _ in range(ROUNDS)]
    first = statistics.median(times[0] for times, _ in rounds)
    last = statistics.median(times[-1] for times, _ in rounds)
    empty = statistics.median(python for _, python in rounds)
    print(f"run to the first open pull request: {first:.2f} s, {first / empty:.0f} x an empty python (goal: <= 4 s)")
    print(f"run to the third and last one: {last:.2f} s")


if __name__ == "__main__":
    main()
