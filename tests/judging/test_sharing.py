"""One bad image that several files name is one proposal, as far as policy treats those alike."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from gitops_bot.clients.fleet import Fleet
from gitops_bot.configuration import parse_configuration
from gitops_bot.guard import Policy, judge
from gitops_bot.judging.sharing import Sharing
from gitops_bot.model.change import Change, ChangeState
from gitops_bot.model.diagnosis import Diagnosis
from gitops_bot.model.plan import TIERS, Tier
from gitops_bot.model.proposal import Proposal
from gitops_bot.proposing import propose
from gitops_bot.prove import prove_together
from tests.support.estate import Estate
from tests.support.manifests import CHART, CHART_DEPLOYMENT, deployment

BAD, GOOD = "example.com/app:2.1", "example.com/app:2.0"
REGIONS = ("shop-eu", "shop-us", "shop-ap")
NOW = datetime(2027, 1, 1, tzinfo=UTC)
STAGING_BY_ITSELF = "overrides:\n  - {match: {environments: [staging]}, tier: commit}\n"


def released(made: Estate, *names: str, bad: str = BAD, good: str = GOOD, commits: int = 1) -> None:
    """A release of one image to several applications, in one commit or in one for each."""
    before = made.commit({f"{name}/app.yaml": deployment(name, good) for name in names})
    after = before
    if commits == 1:
        after = made.commit({f"{name}/app.yaml": deployment(name, bad) for name in names}, "app: 2.1")
    for name in names:
        if commits != 1:
            after = made.commit({f"{name}/app.yaml": deployment(name, bad)}, f"app: 2.1 to {name}")
        made.application(name, before, after)


def shared(made: Estate, *diagnoses: Diagnosis, text: str = "", changes: tuple[Change, ...] = ()) -> list[Proposal]:
    """What is left to be judged; each proposal must be as strict as the strictest of its parts."""
    fleet: Fleet = made.fleet()
    policy = Policy(configuration=parse_configuration(text.encode(), ".gitops-bot.yaml"))
    proposals, skipped = propose(fleet, diagnoses)
    assert skipped == ()
    assert not any(one.refusal for one in proposals)
    found = list(Sharing(policy, changes, NOW, lambda parts: prove_together(fleet, parts)).of(proposals))
    tiers = {one.applications: judge(one, policy, (), NOW).tier for one in proposals}
    for whole in found:
        parts = [tier for names, tier in tiers.items() if set(names) <= set(whole.applications)]
        assert judge(whole, policy, (), NOW).tier is max(parts, key=TIERS.index)
    assert sorted(edit.path for one in found for edit in one.edits) == sorted(
        edit.path for one in proposals for edit in one.edits
    )
    assert len({one.fingerprint for one in found}) == len(found)
    return found


def crashes(made: Estate, *names: str) -> list[Diagnosis]:
    return [made.crash(name) for name in names]


def names(proposals: list[Proposal]) -> list[tuple[str, ...]]:
    return sorted(one.applications for one in proposals)


def change(proposal: Proposal, state: ChangeState, *applications: str, **more: object) -> Change:
    """What was written for a proposal, for those of its applications that failed then."""
    made = Change(fingerprint=proposal.fingerprint, state=state, reference="#7", at=NOW - timedelta(hours=1))
    return replace(made, applications=applications or proposal.applications, **more)


@pytest.mark.parametrize("commits", [1, 3])
def test_one_image_is_one_proposal(estate: Estate, commits: int) -> None:
    released(estate, *REGIONS, commits=commits)
    [whole] = shared(estate, *crashes(estate, *REGIONS))
    assert whole.applications == tuple(sorted(REGIONS))
    lines = estate.changed_lines(whole)
    assert lines == {f"{name}/app.yaml": [f"-          image: {BAD}", f"+          image: {GOOD}"] for name in REGIONS}
    assert set(estate.after(whole)) == set(lines)
    assert {one.application for one in whole.rendered} == set(REGIONS)
    proven = whole.proof[0]
    assert proven.passed
    assert (
        "all 3 files changed at once: shop-ap, shop-eu, shop-us change, each as by its own file alone" in proven.detail
    )
    assert whole.how.startswith("app:2.1 goes back to 2.0 in all 3 files that name it")
    assert ("released by" in whole.how) is (commits == 3)


def test_its_name_is_the_same_whichever_of_them_fail_and_whatever_the_symptom(estate: Estate) -> None:
    released(estate, *REGIONS)
    [whole] = shared(estate, *crashes(estate, *REGIONS))
    for some in (REGIONS[:1], REGIONS[1:], REGIONS[::2]):
        [part] = shared(estate, *crashes(estate, *some))
        assert (part.fingerprint, part.applications) == (whole.fingerprint, tuple(sorted(some)))
    [again] = shared(estate, *(estate.crash(name, rule=f"rule-{name}") for name in reversed(REGIONS)))
    assert again.fingerprint == whole.fingerprint
    assert again.edits == whole.edits


@pytest.mark.parametrize(
    ("bad", "good"),
    [
        ("example.com/app:2.2", GOOD),
        (BAD, "example.com/app:1.9"),
        ("other.example.com/app:2.1", "other.example.com/app:2.0"),
        ("example.com/app-worker:2.1", "example.com/app-worker:2.0"),
        ("example.com/app@sha256:21", "example.com/app@sha256:20"),
    ],
)
def test_other_images_and_other_versions_stay_apart(estate: Estate, bad: str, good: str) -> None:
    released(estate, "shop-eu")
    released(estate, "shop-us", bad=bad, good=good)
    assert names(shared(estate, *crashes(estate, "shop-eu", "shop-us"))) == [("shop-eu",), ("shop-us",)]


def test_one_that_fails_for_another_reason_stays_apart(estate: Estate) -> None:
    two = ("shop-eu", "shop-us")
    before = estate.commit({f"{name}/app.yaml": deployment(name, GOOD) for name in two})
    after = estate.commit(
        {
            "shop-eu/app.yaml": deployment("shop-eu", BAD),
            "shop-us/app.yaml": deployment("shop-us", BAD, extra="args: [--bad]\n"),
        }
    )
    for name in two:
        estate.application(name, before, after)
    assert names(shared(estate, *crashes(estate, *two))) == [("shop-eu",), ("shop-us",)]


def test_an_image_that_is_not_there_is_another_cause_than_one_that_crashes(estate: Estate) -> None:
    released(estate, *REGIONS)
    missing = [estate.crash(name, rule="image-not-found") for name in REGIONS[:2]]
    found = shared(estate, *missing, estate.crash(REGIONS[2]))
    assert names(found) == [("shop-ap",), ("shop-eu", "shop-us")]


def test_staging_never_waits_for_whoever_approves_production(estate: Estate) -> None:
    everywhere = ("shop-prod", "cart-prod", "shop-staging", "cart-staging")
    released(estate, *everywhere)
    found, trusting = (shared(estate, *crashes(estate, *everywhere), text=text) for text in ("", STAGING_BY_ITSELF))
    assert names(found) == names(trusting) == [("cart-prod", "shop-prod"), ("cart-staging", "shop-staging")]
    alone = [shared(estate, *crashes(estate, name))[0].fingerprint for name in ("shop-prod", "shop-staging")]
    assert sorted(alone) == sorted(one.fingerprint for one in found)


@pytest.mark.parametrize(
    "text",
    [
        "overrides:\n  - {match: {applications: [shop-us]}, tier: escalate}\n",
        "overrides:\n  - {match: {applications: [shop-us]}, tier: commit}\n",
        "overrides:\n  - {match: {applications: [shop-us]}, enabled: false}\n",
        "overrides:\n  - {match: {applications: [shop-us]}, minimum-confidence: 99}\n",
        "protected-paths: ['shop-us/**']\n",
        "freezes:\n  - {name: year, start: '0 0 1 1 *', hours: 48, match: {applications: [shop-us]}}\n",
    ],
)
def test_one_that_policy_treats_otherwise_neither_holds_the_others_back_nor_goes_with_them(
    estate: Estate, text: str
) -> None:
    released(estate, *REGIONS)
    found = shared(estate, *crashes(estate, *REGIONS), text=text)
    assert names(found) == [("shop-ap", "shop-eu"), ("shop-us",)]


def test_a_path_of_one_never_loosens_another(estate: Estate) -> None:
    released(estate, *REGIONS)
    text = (
        "overrides:\n  - {match: {paths: ['shop-eu/**']}, tier: commit}\n"
        "  - {match: {applications: [shop-eu]}, tier: approve}\n"
        "environments:\n  named:\n    - {name: staging, paths: ['shop-ap/**']}\n"
    )
    found = shared(estate, *crashes(estate, *REGIONS), text=text)
    policy = Policy(configuration=parse_configuration(text.encode(), ".gitops-bot.yaml"))
    assert {judge(one, policy, (), NOW).tier for one in found} == {Tier.APPROVE}


def test_one_in_quarantine_goes_to_a_person_and_the_others_go_on(estate: Estate) -> None:
    released(estate, *REGIONS)
    failed = Change(
        fingerprint="f" * 12,
        state=ChangeState.ESCALATED,
        reference="#3",
        at=NOW - timedelta(days=1),
        applications=("shop-us",),
        failed=True,
    )
    found = shared(
        estate, *crashes(estate, *REGIONS), changes=(failed,), text="overrides: [{match: {}, tier: commit}]\n"
    )
    assert names(found) == [("shop-ap", "shop-eu"), ("shop-us",)]


def test_as_few_proposals_as_the_size_allows(estate: Estate) -> None:
    many = tuple(f"shop-{number:02}" for number in range(13))
    released(estate, *many)
    found = shared(estate, *crashes(estate, *many))
    assert sorted(len(one.edits) for one in found) == [3, 10]
    [small] = [one for one in found if len(one.edits) == 3]
    [large] = [one for one in found if len(one.edits) == 10]
    [left] = shared(estate, *crashes(estate, *small.applications))
    assert left.fingerprint == large.fingerprint


def test_what_is_open_keeps_its_applications_in_a_freeze_and_takes_no_other_in(estate: Estate) -> None:
    released(estate, *REGIONS)
    [first] = shared(estate, *crashes(estate, "shop-us"))
    opened = change(first, ChangeState.OPEN)
    [both] = shared(estate, *crashes(estate, "shop-eu", "shop-us"), changes=(opened,))
    assert both.fingerprint == first.fingerprint
    assert [both] == shared(estate, *crashes(estate, "shop-us", "shop-eu"))
    frozen = "freezes:\n  - {name: year, start: '0 0 1 1 *', hours: 48}\n"
    found = shared(estate, *crashes(estate, "shop-eu", "shop-us"), changes=(opened,), text=frozen)
    assert {one.applications: one.fingerprint == first.fingerprint for one in found} == {
        ("shop-us",): True,
        ("shop-eu",): False,
    }


@pytest.mark.parametrize("state", [ChangeState.MERGED, ChangeState.COMMITTED])
def test_what_was_applied_for_others_is_not_what_failed(estate: Estate, state: ChangeState) -> None:
    released(estate, *REGIONS)
    [late] = shared(estate, *crashes(estate, "shop-us"))
    earlier = change(late, state, "shop-eu", seen_by=REGIONS)
    assert judge(late, Policy(), (earlier,), NOW).tier is Tier.APPROVE
    assert judge(late, Policy(), (replace(earlier, applications=("shop-us",)),), NOW).tier is Tier.ESCALATE


def test_an_image_that_was_silenced_is_silenced_wherever_it_fails(estate: Estate) -> None:
    released(estate, *REGIONS)
    [first] = shared(estate, *crashes(estate, "shop-us"))
    closed = change(first, ChangeState.CLOSED)
    [both] = shared(estate, *crashes(estate, "shop-eu", "shop-us"), changes=(closed,))
    assert "silences" in judge(both, Policy(), (closed,), NOW).waiting


def test_two_lines_of_one_file_are_two_proposals(charted: Estate) -> None:
    template = CHART_DEPLOYMENT.replace(".Values.image", "(index .Values .Release.Name)")
    files = {"web/Chart.yaml": CHART, "web/templates/app.yaml": template}
    good = charted.commit({**files, "web/values.yaml": f"a: {GOOD}\nb: {GOOD}\nc: {GOOD}\n"})
    bad = charted.commit({"web/values.yaml": f"a: {BAD}\nb: {BAD}\nc: {BAD}\n"})
    for name in ("a", "b", "c"):
        charted.application(name, good, bad, path="web")
    assert names(shared(charted, *crashes(charted, "a", "b"))) == [("a",), ("b",)]


def test_files_that_do_more_together_than_each_alone_stay_apart(charted: Estate) -> None:
    # A third application shows an image only where both files agree on the good one.
    guarded = (
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: guard}\ndata:\n"
        f'  both: \'{{{{ and (eq .Values.eu "{GOOD}") (eq .Values.us "{GOOD}") }}}}\'\n'
    )
    chart = {
        "web/Chart.yaml": CHART,
        "web/templates/app.yaml": CHART_DEPLOYMENT.replace(".Values.image", "index .Values .Release.Name"),
    }
    watch = {"watch/Chart.yaml": CHART, "watch/templates/guard.yaml": guarded}
    good = charted.commit({**chart, **watch, "eu.yaml": f"eu: {GOOD}\n", "us.yaml": f"us: {GOOD}\n"})
    middle = charted.commit({"eu.yaml": f"eu: {BAD}\n"})
    bad = charted.commit({"us.yaml": f"us: {BAD}\n"})
    charted.application("eu", good, middle, path="web", helm={"valueFiles": ["../eu.yaml"]})
    charted.application("us", good, bad, path="web", helm={"valueFiles": ["../us.yaml"]})
    charted.application("watch", good, bad, path="watch", helm={"valueFiles": ["../eu.yaml", "../us.yaml"]})
    found = shared(charted, *crashes(charted, "eu", "us"))
    assert names(found) == [("eu",), ("us",)]
