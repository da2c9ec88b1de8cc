"""Bad input ends in one line that says what, where and what to do; the other applications are still treated."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from gitops_bot.cli import main
from gitops_bot.errors import GitopsBotError
from gitops_bot.sandbox.argocd import faults
from tests.end_to_end.conftest import Estate, Play

INCIDENTS = "03-many-incidents@01b9168"


def refusal(estate: Estate, *words: str) -> str:
    """Run a command that must fail as expected, and return the line that it ends in."""
    with pytest.raises(GitopsBotError) as caught:
        estate.bot(*(words or ("plan",)))
    return str(caught.value)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"ARGOCD_SERVER": "http://127.0.0.1:9"}, ["cannot be reached", "127.0.0.1:9", "Check ARGOCD_SERVER"]),
        ({"ARGOCD_SERVER": "argocd.example.com"}, ["no URL", "https://HOST"]),
        ({"ARGOCD_SERVER": ""}, ["ARGOCD_SERVER is not set", "argocd-server"]),
        ({"ARGOCD_AUTH_TOKEN": "wrong"}, ["does not accept the token", "ARGOCD_AUTH_TOKEN"]),
        ({"ARGOCD_AUTH_TOKEN": ""}, ["ARGOCD_AUTH_TOKEN is not set", "role:readonly"]),
        ({"GITHUB_TOKEN": "wrong"}, ["forge does not accept the token", "GITHUB_TOKEN"]),
        ({"GITHUB_REPOSITORY": "acme/other"}, ["acme/other", "GITHUB_REPOSITORY"]),
        ({"AUTO_REMEDIATE_CLASSES": "canary-rollbak"}, ["Did you mean `canary-rollback`?"]),
    ],
)
def test_a_wrong_setting_is_told_by_its_name(play: Play, change: dict[str, str], words: list[str]) -> None:
    estate = play(INCIDENTS)
    estate.set(**change)
    message = refusal(estate, "run")
    for word in words:
        assert word in message
    assert estate.commits == []


def test_a_server_without_tls_is_told_apart(play: Play) -> None:
    estate = play(INCIDENTS)
    estate.set(ARGOCD_SERVER=estate.sandbox.url.replace("http:", "https:"))
    assert "TLS" in refusal(estate)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (faults.status(500), "HTTP 500"),
        (faults.truncated, "broken JSON"),
        (faults.not_json, "web page"),
    ],
)
def test_a_list_that_cannot_be_read_ends_the_run(play: Play, spoil: faults.Spoil, words: str) -> None:
    estate = play(INCIDENTS)
    estate.sandbox.argocd.faults.add("/applications$", spoil)
    assert words in refusal(estate)


@pytest.mark.parametrize(
    ("path", "spoil", "words"),
    [
        ("/applications/ledger$", faults.status(500), "HTTP 500"),
        ("/applications/ledger$", faults.status(403), "may have been deleted"),
        ("/applications/ledger/resource-tree", faults.truncated, "broken JSON"),
        ("/applications/ledger/resource-tree", faults.not_json, "web page"),
    ],
)
def test_one_application_that_cannot_be_read_does_not_keep_the_others_back(
    play: Play, path: str, spoil: faults.Spoil, words: str
) -> None:
    estate = play(INCIDENTS)
    estate.sandbox.argocd.faults.add(path, spoil)
    outcome = estate.bot("run")
    assert outcome.code == 1
    assert "not judged, for the reasons given above: ledger" in outcome.errors
    assert words in " ".join(outcome.output.split())
    assert {pull.branch.split("/")[1] for pull in estate.pulls()} == {"catalog-production", "search"}


def test_a_typo_in_the_configuration_is_told_before_anything_else(play: Play) -> None:
    estate = play(INCIDENTS)
    (estate.checkout / ".gitops-bot.yaml").write_text("limits:\n  opne: 3\n")
    assert "at .gitops-bot.yaml:2:3" in refusal(estate, "run")
    assert estate.sandbox.requests == [one for one in estate.sandbox.requests if one.service == "forge"]


def test_a_repository_without_a_commit(play: Play, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    estate = play(INCIDENTS)
    subprocess.run(["git", "init", "-q", str(tmp_path / "empty")], check=True)
    monkeypatch.chdir(tmp_path / "empty")
    assert "no commit yet" in refusal(estate)


def test_applications_of_another_repository_are_left_to_its_own_bot(play: Play) -> None:
    estate = play(INCIDENTS)
    other = play("07-shapes-bad-releases@16e305a", repository="platform")
    other.set(ARGOCD_SERVER=estate.sandbox.url, ARGOCD_AUTH_TOKEN=estate.sandbox.environment["ARGOCD_AUTH_TOKEN"])
    plan = other.bot("plan", "--json").document
    assert plan["remediations"] == []
    reasons = {one["application"]: one["reason"] for one in plan["skipped"]}  # type: ignore[attr-defined]
    assert "not from this repository: run the bot there" in reasons["ledger"]


def test_a_missing_tool_is_no_reason_to_call_a_person(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    git = Path(
        subprocess.run(["sh", "-c", "command -v git"], check=True, capture_output=True, text=True).stdout.strip()
    )
    estate = play(INCIDENTS)
    tools = estate.checkout.parent / "tools"
    tools.mkdir()
    (tools / "git").symlink_to(git)
    monkeypatch.setenv("PATH", str(tools))
    outcome = estate.bot("run")
    monkeypatch.undo()
    assert outcome.code == 1
    assert "helm" in outcome.output
    estate_pulls = {str(pull["title"]).partition(":")[0] for pull in estate.forge("pulls?state=open")}
    assert estate_pulls == {"ledger", "search"}
    assert estate.forge("issues?state=all&labels=escalation") == []


def test_the_exit_codes_of_the_command_line() -> None:
    def code(*words: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-m", "gitops_bot", *words], capture_output=True, text=True, env={"PATH": ""}
        )
        return done.returncode, done.stderr

    assert code("--help")[0] == 0
    assert code("--version")[0] == 0
    assert code()[0] == 2
    assert code("plna") == (2, "gitops-bot: there is no command 'plna'. Did you mean `plan`?\n")
    assert code("plan", "--nonsense")[0] == 2
    failed = code("plan")
    assert failed[0] == 1
    assert failed[1].count("\n") == 1
    assert failed[1].startswith("gitops-bot: ARGOCD_SERVER is not set")


def test_a_plan_that_is_none_of_ours_is_refused(tmp_path: Path) -> None:
    for content in (b"", b"[]", b"{", json.dumps({"version": 2}).encode(), b'{"version": 1, "surprise": true}'):
        path = tmp_path / "plan.json"
        path.write_bytes(content)
        with pytest.raises(GitopsBotError, match="not one of ours"):
            main(["apply", str(path)])
