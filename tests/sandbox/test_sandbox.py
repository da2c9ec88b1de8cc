from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from gitops_bot.errors import ConfigurationError, GitopsBotError, RepositoryError
from gitops_bot.sandbox.server import RecordingAt, Sandbox

HEALTHY, BAD, REVERTED = "00-healthy@eea9963", "01-canary-crashloop@2b4a2f8", "02-canary-reverted@e283de8"
BAD_COMMIT = "2b4a2f8c1f301f6d618bb7aade59eaaf3678a052"
PAYMENTS = "payments-production"
Start = Callable[..., Any]


def health(running: Any) -> str:
    status: str = running.application(PAYMENTS)["status"]["health"]["status"]
    return status


def revision(running: Any) -> str:
    commit: str = running.application(PAYMENTS)["status"]["sync"]["revision"]
    return commit


def test_one_port_serves_argo_cd_the_forge_and_git(start_sandbox: Start) -> None:
    running = start_sandbox(BAD)
    environment = running.sandbox.environment
    assert set(environment) == {
        "ARGOCD_SERVER",
        "ARGOCD_AUTH_TOKEN",
        "GITHUB_API_URL",
        "GITHUB_GRAPHQL_URL",
        "GITHUB_SERVER_URL",
        "GITHUB_REPOSITORY",
        "GITHUB_TOKEN",
    }
    assert environment["GITHUB_REPOSITORY"] == "acme/fleet"
    api = httpx.get(
        f"{environment['GITHUB_API_URL']}/repos/acme/fleet",
        headers={"authorization": f"Bearer {environment['GITHUB_TOKEN']}"},
    )
    assert api.json()["full_name"] == "acme/fleet"
    assert running.client.get("/api/v1/applications").status_code == 200
    assert running.git("rev-parse", "HEAD") == BAD_COMMIT


def test_the_repository_url_in_an_answer_can_be_cloned(start_sandbox: Start) -> None:
    running = start_sandbox(BAD)
    url = running.application(PAYMENTS)["spec"]["source"]["repoURL"]
    assert url == f"{running.sandbox.url}/acme/fleet.git"
    assert running.git("ls-remote", url, "refs/heads/main").split()[0] == BAD_COMMIT


def test_a_pushed_revert_heals_and_its_own_commit_is_the_synced_revision(start_sandbox: Start) -> None:
    running = start_sandbox(BAD, REVERTED)
    assert (health(running), revision(running)) == ("Progressing", BAD_COMMIT)
    running.git("revert", "--no-edit", "HEAD")
    commit = running.push()
    assert not commit.startswith("e283de8")
    assert (health(running), revision(running)) == ("Healthy", commit)
    metadata = running.client.get(f"/api/v1/applications/{PAYMENTS}/revisions/{commit}/metadata")
    assert metadata.status_code == 200


def test_a_merge_through_the_api_heals_as_well(start_sandbox: Start) -> None:
    running = start_sandbox(BAD, REVERTED)
    running.git("revert", "--no-edit", "HEAD")
    forge = running.sandbox.environment
    running.git(
        "push", f"{running.sandbox.url}/acme/fleet.git".replace("//", f"//x:{forge['GITHUB_TOKEN']}@"), "HEAD:fix"
    )
    headers = {"authorization": f"Bearer {forge['GITHUB_TOKEN']}"}
    pulls = f"{forge['GITHUB_API_URL']}/repos/acme/fleet/pulls"
    pull = httpx.post(pulls, headers=headers, json={"title": "Revert", "head": "fix", "base": "main"}).json()
    assert health(running) == "Progressing"
    merged = httpx.put(f"{pulls}/{pull['number']}/merge", headers=headers, json={"merge_method": "squash"}).json()
    assert (health(running), revision(running)) == ("Healthy", merged["sha"])


def test_a_change_that_no_recording_knows_leaves_the_recording_in_force(start_sandbox: Start) -> None:
    running = start_sandbox(BAD, REVERTED)
    (running.clone / "note.txt").write_text("something else\n")
    running.git("add", "note.txt")
    running.git("commit", "--quiet", "-m", "Something else")
    running.push()
    assert (health(running), revision(running)) == ("Progressing", BAD_COMMIT)


def test_an_empty_commit_goes_on_to_the_next_recording_with_that_tree(start_sandbox: Start) -> None:
    running = start_sandbox("04-drift@01b9168", "03-many-incidents@01b9168")
    assert running.application("payments-staging")["status"]["sync"]["status"] == "OutOfSync"
    running.git("commit", "--quiet", "--allow-empty", "-m", "Sync")
    commit = running.push()
    assert running.application("payments-staging")["status"]["sync"]["status"] == "Synced"
    assert running.application("search")["status"]["sync"]["revision"] == commit


def test_going_back_to_the_bad_commit_shows_the_incident_again(start_sandbox: Start) -> None:
    running = start_sandbox(HEALTHY, BAD, REVERTED, at="e283de8")
    assert health(running) == "Healthy"
    running.git("reset", "--quiet", "--hard", BAD_COMMIT)
    running.push()
    assert (health(running), revision(running)) == ("Progressing", BAD_COMMIT)


def test_a_recording_without_a_commit_belongs_to_where_the_branch_starts(start_sandbox: Start) -> None:
    running = start_sandbox("01-canary-crashloop", at="2b4a2f8")
    assert revision(running) == BAD_COMMIT
    assert running.git("rev-parse", "HEAD") == BAD_COMMIT


