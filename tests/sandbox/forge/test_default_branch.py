"""The forge's default branch is the one that the given repository has its HEAD on."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from gitops_bot.sandbox.forge.opening import default_branch


def git(folder: Path, *words: str) -> None:
    identity = ("-c", "user.name=a", "-c", "user.email=a@example.com")
    subprocess.run(["git", "-C", str(folder), *identity, *words], check=True, capture_output=True)


@pytest.fixture
def trunk(tmp_path: Path) -> Path:
    """A repository on `trunk`, with a second branch at another commit."""
    folder = tmp_path / "origin"
    subprocess.run(["git", "init", "-q", "-b", "other", str(folder)], check=True)
    git(folder, "commit", "-q", "--allow-empty", "-m", "first")
    git(folder, "checkout", "-q", "-b", "trunk")
    git(folder, "commit", "-q", "--allow-empty", "-m", "second")
    return folder


def test_of_a_checkout_and_of_a_bare_folder(trunk: Path) -> None:
    assert default_branch(trunk) == "trunk"
    assert default_branch(trunk / ".git") == "trunk"


def test_of_a_bundle_it_is_the_branch_at_its_head(trunk: Path) -> None:
    git(trunk, "bundle", "create", "-q", "all.bundle", "HEAD", "trunk", "other")
    assert default_branch(trunk / "all.bundle") == "trunk"


def test_among_several_in_a_bundle_the_usual_name_wins(trunk: Path) -> None:
    git(trunk, "branch", "main")
    git(trunk, "bundle", "create", "-q", "all.bundle", "HEAD", "--branches")
    assert default_branch(trunk / "all.bundle") == "main"
    git(trunk, "bundle", "create", "-q", "some.bundle", "trunk", "main", "other")
    assert default_branch(trunk / "some.bundle") == "main"


def test_of_what_is_no_repository_it_is_main(tmp_path: Path) -> None:
    assert default_branch(tmp_path / "missing") == "main"
    assert default_branch(tmp_path) == "main"
