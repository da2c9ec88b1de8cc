"""A forge without GraphQL is written to by `git push`, on the head that was expected."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from gitops_bot.clients.forge import BranchProtected, Forge, HeadMoved
from gitops_bot.clients.pushing import Pusher
from gitops_bot.clients.repository import ConfigRepository
from gitops_bot.sandbox.forge import Protection
from tests.act.bench import AFTER, BEFORE, FILE, TOKEN, Bench, git, make_origin, open_bench


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    (tmp_path / "origin").mkdir()
    origin = make_origin(tmp_path / "origin")
    with open_bench(origin, tmp_path / "forge") as bench:
        yield bench


@pytest.fixture
def forge(bench: Bench, tmp_path: Path) -> Iterator[Forge]:
    root = bench.sandbox.base_url
    url = f"{root}/acme/fleet.git"
    with (
        ConfigRepository.clone(url, tmp_path / "clone", token=TOKEN) as clone,
        Forge(
            api_url=f"{root}/api/v3",
            graphql_url=f"{root}/no/graphql/here",
            server_url=root,
            repository="acme/fleet",
            token=TOKEN,
            sleep=lambda _: None,
            pusher=lambda: Pusher(clone, url, TOKEN),
        ) as forge,
    ):
        yield forge


def test_a_commit_is_pushed_with_its_message_and_nothing_else_changes(bench: Bench, forge: Forge) -> None:
    sha = forge.commit_on_branch("main", bench.head, "Roll back", "why", {FILE: AFTER, "new/file": b"x\r\n"}, ())
    assert bench.sandbox.branch_commit("main") == sha
    assert (bench.content(), bench.messages()) == (AFTER, ["Roll back\n\nwhy\n"])
    folder = bench.sandbox.state.git.folder
    assert git(folder, "diff", "--name-only", bench.head, "main").split() == [FILE, "new/file"]
    assert git(folder, "cat-file", "blob", "main:new/file") == "x"
    assert git(folder, "log", "-1", "--format=%an", "main") == "gitops-bot"


def test_a_file_is_deleted_and_an_empty_commit_is_made(bench: Bench, forge: Forge) -> None:
    first = forge.commit_on_branch("main", bench.head, "Sync again", "", {}, ())
    assert bench.sandbox.tree_of("main") == bench.sandbox.tree_of(bench.head)
    forge.commit_on_branch("main", first, "Delete", "", {}, (FILE,))
    assert git(bench.sandbox.state.git.folder, "ls-tree", "-r", "--name-only", "main") == ""


def test_nobodys_commit_is_lost(bench: Bench, forge: Forge) -> None:
    theirs = bench.push("README.md", b"theirs\n")
    with pytest.raises(HeadMoved):
        forge.commit_on_branch("main", bench.head, "Roll back", "", {FILE: AFTER}, ())
    assert bench.sandbox.branch_commit("main") == theirs


def test_a_commit_goes_on_a_head_that_the_clone_has_not_seen(bench: Bench, forge: Forge) -> None:
    theirs = bench.push("README.md", b"theirs\n")
    forge.commit_on_branch("main", theirs, "Roll back", "", {FILE: AFTER}, ())
    assert (bench.content(), bench.content(path="README.md")) == (AFTER, b"theirs\n")


def test_a_protected_branch_is_told_apart(bench: Bench, forge: Forge) -> None:
    bench.sandbox.protect("main", Protection(approvals=1, enforce_admins=True))
    with pytest.raises(BranchProtected):
        forge.commit_on_branch("main", bench.head, "Roll back", "", {FILE: AFTER}, ())
    assert bench.content() == BEFORE


def test_a_branch_is_moved_and_another_one_goes_in_one_step(bench: Bench, forge: Forge) -> None:
    forge.create_branch("gitops-bot/a", bench.head)
    old = forge.commit_on_branch("gitops-bot/a", bench.head, "Old", "", {FILE: b"old\n"}, ())
    forge.create_branch("gitops-bot/a-next", bench.head)
    new = forge.commit_on_branch("gitops-bot/a-next", bench.head, "New", "", {FILE: AFTER}, ())
    with pytest.raises(HeadMoved):
        forge.move_branch("gitops-bot/a", bench.head, new, leaving="gitops-bot/a-next")
    forge.move_branch("gitops-bot/a", old, new, leaving="gitops-bot/a-next")
    assert forge.branch_head("gitops-bot/a") == new
    assert forge.branch_head("gitops-bot/a-next") is None
