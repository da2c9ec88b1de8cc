"""A storm on a big estate: 200 of 3,000 applications crash at once, each for a release of its own, in one repository.

The product's own runs, from Argo CD's list to the forge, an hour apart on a clock that is moved; the forge refuses the
81st creation in a minute and the 501st in an hour. Beside the seconds that a plan takes stand those of the same plan
for ten incidents, so that the price of one more is seen.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from functools import cached_property
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from gitops_bot.clients.forge import Forge, Pacing
from gitops_bot.commands.session import Session
from gitops_bot.model.change import Receipt
from gitops_bot.sandbox.fleet import generate
from gitops_bot.sandbox.forge import ManualClock
from gitops_bot.sandbox.server import RecordingAt, Sandbox
from gitops_bot.settings import Settings, read_settings
from gitops_bot.wiring import Wiring
from tests.applying.test_storm import ROOMY, busiest
from tests.support.repository import Files, Repository

FIXTURES = Path(__file__).parents[1] / "fixtures"
HEALTHY, INCIDENTS, FEW = 2800, 200, 10
CRASHING, LIST = "ledger", "/api/v1/applications"
RELEASED = "01b9168e8c366becb09b11bef3270d1d7e6041a2"
START = datetime.fromisoformat("2026-11-23T10:45:00+00:00")
REFUSED = {403, 429}


class OnManualTime(Wiring):
    """The product's wiring with a client of the forge that waits on a clock which is moved."""

    def __init__(self, settings: Settings, directory: Path, clock: ManualClock) -> None:
        super().__init__(settings, directory, clock.now)
        self._clock = clock

    @cached_property
    def forge(self) -> Forge | None:
        """The forge, at which waiting moves the clock."""
        given = self.settings.required_forge()

        def sleep(seconds: float) -> None:
            self._clock.advance(seconds=seconds)

        return self._stack.enter_context(
            Forge(
                api_url=given.api_url,
                graphql_url=given.graphql_url,
                server_url=given.server_url,
                repository=given.repository,
                token=given.token.reveal(),
                pacing=Pacing(clock=self._clock.seconds, sleep=sleep),
                sleep=sleep,
                now=self._clock.seconds,
            )
        )


def build(folder: Path, incidents: int) -> tuple[Path, Repository]:
    """Make a recording and its repository: every application that crashes has a file and an image of its own."""
    recording, origin = folder / "recording", folder / "origin"
    generate(FIXTURES / "recordings" / "00-healthy", recording, HEALTHY)
    bundle = FIXTURES / "repositories" / "fleet.bundle"
    repository = Repository(origin)
    repository.git("fetch", "-q", str(bundle), "main")
    names = [f"{CRASHING}-{number:03}" for number in range(incidents)]
    file = f"{CRASHING}/{CRASHING}.yaml"
    good, bad = (repository.git("show", f"{commit}:{file}") + "\n" for commit in (f"{RELEASED}~", RELEASED))
    begun: Files = {f"{one}/{one}.yaml": good.replace(CRASHING, one) for one in names}
    before = repository.commit(begun, "Bring them in", parents=(RELEASED,))
    after = repository.commit({f"{one}/{one}.yaml": bad.replace(CRASHING, one) for one in names}, "Release them")
    repository.commit({".gitops-bot.yaml": ROOMY}, "Leave the limits to the forge")
    _record(recording, names, before, after)
    return recording, repository


def _record(recording: Path, names: list[str], before: str, after: str) -> None:
    """Add the answers about applications that crash, each a copy of the recorded one under another name."""
    source = FIXTURES / "recordings" / "03-many-incidents"
    calls = [one for one in json.loads((source / "index.json").read_text()) if _concerns(one["url"])]
    whole = next(source / one["file"] for one in calls if one["url"] == f"{LIST}/{CRASHING}").read_text()
    older = {one["revision"] for one in json.loads(whole)["status"]["history"]} - {RELEASED}

    def told(text: str, name: str) -> str:
        for revision in older:
            text = text.replace(revision, before)
        return text.replace(RELEASED, after).replace(CRASHING, name)

    index = json.loads((recording / "index.json").read_text())
    listed = recording / next(one["file"] for one in index if one["url"] == LIST)
    applications = json.loads(listed.read_text())
    for name in names:
        applications["items"].append(json.loads(told(whole, name)))
        for call in calls:
            file = f"{name}-{call['file']}"
            (recording / file).write_text(told((source / call["file"]).read_text(), name))
            index.append({**call, "url": told(call["url"], name), "file": file})
    listed.write_text(json.dumps(applications))
    (recording / "index.json").write_text(json.dumps(index))


def _concerns(url: str) -> bool:
    return url.partition("?")[0].rstrip("/").startswith(f"{LIST}/{CRASHING}")


def run(sandbox: Sandbox, checkout: Path, clock: ManualClock) -> tuple[float, tuple[Receipt, ...]]:
    """Run the bot once; return the seconds that planning took and the receipts."""
    settings = read_settings({**sandbox.environment, "PATH": os.environ["PATH"]})
    with OnManualTime(settings, checkout, clock) as wiring:
        session = Session(settings, wiring, clock.now)
        start = time.perf_counter()
        plan = session.plan()
        return time.perf_counter() - start, session.apply(plan)


def storm(incidents: int, *, told: bool) -> float:
    """Play the storm until nothing is left; return the seconds of the first plan."""
    with tempfile.TemporaryDirectory() as folder:
        recording, repository = build(Path(folder), incidents)
        clock = ManualClock(START)
        with Sandbox.start([RecordingAt(recording)], repository.path, clock=clock) as sandbox:
            forge = sandbox.forge
            forge.limits.content_creation = True
            checkout = Path(folder) / "checkout"
            url = f"{sandbox.url}/{forge.full_name}.git"
            subprocess.run(["git", "clone", "-q", url, str(checkout)], check=True)
            planned, receipts = run(sandbox, checkout, clock)
            written = [sum(one.written for one in receipts)]
            while any(one.failed or not one.written for one in receipts) and len(written) < 6:
                clock.advance(hours=1)
                _, receipts = run(sandbox, checkout, clock)
                written.append(sum(one.written for one in receipts))
                if not written[-1]:
                    break
            if told:
                _tell(sandbox, incidents, written, planned)
        return planned


def _tell(sandbox: Sandbox, incidents: int, written: list[int], planned: float) -> None:
    forge = sandbox.forge
    pulls = [one for one in forge.state.issues.values() if one.pull is not None]
    most = busiest(one.at for one in forge.creations)
    refused = sum(one.status in REFUSED for one in forge.requests)
    doubles = len(pulls) - len({one.pull.head for one in pulls if one.pull})
    whole = HEALTHY + incidents
    print(f"{incidents} incidents on {whole} applications: {len(pulls)} pull requests, {doubles} double, ", end="")
    print(f"{' + '.join(map(str, written))} written an hour apart")
    print(f"most creations in a minute: {most} (goal: <= 80), {refused} refused (goal: 0)")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"the plan took {planned:.1f} s; peak memory with sandbox and forge in it: {peak:.0f} MB")


def main() -> None:
    """Measure and print."""
    many = storm(INCIDENTS, told=True)
    few = storm(FEW, told=False)
    each = (many - few) / (INCIDENTS - FEW)
    print(f"of {FEW} incidents alone it took {few:.1f} s; each more costs {each * 1000:.0f} ms")


if __name__ == "__main__":
    main()
