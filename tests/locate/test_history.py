"""Histories in which a culprit cannot be told, or need not be."""

from __future__ import annotations

from pathlib import Path

from gitops_bot.model.resource import ResourceKey
from tests.support.estate import Estate, refused
from tests.support.manifests import deployment


def test_a_history_that_was_rewritten_is_told(estate: Estate) -> None:
    good = estate.commit({"shop/app.yaml": deployment("shop")})
    bad = estate.commit({"shop/app.yaml": deployment("shop", "app:2")})
    estate.commit({"shop/app.yaml": deployment("shop", "app:2"), "x": "x"}, "Rewritten", parents=(good,))
    estate.application("shop", good, bad)
    assert "is not on main any more" in estate.one(estate.crash("shop")).refusal


def test_a_good_commit_of_another_line_is_told(estate: Estate) -> None:
    first = estate.commit({"shop/app.yaml": deployment("shop")})
    good = estate.commit({"shop/app.yaml": deployment("shop"), "x": "x"}, "Lost", parents=(first,))
    bad = estate.commit({"shop/app.yaml": deployment("shop", "app:2")}, "Rewritten", parents=(first,))
    estate.application("shop", good, bad)
    assert "the branch was rewritten between the two" in estate.one(estate.crash("shop")).refusal


def test_a_deployed_commit_that_the_clone_does_not_hold_is_told(estate: Estate) -> None:
    bad = estate.commit({"shop/app.yaml": deployment("shop")})
    estate.application("shop", "a" * 40, bad)
    assert "fetch the whole history (`fetch-depth: 0`)" in estate.one(estate.crash("shop")).refusal


def test_a_shallow_clone_is_told(estate: Estate, tmp_path: Path) -> None:
    good = estate.commit({"shop/app.yaml": deployment("shop")})
    bad = estate.commit({"shop/app.yaml": deployment("shop", "app:2")})
    estate.application("shop", good, bad)
    estate.checkout = tmp_path / "shallow"
    estate.repository.git("clone", "--quiet", "--depth=1", f"file://{estate.repository.path}", str(estate.checkout))
    assert "fetch the whole history" in estate.one(estate.crash("shop")).refusal


def test_nothing_in_git_changed_is_no_release(estate: Estate) -> None:
    good = estate.commit({"shop/app.yaml": deployment("shop")})
    bad = estate.commit({"elsewhere/app.yaml": deployment("other")})
    estate.application("shop", good, bad)
    assert "the trouble did not begin in Git" in estate.one(estate.crash("shop")).refusal


def test_a_refused_sync_of_the_deployed_commit_is_no_release(estate: Estate) -> None:
    good = estate.commit({"shop/app.yaml": deployment("shop")})
    application = estate.application("shop", good)
    proposal = estate.one(refused(application, ResourceKey("apps", "Deployment", "shop", "shop"), good))
    assert "nothing changed in Git since the last successful sync" in proposal.refusal


def test_more_commits_than_can_be_told_apart_are_told(estate: Estate) -> None:
    good = estate.commit({"shop/app.yaml": deployment("shop")})
    for number in range(25):
        bad = estate.commit({"shop/app.yaml": deployment("shop", f"app:{number + 2}")})
    estate.application("shop", good, bad)
    assert "25 commits lie between" in estate.one(estate.crash("shop")).refusal


def test_a_pinned_revision_and_another_repository_are_left_alone_with_the_reason(estate: Estate) -> None:
    good = estate.commit({"shop/app.yaml": deployment("shop")})
    estate.application("pinned", good, path="shop", targetRevision="v1.0.0")
    estate.application("foreign", good, repoURL="https://git.example.com/acme/other.git")
    proposals, skipped = estate.propose(estate.crash("pinned"), estate.crash("foreign"))
    assert proposals == ()
    assert [(one.application, one.problem) for one in skipped] == [("pinned", False), ("foreign", False)]
    assert "pinned to `v1.0.0`" in skipped[0].reason
    assert "not from this repository" in skipped[1].reason


def test_what_git_has_taken_back_already_is_settled(estate: Estate) -> None:
    good = estate.commit({"shop/app.yaml": deployment("shop")})
    bad = estate.commit({"shop/app.yaml": deployment("shop", "app:2")})
    estate.application("shop", good, bad)
    diagnosis = estate.crash("shop")
    back = estate.commit({"shop/app.yaml": deployment("shop")}, "Revert")
    proposals, [skipped] = estate.propose(diagnosis)
    assert proposals == ()
    assert skipped.reason == (f"Git has already taken back {bad[:7]}; Argo CD has not deployed {back[:7]} yet")


def test_what_git_has_mended_forward_already_is_settled(estate: Estate) -> None:
    good = estate.commit({"shop/app.yaml": deployment("shop")})
    bad = estate.commit({"shop/app.yaml": deployment("shop", "app:2")})
    estate.application("shop", good, bad)
    diagnosis = estate.crash("shop")
    estate.commit({"shop/app.yaml": deployment("shop", "app:3")}, "Fix")
    proposals, [skipped] = estate.propose(diagnosis)
    assert proposals == ()
    assert (
        "Git has already changed spec.template.spec.containers[app].image of Deployment shop/shop again"
        in skipped.reason
    )
