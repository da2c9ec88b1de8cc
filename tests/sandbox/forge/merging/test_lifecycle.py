"""What branches do to pull requests, and when one that is closed stays closed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest


def read(wire, number: int = 1):
    return wire.repo("GET", f"/pulls/{number}")


def reopening(wire) -> str:
    refused = wire.repo("PATCH", "/pulls/1", {"state": "open"}, status=422)
    return refused["errors"][0]["message"]


def test_a_head_reset_to_its_base_closes_it_for_good(wire) -> None:
    wire.pull("fix")
    wire.forge.reset("fix", "main")
    assert (read(wire)["state"], read(wire)["merged"]) == ("closed", False)
    assert "There are no new commits" in reopening(wire)


def test_a_forced_push_moves_an_open_head(wire, tmp_path: Path, kit, server) -> None:
    wire.pull("fix")
    remote = server.url.replace("http://", f"http://x:{kit.TOKEN}@") + "/acme/fleet.git"
    kit.git(tmp_path, "clone", "--quiet", remote, "copy")
    copy = tmp_path / "copy"
    (copy / "other.yaml").write_text("a: 1\n")
    kit.git(copy, "add", "other.yaml")
    kit.git(copy, "commit", "--quiet", "-m", "Anew")
    kit.git(copy, "push", "--quiet", "--force", "origin", "HEAD:fix")
    assert (read(wire)["state"], read(wire)["head"]["sha"]) == ("open", kit.git(copy, "rev-parse", "HEAD"))
    (event,) = wire.forge.events("push")[-1:]
    assert (event.json()["forced"], event.json()["ref"]) == (True, "refs/heads/fix")


def test_a_branch_that_was_rewritten_while_it_was_closed_reopens_nothing(wire) -> None:
    old = wire.pull("fix")["head"]["sha"]
    wire.repo("PATCH", "/pulls/1", {"state": "closed"})
    wire.forge.reset("fix", "main")
    wire.forge.commit("fix", {"b.yaml": "b: 1\n"})
    assert reopening(wire) == "state cannot be changed. The fix branch was force-pushed or recreated."
    wire.forge.reset("fix", old)
    assert wire.repo("PATCH", "/pulls/1", {"state": "open"})["state"] == "open", "the head that GitHub knows is back"


def test_a_branch_that_only_grew_reopens(wire) -> None:
    wire.pull("fix")
    wire.repo("PATCH", "/pulls/1", {"state": "closed"})
    sha = wire.forge.commit("fix", {"b.yaml": "b: 1\n"})
    assert wire.repo("PATCH", "/pulls/1", {"state": "open"})["head"]["sha"] == sha


def test_a_deleted_branch_closes_and_keeps_closed(wire) -> None:
    sha = wire.pull("fix")["head"]["sha"]
    wire.repo("DELETE", "/git/refs/heads/fix", status=204)
    assert read(wire)["state"] == "closed"
    assert "has been deleted" in reopening(wire)
    wire.repo("POST", "/git/refs", {"ref": "refs/heads/fix", "sha": sha}, status=201)
    assert wire.repo("PATCH", "/pulls/1", {"state": "open"})["state"] == "open", "as the restore button does"


def test_a_merged_one_never_reopens(wire) -> None:
    wire.pull("fix")
    wire.repo("PUT", "/pulls/1/merge", {})
    assert "cannot be reopened" in reopening(wire)


def test_of_six_identical_requests_at_once_one_wins(wire) -> None:
    wire.branch("fix", {"a.yaml": "a: 1\n"})
    asked = {"title": "Fix", "head": "fix", "base": "main"}

    def create(_: int) -> tuple[int, str]:
        response = wire.call("POST", "/repos/acme/fleet/pulls", asked)
        return response.status, response.body.decode()

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(create, range(6)))
    assert sorted(status for status, _ in answers) == [201, *[422] * 5]
    refused = [body for status, body in answers if status == 422]
    assert all("A pull request already exists for acme:fix." in body for body in refused)
    assert len(wire.repo("GET", "/pulls?state=all")) == 1


@pytest.mark.parametrize("place", ["/issues", "/pulls", "/issues/1/comments"])
def test_a_body_of_more_than_64_kilobytes_is_refused(wire, place: str) -> None:
    wire.repo("POST", "/issues", {"title": "One"}, status=201)
    wire.branch("fix", {"a.yaml": "a: 1\n"})
    asked = {"title": "T", "head": "fix", "base": "main"} if place == "/pulls" else {"title": "T"}
    asked = {} if "comments" in place else asked
    refused = wire.repo("POST", place, {**asked, "body": "x" * 65_537}, status=422)
    assert refused["errors"][0]["message"] == "body is too long (maximum is 65536 characters)"
    wire.repo("POST", place, {**asked, "body": "x" * 65_536}, status=201)
