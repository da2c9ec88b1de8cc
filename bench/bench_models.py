"""What asking models costs: an incident that rules leave open, with scripted models that look around with tools.

Usage is fabricated from the length of the texts (a token for four characters, equal beginnings from the cache), prices
are the published ones. Beside the seconds of a plan with models stand those of the same plan by rules alone.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from gitops_bot.commands.session import Session
from gitops_bot.model.plan import Plan, Tier
from gitops_bot.sandbox.models import ModelServer, Script
from gitops_bot.sandbox.server import RecordingAt, Sandbox
from gitops_bot.settings import read_settings
from gitops_bot.wiring import Wiring
from tests.end_to_end.variations import symptoms
from tests.end_to_end.variations.building import Varied
from tests.end_to_end.variations.scripts import LARGE, LOOK, WORTH, concluded

FIXTURES = Path(__file__).parents[1] / "fixtures"
ROUNDS = 5


def plan(sandbox: Sandbox, checkout: Path, models: dict[str, str]) -> tuple[float, Plan]:
    """Plan once; return the seconds and the plan."""
    settings = read_settings({**sandbox.environment, **models, "PATH": os.environ["PATH"]})
    now = datetime.now(UTC)
    start = time.perf_counter()
    with Wiring(settings, checkout, now) as wiring:
        made = Session(settings, wiring, now).plan()
    return time.perf_counter() - start, made


def checkout_of(sandbox: Sandbox, folder: Path) -> Path:
    """Clone the sandbox's repository."""
    url = f"{sandbox.url}/{sandbox.forge.full_name}.git"
    subprocess.run(["git", "clone", "-q", url, str(folder)], check=True)
    return folder


def open_incident(folder: Path) -> None:
    """Print what one diagnosis costs, and what it adds to a plan."""
    varied = Varied(folder, "03-many-incidents@01b9168", "fleet")
    varied.keep("ledger")
    symptoms.crashes(varied, code=143)
    with Sandbox.start([RecordingAt(varied.write(), varied.head)], varied.clone / ".git", varied.head) as sandbox:
        checkout = checkout_of(sandbox, folder / "checkout")
        ratios, bills = [], []
        for _ in range(ROUNDS):
            scripts = {"*": Script.of(WORTH, for_ever=True), LARGE: Script.of(LOOK, concluded(), for_ever=True)}
            with ModelServer.start(scripts) as server:
                alone, before = plan(sandbox, checkout, {})
                asked, after = plan(sandbox, checkout, server.environment)
            assert before.remediations[0].tier is Tier.ESCALATE
            assert after.remediations[0].tier is Tier.APPROVE
            ratios.append(asked / alone)
            bills.append(after.reasoned.bill)
    print(f"an incident that rules leave open: a pull request instead of an escalation, {bills[0]}")
    print(f"price of the run: ${bills[0].dollars:.4f} (limits: $0.10 an incident, $1.00 a run)")
    print(f"the plan takes {statistics.median(ratios):.2f} x as long as by rules alone, models answering at once")


def healthy(folder: Path) -> None:
    """Print how many calls a healthy fleet costs."""
    recording = FIXTURES / "recordings" / "00-healthy"
    bundle = FIXTURES / "repositories" / "fleet.bundle"
    with Sandbox.start([RecordingAt(recording, "eea9963")], bundle, "eea9963") as sandbox:
        checkout = checkout_of(sandbox, folder / "healthy")
        with ModelServer.start(Script.of(WORTH, for_ever=True)) as server:
            plan(sandbox, checkout, server.environment)
            print(f"a healthy fleet: {len(server.requests)} calls (goal: 0)")


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        open_incident(Path(folder))
        healthy(Path(folder))


if __name__ == "__main__":
    main()
