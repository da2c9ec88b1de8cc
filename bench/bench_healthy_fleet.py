"""A healthy fleet of 3,000 applications: `plan` beside plain httpx + json on the same list; memory; requests.

The two are measured in turn in one process, start-up apart. Goals: at most 2 times, at most 250 MB, 1 list, no detail.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import httpx

from gitops_bot.commands.session import Session
from gitops_bot.sandbox.fleet import generate
from gitops_bot.sandbox.server import RecordingAt, Sandbox
from gitops_bot.settings import read_settings
from gitops_bot.wiring import Wiring

ROOT = Path(__file__).parents[1]
APPLICATIONS = 3000
ROUNDS = 9


def plain(sandbox: Sandbox, target: str) -> float:
    """Return the seconds that httpx and json take for one list."""
    token = {"Authorization": f"Bearer {sandbox.environment['ARGOCD_AUTH_TOKEN']}"}
    start = time.perf_counter()
    with httpx.Client(timeout=60) as client:
        body = client.get(f"{sandbox.url}{target}", headers=token).content
    assert len(json.loads(body)["items"]) == APPLICATIONS
    return time.perf_counter() - start


def plan(sandbox: Sandbox, checkout: Path) -> float:
    """Return the seconds that planning takes."""
    settings, now = read_settings({**sandbox.environment, "PATH": os.environ["PATH"]}), datetime.now(UTC)
    start = time.perf_counter()
    with Wiring(settings, checkout, now) as wiring:
        made = Session(settings, wiring, now).plan()
    taken = time.perf_counter() - start
    assert not made.remediations
    assert not made.skipped
    return taken


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        recording, checkout = Path(folder) / "recording", Path(folder) / "checkout"
        generate(ROOT / "fixtures" / "recordings" / "00-healthy", recording, APPLICATIONS)
        bundle = ROOT / "fixtures" / "repositories" / "fleet.bundle"
        subprocess.run(["git", "clone", "-q", "-b", "main", str(bundle), str(checkout)], check=True)
        with Sandbox.start([RecordingAt(recording, "eea9963")], bundle, "eea9963") as sandbox:
            plan(sandbox, checkout)
            (seen,) = [one for one in sandbox.requests if one.service == "argocd"]
            target = f"{seen.path}?{seen.query}"
            pairs = [(plain(sandbox, target), plan(sandbox, checkout)) for _ in range(ROUNDS)]
            ratio = statistics.median(planned / fetched for fetched, planned in pairs)
            print(
                f"plan of {APPLICATIONS} healthy applications: {ratio:.2f} x httpx + json on the same list (goal: <= 2)"
            )
            print(f"requests of one plan: {seen.method} {seen.path}, and no other (goal: 1 list, no detail)")
            environment = {**os.environ, **sandbox.environment, "PYTHONPATH": str(ROOT)}
            command = [sys.executable, "-m", "gitops_bot", "plan"]
            subprocess.run(command, cwd=checkout, env=environment, check=True, stdout=subprocess.DEVNULL)
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(f"peak memory of the whole process: {peak:.0f} MB (goal: <= 250)")


if __name__ == "__main__":
    main()
