"""What people read for each kind of incident, word for word."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from pytest_snapshot.plugin import Snapshot

from gitops_bot.act import compose
from gitops_bot.model.diagnosis import Action, SetField
from gitops_bot.model.plan import Check, Tier
from gitops_bot.model.proposal import Proposal
from tests.act.examples import (
    CATALOG,
    CONTEXT,
    REFUSED,
    application,
    diagnosis,
    leave_replicas,
    resync,
    rollback,
    verdict,
)

SEVERAL = rollback(
    diagnoses=(diagnosis("catalog-production"), diagnosis("catalog-eu", application=application("catalog-eu"))),
    readers=("catalog-staging", "root"),
)
NOT_EXPRESSIBLE = Check(
    name="can be expressed and proven in Git",
    passed=False,
    detail="the chart is fetched from a remote registry",
    lift="a person must decide and edit Git",
)
REFUSAL = rollback(edits=(), rendered=(), origin=None, refusal="the chart is fetched from a remote registry")
CASES = {
    "release-out-of-memory": (rollback(readers=("catalog-staging",)), verdict()),
    "release-of-two-applications": (SEVERAL, verdict()),
    "canary-commit": (rollback(), verdict(Tier.COMMIT)),
    "limit-auto-merge": (rollback(), verdict(Tier.AUTO_MERGE)),
    "resync-production": (resync(), verdict()),
    "resync-manual": (resync(automated=False), verdict()),
    "resync-staging": (resync("staging"), verdict(Tier.COMMIT)),
    "replicas-under-autoscaler": (leave_replicas(), verdict()),
    "escalation-unsure": (rollback(), verdict(Tier.ESCALATE, REFUSED)),
    "escalation-not-expressible": (REFUSAL, verdict(Tier.ESCALATE, NOT_EXPRESSIBLE)),
}


@pytest.mark.parametrize("name", CASES)
def test_texts_are_as_recorded(name: str, snapshot: Snapshot) -> None:
    wanted, judged = CASES[name]
    made = compose(wanted, judged, CONTEXT)
    snapshot.snapshot_dir = f"tests/act/snapshots/{name}"
    snapshot.assert_match(f"{made.title}\n\n{made.body}", "pull-request.md")
    snapshot.assert_match(made.commit_message, "commit.txt")


def test_what_is_named_links_to_where_it_is() -> None:
    body = compose(rollback(), verdict(), replace(CONTEXT, argocd="https://argocd.example/")).body
    page = f"{CONTEXT.page}/blob/{CONTEXT.commit}/catalog/values-production.yaml"
    assert body.startswith("[`catalog-production`](https://argocd.example/applications/catalog-production) has been ")
    assert f"\n[`catalog/values-production.yaml`]({page}#L4)\n" in body
    plain = compose(rollback(), verdict(), replace(CONTEXT, commit="")).body
    assert "\n`catalog/values-production.yaml`\n" in plain


def setting(pointer: str, value: object) -> Proposal:
    found = diagnosis("api", remedy=SetField(resource=CATALOG, pointer=pointer, value=value))
    return rollback(diagnoses=(found,))


@pytest.mark.parametrize(
    ("wanted", "tier", "title"),
    [
        (rollback(), Tier.APPROVE, "catalog-production: roll back 1.9.1, new pods run out of memory"),
        (rollback(rendered=()), Tier.APPROVE, "catalog-production: roll back bbbbbbb, new pods run out of memory"),
        (SEVERAL, Tier.APPROVE, "catalog-eu and 1 more: roll back 1.9.1, new pods run out of memory"),
        (leave_replicas(), Tier.APPROVE, "checkout: leave replicas to its owner, replicas under autoscaler"),
        (setting("/spec/replicas", None), Tier.APPROVE, "api: drop replicas, new pods run out of memory"),
        (
            setting("/spec/template/spec/containers/0/resources/limits/memory", "1Gi"),
            Tier.AUTO_MERGE,
            "api: set limits.memory, new pods run out of memory",
        ),
        (rollback(), Tier.ESCALATE, "catalog-production: needs a person, new pods run out of memory"),
    ],
)
def test_a_title_names_application_deed_and_cause(wanted: Proposal, tier: Tier, title: str) -> None:
    assert compose(wanted, verdict(tier), CONTEXT).title == title
    assert len(title) <= 72


def test_a_long_name_shortens_the_cause() -> None:
    found = diagnosis("a" * 40, cause_class="a-cause-with-a-very-long-name-that-goes-on-and-on")
    title = compose(rollback(diagnoses=(found,)), verdict(), CONTEXT).title
    assert title == f"{'a' * 40}: roll back 1.9.1, a cause with…"
    assert len(title) <= 72


@pytest.mark.parametrize(
    ("name", "branch"),
    [
        ("catalog", "gitops-bot/catalog/0123456789ab"),
        ("team/catalog v1..2.lock", "gitops-bot/team-catalog-v1-2-lock/0123456789ab"),
        ("-~^:?*[\\", "gitops-bot/application/0123456789ab"),
    ],
)
def test_a_branch_is_named_after_application_and_fingerprint(name: str, branch: str) -> None:
    found = diagnosis(application=application(name))
    assert compose(rollback(diagnoses=(found,)), verdict(), CONTEXT).branch == branch


def test_an_escalated_remedy_is_no_action_but_an_escalation() -> None:
    made = compose(rollback(), verdict(Tier.ESCALATE, REFUSED), CONTEXT)
    assert (made.action, made.tier) == (Action.ESCALATE, Tier.ESCALATE)
    assert compose(resync(), verdict(), CONTEXT).action is Action.FORCE_SYNC


def test_the_same_proposal_gives_the_same_texts() -> None:
    assert compose(SEVERAL, verdict(), CONTEXT) == compose(SEVERAL, verdict(), CONTEXT)
