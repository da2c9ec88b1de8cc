"""Branches, commits and files at the forge."""

from __future__ import annotations

import pytest

from gitops_bot.clients.forge import BranchProtected, Forge, HeadMoved, Refused
from gitops_bot.sandbox.forge.records import Protection
from tests.act.bench import AFTER, BEFORE, FILE, Bench


def test_the_repository_tells_its_switches(forge: Forge) -> None:
    facts = forge.repository()
    assert facts.default_branch == "main"
    assert facts.allow_auto_merge
    assert facts.merge_methods == ("SQUASH", "MERGE", "REBASE")


def test_a_branch_is_made_once_and_says_where_it_stands(bench: Bench, forge: Forge) -> None:
    name = "gitops-bot/catalog/0123456789ab"
    assert forge.branch_head(name) is None
    assert forge.create_branch(name, bench.head) == bench.head
    other = bench.push("x", b"x", name)
    assert forge.create_branch(name, bench.head) == other
    forge.delete_branch(name)
    forge.delete_branch(name)
    assert forge.branch_head(name) is None


def test_a_commit_adds_deletes_and_keeps_the_message(bench: Bench, forge: Forge) -> None:
    first = forge.commit_on_branch("main", bench.head, "Add", "body\n\nA: b", {"new/ü.yaml": b"\x00\xff"})
    assert forge.blob("new/ü.yaml", first) is not None
    second = forge.commit_on_branch("main", first, "Delete", "", {FILE: AFTER}, ("new/ü.yaml",))
    assert forge.blob("new/ü.yaml", second) is None
    assert forge.commit(first).message.strip() == "Add\n\nbody\n\nA: b"
    assert forge.commit(second).parents == (first,)
    since = forge.commits_since("main", bench.head)
    assert since is not None
    assert [commit.sha for commit in since] == [second, first]
    assert forge.commits_since("main", "f" * 40) is None


def test_an_empty_commit_changes_no_file(bench: Bench, forge: Forge) -> None:
    sha = forge.commit_on_branch("main", bench.head, "Sync again", "", {})
    assert forge.commit(sha).tree == forge.commit(bench.head).tree


def test_a_moved_head_is_told_apart(bench: Bench, forge: Forge) -> None:
    bench.push("x", b"x")
    with pytest.raises(HeadMoved):
        forge.commit_on_branch("main", bench.head, "Late", "", {FILE: AFTER})
    assert bench.content() == BEFORE


@pytest.mark.parametrize("protection", [Protection(approvals=1), Protection(contexts=("render",))])
def test_a_protected_branch_is_told_apart(bench: Bench, forge: Forge, protection: Protection) -> None:
    assert forge.required_checks("main") == ()
    bench.sandbox.state.protections["main"] = protection
    assert forge.required_checks("main") == (protection.contexts or ())
    with pytest.raises(BranchProtected):
        forge.commit_on_branch("main", bench.head, "Direct", "", {FILE: AFTER})


def test_a_lost_answer_to_a_commit_is_found_again(bench: Bench, forge: Forge) -> None:
    bench.sandbox.faults.add("POST", "/graphql$", "drop")
    sha = forge.commit_on_branch("main", bench.head, "Once", "body", {FILE: AFTER})
    assert bench.messages() == ["Once\n\nbody\n"]
    assert sha == bench.sandbox.branch_commit("main")


def test_somebody_elses_commit_is_not_taken_for_the_lost_one(bench: Bench, forge: Forge) -> None:
    bench.sandbox.faults.add("POST", "/graphql$", "502")
    bench.push("x", b"x")
    with pytest.raises(HeadMoved):
        forge.commit_on_branch("main", bench.head, "Once", "", {FILE: AFTER})


def test_an_unknown_commit_is_refused(forge: Forge) -> None:
    with pytest.raises(Refused) as caught:
        forge.commit("f" * 40)
    assert caught.value.status == 404