def test_every_request_is_shown_and_every_write_to_argo_cd_remembered(start_sandbox: Start) -> None:
    running = start_sandbox(BAD)
    running.client.get("/api/v1/applications", params={"fields": "items.metadata.name"})
    running.client.post(f"/api/v1/applications/{PAYMENTS}/sync", json={})
    seen = running.client.get("/sandbox/requests").json()
    assert seen == json.loads(json.dumps([vars(each) for each in running.sandbox.requests]))
    assert {each["service"] for each in seen} == {"argocd", "forge"}
    assert seen[-2:] == [
        {
            "service": "argocd",
            "method": "GET",
            "path": "/api/v1/applications",
            "query": "fields=items.metadata.name",
            "status": 200,
        },
        {
            "service": "argocd",
            "method": "POST",
            "path": f"/api/v1/applications/{PAYMENTS}/sync",
            "query": "",
            "status": 403,
        },
    ]
    assert [each.action for each in running.sandbox.argocd.refused] == ["sync"]


def test_the_root_leads_to_the_pull_requests(start_sandbox: Start) -> None:
    running = start_sandbox(BAD)
    page = httpx.get(running.sandbox.url, follow_redirects=True)
    assert page.status_code == 200
    assert page.url.path == "/acme/fleet/pulls"


def test_the_given_repository_is_not_changed(start_sandbox: Start, fleet_bundle: Path) -> None:
    before = hashlib.sha256(fleet_bundle.read_bytes()).hexdigest()
    running = start_sandbox(BAD)
    running.git("commit", "--quiet", "--allow-empty", "-m", "Sync")
    running.push()
    assert hashlib.sha256(fleet_bundle.read_bytes()).hexdigest() == before


def test_closing_lets_hanging_answers_go_and_leaves_no_folder(
    recordings: Path, fleet_bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    given = [RecordingAt(recordings / "00-healthy", "eea9963")]
    with Sandbox.start(given, fleet_bundle) as sandbox:
        assert list(tmp_path.iterdir())
        sandbox.argocd.faults.add("version", sandbox.argocd.faults.hang)
        with pytest.raises(httpx.ReadTimeout):
            httpx.get(f"{sandbox.url}/api/version", timeout=0.1)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(httpx.ConnectError):
        httpx.get(sandbox.url)


def refusal(kind: type[GitopsBotError], *arguments: Any) -> str:
    with pytest.raises(kind) as caught:
        Sandbox.start(*arguments).close()
    text = str(caught.value)
    assert "\n" not in text.strip()
    return text


def test_a_commit_that_the_repository_has_not_is_named(recordings: Path, fleet_bundle: Path) -> None:
    healthy = recordings / "00-healthy"
    assert "deadbeef" in refusal(RepositoryError, [RecordingAt(healthy)], fleet_bundle, "deadbeef")
    later = [RecordingAt(healthy, "eea9963"), RecordingAt(healthy, "deadbeef")]
    assert "no such commit" in refusal(RepositoryError, later, fleet_bundle)


def test_a_further_recording_without_a_commit_is_refused(recordings: Path, fleet_bundle: Path) -> None:
    given = [RecordingAt(recordings / "00-healthy"), RecordingAt(recordings / "01-canary-crashloop")]
    assert "01-canary-crashloop@COMMIT" in refusal(ConfigurationError, given, fleet_bundle)


def test_a_repository_that_is_not_there_is_refused(recordings: Path, tmp_path: Path) -> None:
    assert "absent" in refusal(RepositoryError, [RecordingAt(recordings / "00-healthy")], tmp_path / "absent")


def test_a_port_that_is_taken_is_refused(start_sandbox: Start, recordings: Path, fleet_bundle: Path) -> None:
    port = httpx.URL(start_sandbox(BAD).sandbox.url).port
    text = refusal(ConfigurationError, [RecordingAt(recordings / "00-healthy")], fleet_bundle, None, port)
    assert f"127.0.0.1:{port}" in text
    assert "70000" in refusal(ConfigurationError, [RecordingAt(recordings / "00-healthy")], fleet_bundle, None, 70000)


@pytest.mark.parametrize("body", ['{"items": 1}', '{"items": [{"metadata": {"labels": 1}}]}', '{"items": []}'])
def test_a_list_that_names_no_repository_is_refused(tmp_path: Path, fleet_bundle: Path, body: str) -> None:
    (tmp_path / "000.json").write_text(body)
    index = [{"method": "GET", "url": "/api/v1/applications", "status": 200, "file": "000.json"}]
    (tmp_path / "index.json").write_text(json.dumps(index))
    assert str(tmp_path) in refusal(ConfigurationError, [RecordingAt(tmp_path)], fleet_bundle)


def test_a_recording_is_given_with_or_without_its_commit(tmp_path: Path) -> None:
    assert RecordingAt.parse("a/b@main~1") == RecordingAt(Path("a/b"), "main~1")
    assert RecordingAt.parse("a/b") == RecordingAt(Path("a/b"))
    odd = tmp_path / "with@sign"
    odd.mkdir()
    assert RecordingAt.parse(str(odd)) == RecordingAt(odd)
    assert RecordingAt.parse(f"{odd}@main") == RecordingAt(odd, "main")
