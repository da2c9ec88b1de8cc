"""What people do with a pull request of the bot is respected by the next run."""

from __future__ import annotations

import subprocess
from collections.abc import Callable

import httpx
import pytest

from tests.end_to_end.conftest import Estate
from tests.end_to_end.variations.building import Varied
from tests.end_to_end.variations.conftest import run_once

Vary = Callable[..., Varied]


@pytest.fixture
def estate(vary: Vary, serve: Callable[[Varied], Estate]) -> Estate:
    """A pull request of the bot stands open."""
    varied = vary()
    varied.keep("ledger")
    started = serve(varied)
    assert list(run_once(started).pulls) == ["ledger"]
    return started


def call(estate: Estate, method: str, path: str, **body: object) -> None:
    environment = estate.sandbox.environment
    url = f"{environment['GITHUB_API_URL']}/repos/{environment['GITHUB_REPOSITORY']}/{path}"
    headers = {"Authorization": f"Bearer {environment['GITHUB_TOKEN']}"}
    httpx.request(method, url, json=body, headers=headers).raise_for_status()


def number(estate: Estate) -> object:
    (pull,) = estate.forge("pulls?state=all")
    return pull["number"]


def pushed(estate: Estate, branch: str, path: str, old: str, new: str) -> None:
    """Push a commit by a person to a branch."""
    estate.git("checkout", "-q", "-B", branch, f"origin/{branch}")
    target = estate.checkout / path
    target.write_text(target.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    identity = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com")
    estate.git(*identity, "commit", "-q", "-am", "By hand")
    url = estate.sandbox.environment["GITHUB_SERVER_URL"].replace(
        "://", f"://x:{estate.sandbox.environment['GITHUB_TOKEN']}@"
    )
    repository = estate.sandbox.environment["GITHUB_REPOSITORY"]
    subprocess.run(["git", "push", "-q", f"{url}/{repository}.git", branch], cwd=estate.checkout, check=True)
    estate.git("checkout", "-q", "main")


def test_a_pull_request_that_was_closed_silences_its_cause(estate: Estate) -> None:
    call(estate, "PATCH", f"pulls/{number(estate)}", state="closed")
    written = run_once(estate)
    assert written.code == 0
    assert written.nothing
    assert "closed" in written.skipped["ledger"]


def test_a_pull_request_that_was_merged_is_given_time(estate: Estate) -> None:
    call(estate, "PUT", f"pulls/{number(estate)}/merge")
    written = run_once(estate)
    assert written.code == 0
    assert not written.pulls
    assert not written.issues
    assert written.skipped["ledger"]


def test_a_branch_that_a_person_works_on_is_theirs(estate: Estate) -> None:
    (pull,) = estate.forge("pulls?state=open")
    branch = str(pull["head"]["ref"])  # type: ignore[index]
    pushed(estate, branch, "ledger/ledger.yaml", "replicas: 2", "replicas: 3")
    before = estate.git("rev-parse", f"origin/{branch}")
    written = run_once(estate)
    assert written.code == 0
    assert estate.git("rev-parse", f"origin/{branch}") == before
    assert len(written.pulls) == 1


def test_a_branch_that_moves_on_makes_no_second_pull_request(estate: Estate) -> None:
    pushed(estate, "main", "search/search.yaml", "periodSeconds: 5", "periodSeconds: 6")
    written = run_once(estate)
    assert written.code == 0
    assert list(written.pulls) == ["ledger"]
    assert len(estate.forge("pulls?state=all")) == 1


def test_a_person_who_was_faster_is_not_overruled(estate: Estate) -> None:
    pushed(estate, "main", "ledger/ledger.yaml", "ledger:5.2.0", "ledger:5.2.1")
    written = run_once(estate)
    assert written.code == 0
    assert "already" in written.skipped["ledger"]
    assert len(estate.forge("pulls?state=all")) == 1
