"""What the bot wrote before is found in the branch's log, with who has seen it."""

from __future__ import annotations

from gitops_bot.clients.written import written_before
from gitops_bot.model.change import Change, ChangeState
from tests.support.estate import Estate
from tests.support.fixtures import estate
from tests.support.manifests import deployment

__all__ = ["estate"]
NAME = "0123456789ab"
TRAILERS = f"Gitops-Bot-Incident: {NAME}\nGitops-Bot-Action: rollback\nGitops-Bot-Applications: shop, cart\n"
TRAILED = f"Take back a release\n\n{TRAILERS}"


def written(estate: Estate, known: tuple[Change, ...]) -> tuple[Change, ...]:
    fleet = estate.fleet()
    compared = {name: fleet.compared_revision(one) for name, one in fleet.applications.items()}
    return written_before(fleet.repository, fleet.commit, known, compared)


def test_a_commit_with_our_trailer_is_a_change_that_those_have_seen_who_were_compared_with_it(estate: Estate) -> None:
    before = estate.commit({"shop/app.yaml": deployment("shop", "app:2")})
    ours = estate.commit({"shop/app.yaml": deployment("shop")}, TRAILED)
    after = estate.commit({"cart/app.yaml": deployment("cart")})
    estate.application("behind", before)
    estate.application("ahead", after)
    estate.application("there", ours)
    [change] = written(estate, ())
    assert (change.fingerprint, change.state, change.commit) == (NAME, ChangeState.COMMITTED, ours)
    assert (change.seen_by, change.applications) == (("ahead", "there"), ("shop", "cart"))


def test_a_merged_pull_request_is_told_once(estate: Estate) -> None:
    ours = estate.commit({"shop/app.yaml": deployment("shop")}, TRAILED)
    estate.application("shop", ours)
    merged = Change(fingerprint=NAME, state=ChangeState.MERGED, reference="#1", commit=ours)
    [change] = written(estate, (merged,))
    assert (change.reference, change.seen_by) == ("#1", ("shop",))


def test_what_is_not_merged_nobody_has_seen(estate: Estate) -> None:
    estate.application("shop", estate.commit({"shop/app.yaml": deployment("shop")}))
    opened = Change(fingerprint=NAME, state=ChangeState.OPEN, reference="#1")
    [change] = written(estate, (opened,))
    assert change.seen_by == ()
