"""The demo, as `make demo` starts it: with the tools that render, and without them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from gitops_bot.cli import main
from gitops_bot.errors import ConfigurationError

TOOLS = ("git", "sh")


def bare_path(folder: Path, *more: str) -> str:
    """Return a PATH with Git and nothing that renders but `more`."""
    folder.mkdir()
    for name in (*TOOLS, *more):
        found = shutil.which(name)
        assert found, f"{name} is needed here: `make test` installs it"
        (folder / name).symlink_to(found)
    return str(folder)


def test_the_demo_shows_a_commit_pull_requests_and_healed_applications(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo"]) == 0
    shown = capsys.readouterr().out
    assert "tier commit: committed" in shown
    assert shown.count("tier approve: opened pull request") == 3
    assert "+  newTag: v2.3.0" in shown
    assert "### Evidence" in shown
    assert shown.count("Healed: nothing is left to do.") == 2
    assert "Left out" not in shown


def test_without_tools_it_plays_the_plain_incidents_and_says_what_it_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", bare_path(tmp_path / "bin"))
    assert main(["demo"]) == 0
    shown = capsys.readouterr().out
    assert "Left out: the crashing canary" in shown
    assert "Left out: catalog-production" in shown
    assert shown.count("tier approve: opened pull request") == 2
    assert shown.count("Healed: nothing is left to do.") == 1


def test_without_helm_the_kustomize_incident_is_played(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", bare_path(tmp_path / "bin", "kustomize"))
    assert main(["demo"]) == 0
    shown = capsys.readouterr().out
    assert "tier commit: committed" in shown
    assert "Left out: catalog-production" in shown


def test_an_installed_package_has_no_recordings_and_says_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="recordings are not here"):
        main(["demo", "--fixtures", str(tmp_path)])
