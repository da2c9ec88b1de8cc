"""The two jobs of the documented workflow: each with its own permissions and credentials, and no others."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.end_to_end.conftest import Estate, Play

INCIDENTS = "03-many-incidents@01b9168"
PERMISSIONS = {"contents": "write", "pull_requests": "write", "issues": "write", "checks": "read"}
COMMITS = "overrides: [{match: {}, tier: commit}]\n"


def planned(estate: Estate, file: Path) -> None:
    """Plan as the first job does: with a token that reads contents alone."""
    estate.sandbox.forge.add_workflow_token("reading", contents="read")
    estate.set(GITHUB_TOKEN="reading")
    assert estate.bot("plan", "--output", str(file)).code == 0
    assert estate.sandbox.forge.state.issues == {}
    assert estate.git("for-each-ref", "refs/remotes/origin/gitops-bot") == ""


def test_planning_needs_no_more_than_to_read_contents_and_applying_no_clusters(
    play: Play, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    estate = play(INCIDENTS)
    planned(estate, tmp_path / "plan.json")

    estate.sandbox.forge.add_workflow_token("writing", **PERMISSIONS)
    estate.set(GITHUB_TOKEN="writing")
    for name in ("ARGOCD_SERVER", "ARGOCD_AUTH_TOKEN"):
        monkeypatch.delenv(name)
    seen = len(estate.sandbox.requests)
    assert estate.bot("apply", str(tmp_path / "plan.json")).code == 0
    assert {one.service for one in estate.sandbox.requests[seen:]} == {"forge"}
    assert len(estate.sandbox.forge.state.issues) == 4


def test_the_policy_is_that_of_the_default_branch_whatever_is_checked_out(play: Play, tmp_path: Path) -> None:
    estate = play(INCIDENTS)
    estate.sandbox.forge.commit("trusting", {".gitops-bot.yaml": COMMITS}, start="main")
    estate.git("checkout", "-q", "trusting")
    planned(estate, tmp_path / "plan.json")
    estate.set(GITHUB_TOKEN=estate.sandbox.forge.token)
    assert estate.bot("apply", str(tmp_path / "plan.json")).code == 0
    assert estate.commits == []
    assert len(estate.pulls()) == 3


def test_the_ceiling_of_the_job_that_writes_lowers_what_was_planned(play: Play, tmp_path: Path) -> None:
    estate = play("04-drift@01b9168")
    planned(estate, tmp_path / "plan.json")
    estate.set(GITHUB_TOKEN=estate.sandbox.forge.token, AUTO_REMEDIATE_CLASSES="canary-rollback")
    outcome = estate.bot("apply", str(tmp_path / "plan.json"))
    assert (outcome.code, outcome.errors) == (0, "")
    assert estate.commits == []
    assert len(estate.pulls()) == 5


def test_a_plan_whose_texts_link_to_argo_cd_is_what_its_facts_give(play: Play, tmp_path: Path) -> None:
    estate = play(INCIDENTS)
    estate.sandbox.forge.commit("main", {".gitops-bot.yaml": "argocd-page: https://argocd.example.com\n"})
    planned(estate, tmp_path / "plan.json")
    estate.set(GITHUB_TOKEN=estate.sandbox.forge.token)
    assert estate.bot("apply", str(tmp_path / "plan.json")).code == 0
    assert all("](https://argocd.example.com/applications/" in pull.body for pull in estate.pulls())
    assert "Nothing to do" in estate.bot("run").output
