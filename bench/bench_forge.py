"""What a run asks of the forge: with 20 pull requests open and nothing new, and in a storm of 200 incidents.

The storm plays on a clock that is moved, against a forge that refuses the 81st creation in a minute and the 501st in an
hour. Runs come every hour.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.applying.scene import FILES, Scene, open_scene
from tests.applying.test_storm import ROOMY, busiest, storm
from tests.support.repository import Repository

OPEN, INCIDENTS = 20, 200
REFUSED = {403, 429}


@contextmanager
def scene() -> Iterator[Scene]:
    """A forge with a small configuration repository, and a policy that leaves the limits to the forge."""
    with tempfile.TemporaryDirectory() as folder:
        repository = Repository(Path(folder) / "origin")
        repository.commit(dict(FILES), "Release 1.9.1")
        with closing(open_scene(repository.path, Path(folder) / "forge")) as opened:
            opened.configure(ROOMY)
            yield opened


def steady() -> None:
    """Print what a run asks that finds everything as it was."""
    with scene() as opened:
        wanted = storm(opened, OPEN)
        opened.run(*wanted)
        opened.run(*wanted)
        print(f"{OPEN} open pull requests, nothing new: {len(opened.requests)} requests (goal: <= 12), ", end="")
        print(f"{len(opened.writes)} of them writing (goal: 0)")
        plan = opened.plan(*wanted)
        for cache, name in ((None, "without a cache"), (opened.folder / "cache", "with GITOPS_BOT_CACHE")):
            opened.cache = cache
            for run in ("first run", "next run"):
                opened.forge.forget_requests()
                opened.apply(plan)
                asked = opened.forge.requests
                unchanged, size = sum(one.status == 304 for one in asked), sum(one.answer_size for one in asked)
                print(f"  {name}, {run}: {len(asked)} requests, {unchanged} answered 304, {size // 1000} kB read")


def stormy() -> None:
    """Print how a storm is written."""
    with scene() as opened:
        opened.forge.limits.content_creation = True
        wanted = storm(opened, INCIDENTS)
        written = []
        while len(opened.shown()) < INCIDENTS:
            receipts = opened.run(*wanted)
            assert not any(receipt.failed for receipt in receipts)
            written.append(sum(receipt.written for receipt in receipts))
            opened.clock.advance(hours=1)
        opened.run(*wanted)
        refused = sum(one.status in REFUSED for one in opened.forge.requests)
        most = busiest(one.at for one in opened.forge.creations)
        heads = {opened.pull_branch(number) for number, one in opened.forge.state.issues.items() if one.pull}
        print(
            f"storm of {INCIDENTS}: {len(heads)} pull requests, {' + '.join(map(str, written))} an hour apart; ", end=""
        )
        print(f"most creations in a minute: {most} (goal: <= 80), {refused} refused (goal: 0), ", end="")
        print(f"{len(opened.shown()) - len(heads)} double, {len(opened.writes)} writes in the run after it (goal: 0)")


def main() -> None:
    """Measure and print."""
    steady()
    stormy()


if __name__ == "__main__":
    main()
