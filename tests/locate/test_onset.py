"""A deployment is not to blame for being the last: when did the trouble begin?"""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from gitops_bot.model.incident import Trouble
from gitops_bot.model.proposal import Proposal
from gitops_bot.model.resource import ResourceKey
from tests.support.estate import Estate
from tests.support.manifests import config_map, deployment, from_config_map


def released(estate: Estate) -> tuple[str, str]:
    good = estate.commit({"shop/app.yaml": deployment("shop")})
    bad = estate.commit({"shop/app.yaml": deployment("shop", "app:2")})
    estate.application("shop", good, bad)
    return good, bad


def culprit(proposal: Proposal) -> str:
    assert proposal.refusal == ""
    assert proposal.origin is not None
    return proposal.origin.commit


def test_what_fails_hours_after_the_last_deployment_is_not_blamed_on_it(estate: Estate) -> None:
    _, bad = released(estate)
    since = estate.deployed_at(bad) + timedelta(hours=5)
    proposal = estate.one(estate.crash("shop", since=since, restarts=3))
    assert proposal.edits == ()
    assert "5.0 hours after the last deployment" in proposal.refusal
    assert "look for what else changed" in proposal.refusal


def test_pods_of_an_old_generation_that_fail_now_are_not_blamed_on_an_unrelated_last_commit(estate: Estate) -> None:
    good, bad = released(estate)
    last = estate.commit({"shop/other.yaml": config_map("other", a="1")})
    estate.application("shop", good, bad, last)
    born = estate.deployed_at(bad)
    proposal = estate.one(estate.crash("shop", born=born, since=born + timedelta(hours=9)))
    assert proposal.edits == ()
    assert "hours after the last deployment" in proposal.refusal


def test_a_crash_loop_of_hours_began_when_its_restarts_say(estate: Estate) -> None:
    _, bad = released(estate)
    since = estate.deployed_at(bad) + timedelta(hours=3)
    assert culprit(estate.one(estate.crash("shop", since=since, restarts=36))) == bad


def test_a_rollout_that_never_replaced_the_healthy_pods_never_worked(estate: Estate) -> None:
    _, bad = released(estate)
    since = estate.deployed_at(bad) + timedelta(hours=30)
    assert culprit(estate.one(estate.crash("shop", since=since, restarts=2, older_healthy=3))) == bad


def test_pods_restarted_by_hand_long_after_the_deployment_do_not_blame_it(estate: Estate) -> None:
    _, bad = released(estate)
    proposal = estate.one(estate.crash("shop", born=estate.deployed_at(bad) + timedelta(hours=6)))
    assert proposal.edits == ()
    assert "hours after the last deployment" in proposal.refusal


def test_a_config_map_deployed_after_the_release_is_blamed_before_the_release(estate: Estate) -> None:
    good = estate.commit(
        {
            "shop/app.yaml": deployment("shop", extra=from_config_map("settings")),
            "shop/settings.yaml": config_map("settings", a="1"),
        }
    )
    release = estate.commit({"shop/app.yaml": deployment("shop", "app:2", extra=from_config_map("settings"))})
    settings = estate.commit({"shop/settings.yaml": config_map("settings", a="2")})
    estate.application("shop", good, release, settings)
    failed = estate.deployed_at(settings) + timedelta(minutes=2)
    later = estate.crash("shop", born=estate.deployed_at(release), since=failed, restarts=1)
    assert culprit(estate.one(later)) == settings
    at_once = estate.crash("shop", born=estate.deployed_at(release))
    assert culprit(estate.one(at_once)) == release


def test_a_deployment_of_something_else_after_the_release_leaves_the_release_to_blame(estate: Estate) -> None:
    good, bad = released(estate)
    last = estate.commit({"shop/other.yaml": config_map("other", a="1")})
    estate.application("shop", good, bad, last)
    failed = estate.deployed_at(last) + timedelta(minutes=2)
    assert culprit(estate.one(estate.crash("shop", born=estate.deployed_at(bad), since=failed))) == bad


def test_a_second_sync_of_the_same_commit_hides_nothing(estate: Estate) -> None:
    good, bad = released(estate)
    estate.application("shop", good, bad, bad)
    assert culprit(estate.one(estate.crash("shop"))) == bad


def test_without_any_time_nothing_is_blamed(estate: Estate) -> None:
    released(estate)
    proposal = estate.one(estate.crash("shop", born=None))
    assert proposal.edits == ()
    assert "since when shop is in trouble is not known" in proposal.refusal


def test_the_first_deployment_ever_has_nothing_to_go_back_to(estate: Estate) -> None:
    first = estate.commit({"shop/app.yaml": deployment("shop")})
    estate.application("shop", first)
    assert "remembers no deployment of shop before" in estate.one(estate.crash("shop")).refusal


def test_what_was_never_deployed_has_nothing_to_go_back_to(estate: Estate) -> None:
    estate.commit({"shop/app.yaml": deployment("shop")})
    estate.application("shop")
    proposal = estate.one(estate.crash("shop", born=datetime(2026, 11, 23, tzinfo=estate.repository.now.tzinfo)))
    assert "never deployed with success" in proposal.refusal


def test_a_release_out_of_another_repository_is_left_to_the_bot_there(estate: Estate) -> None:
    first = estate.commit({"shop/app.yaml": deployment("shop")})
    chart = {"repoURL": "https://git.example.com/acme/other.git", "path": "x", "targetRevision": "main"}
    own = {"repoURL": "https://git.example.com/acme/fleet.git", "path": "shop", "targetRevision": "main"}
    application = estate.application("shop", first, first, sources=[own, chart])
    history = [
        msgspec.structs.replace(entry, revisions=[first, revision], id=number)
        for number, (entry, revision) in enumerate(zip(application.history, ("a" * 40, "b" * 40), strict=True))
    ]
    status = msgspec.structs.replace(application.status, history=history)
    estate.applications["shop"] = msgspec.structs.replace(application, status=status)
    proposals, [skipped] = estate.propose(estate.crash("shop"))
    assert proposals == ()
    assert "acme/other.git: run the bot there" in skipped.reason


def test_a_stateful_set_whose_generation_is_as_old_as_itself_is_judged_by_when_it_failed(estate: Estate) -> None:
    stateful = deployment("shop").replace("Deployment", "StatefulSet")
    good = estate.commit({"shop/app.yaml": stateful})
    bad = estate.commit({"shop/app.yaml": stateful.replace("app:1", "app:2")})
    estate.application("shop", good, bad)
    born = estate.deployed_at(good) - timedelta(days=30)
    diagnosis = estate.crash("shop", born=born, since=estate.deployed_at(bad), kind="StatefulSet")
    assert diagnosis.incident.resource == ResourceKey("apps", "StatefulSet", "shop", "shop")
    assert culprit(estate.one(diagnosis)) == bad


def test_a_rollout_that_gave_up_its_release_blames_the_release(estate: Estate) -> None:
    _, bad = released(estate)
    crashed = estate.crash("shop", older_healthy=2, since=estate.deployed_at(bad) + timedelta(hours=3))
    incident = msgspec.structs.replace(crashed.incident, trouble=Trouble.HEALTH, signals=())
    assert culprit(estate.one(msgspec.structs.replace(crashed, incident=incident))) == bad
