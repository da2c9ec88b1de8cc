"""When a change has to wait: dwell time, freezes, cool-down, quarantine."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from gitops_bot.configuration import Configuration, Freeze, Match, parse_configuration
from gitops_bot.errors import ConfigurationError
from gitops_bot.guard import Policy, judge
from gitops_bot.guard.freezes import ends_at
from gitops_bot.model.change import Change, ChangeState
from gitops_bot.model.diagnosis import SetField
from gitops_bot.model.plan import Tier
from gitops_bot.model.proposal import Proposal, Verdict
from tests.guard.examples import DEPLOYMENT, FINGERPRINT, NOW, application, diagnosis, proposal

OTHER = "ffffffffffff"
SETTING = diagnosis(SetField(resource=DEPLOYMENT, pointer="/spec/replicas", value=2))


def judged(wanted: Proposal, configuration: Configuration, *changes: Change, now: datetime = NOW) -> Verdict:
    return judge(wanted, Policy(configuration=configuration), changes, now)


@pytest.mark.parametrize(
    ("minutes", "waits"), [(0, True), (4.9, True), (5, False), (600, False), (-1, False), (None, False)]
)
def test_trouble_must_last_the_dwell_time(minutes: float | None, waits: bool) -> None:
    since = None if minutes is None else NOW - timedelta(minutes=minutes)
    found = judged(proposal(diagnosis(since=since)), Configuration(dwell_minutes=5))
    assert bool(found.waiting) is waits
    if waits:
        assert found.waiting.startswith("trouble must last 5 minutes first (`dwell-minutes`): until 2026-11-23 10:4")


def test_a_person_is_asked_without_waiting() -> None:
    doubtful = proposal(diagnosis(since=NOW, confidence=10))
    frozen = Freeze(name="always", start="* * * * *", hours=1)
    found = judged(doubtful, Configuration(dwell_minutes=5, freezes=(frozen,)))
    assert (found.tier, found.waiting) == (Tier.ESCALATE, "")


# 10:40 UTC on a Monday; 11:40 in Berlin.
@pytest.mark.parametrize(
    ("start", "hours", "zone", "end"),
    [
        ("0 10 * * 1", 1, "UTC", "11:00"),
        ("40 10 * * 1", 1, "UTC", "11:40"),
        ("41 10 * * 1", 1, "UTC", ""),
        ("0 9 * * 1", 1, "UTC", ""),
        ("40 9 * * 1", 1, "UTC", ""),
        ("0 11 * * 1", 1, "Europe/Berlin", "11:00"),
        ("0 10 * * 1", 1, "Europe/Berlin", ""),
        ("0 18 * * 5", 72, "UTC", "18:00"),
        ("* * * * *", 0.5, "UTC", "11:10"),
    ],
)
def test_a_freeze_lasts_from_its_start_in_its_time_zone(start: str, hours: float, zone: str, end: str) -> None:
    found = ends_at(Freeze(name="x", start=start, hours=hours, time_zone=zone), NOW)
    assert (f"{found:%H:%M}" if found else "") == end


def test_a_freeze_follows_the_clock_on_the_wall_through_the_year() -> None:
    nightly = Freeze(name="x", start="0 22 * * *", hours=2, time_zone="Europe/Berlin")
    assert ends_at(nightly, datetime(2026, 7, 1, 20, 30, tzinfo=UTC)) == datetime(2026, 7, 1, 22, tzinfo=UTC)
    assert ends_at(nightly, datetime(2026, 1, 1, 20, 30, tzinfo=UTC)) is None
    assert ends_at(nightly, datetime(2026, 1, 1, 21, 30, tzinfo=UTC)) == datetime(2026, 1, 1, 23, tzinfo=UTC)


# Clocks in Berlin: 02:00 to 03:00 is left out on March 29th (01:00 UTC), and comes twice on October 25th (until then).
@pytest.mark.parametrize(
    ("start", "hours", "begins", "ends"),
    [
        ("30 2 * * *", 1, "03-29 01:00", "03-29 02:00"),
        ("0 0 29 3 *", 24, "03-28 23:00", "03-29 23:00"),
        ("0 18 * * 5", 62, "03-27 17:00", "03-30 07:00"),
        ("30 2 25 10 *", 1, "10-25 00:30", "10-25 02:30"),
        ("45 2 * * 0", 3, "10-25 00:45", "10-25 04:45"),
        ("0 0 25 10 *", 24, "10-24 22:00", "10-25 23:00"),
        ("0 18 * * 5", 62, "10-23 16:00", "10-26 07:00"),
    ],
)
def test_a_freeze_has_no_hole_where_clocks_are_changed(start: str, hours: float, begins: str, ends: str) -> None:
    first, last = (datetime.strptime(f"2026-{one} +0000", "%Y-%m-%d %H:%M %z") for one in (begins, ends))
    freeze = Freeze(name="x", start=start, hours=hours, time_zone="Europe/Berlin")
    assert ends_at(freeze, first - timedelta(seconds=1)) is None
    moments = int((last - first) / timedelta(minutes=5))
    assert {ends_at(freeze, first + timedelta(minutes=5 * one)) for one in range(moments)} == {last}
    assert ends_at(freeze, last) is None


def test_a_freeze_holds_back_what_it_names_and_says_until_when() -> None:
    freeze = Freeze(name="sale", start="0 10 * * *", hours=1, match=Match(environments=("production",)))
    held = judged(proposal(), Configuration(freezes=(freeze,)))
    assert held.waiting == "frozen by `sale` until 2026-11-23 11:00 UTC"
    staging = proposal(diagnosis(whose=application(env="staging")))
    assert judged(staging, Configuration(freezes=(freeze,))).waiting == ""


def test_a_freeze_lets_through_what_it_allows() -> None:
    freeze = Freeze(name="sale", start="0 10 * * *", hours=1, allow=("release-rollback",))
    assert judged(proposal(), Configuration(freezes=(freeze,))).waiting == ""
    assert judged(proposal(SETTING), Configuration(freezes=(freeze,))).waiting


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ("start: 0 25 * * *, hours: 1", "Bad hour"),
        ("start: whenever, hours: 1", "cron"),
        ("start: 0 1 * * *, hours: 1, time-zone: Europe/Bern", "'Europe/Bern'"),
        ("start: 0 1 * * *, hours: 1, time-zone: ../etc", "time zone"),
        ("start: 0 1 * * *, hours: 0", "> 0"),
    ],
)
def test_a_freeze_that_cannot_be_read_is_an_error_with_its_place(keys: str, words: str) -> None:
    source = f"enabled: true\nfreezes:\n  - {{name: fine, start: 0 1 * * *, hours: 1}}\n  - {{name: bad, {keys}}}\n"
    with pytest.raises(ConfigurationError) as caught:
        parse_configuration(source.encode(), "file")
    assert caught.value.where.startswith("file:4:")
    assert words in str(caught.value)


def change(state: ChangeState, minutes: float, **more: object) -> Change:
    values: dict[str, object] = {"applications": ("payments",), "reference": "#7", **more}
    at = NOW - timedelta(minutes=minutes)
    return Change(fingerprint=OTHER, state=state, at=at, **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("past", "waits"),
    [
        (change(ChangeState.COMMITTED, 5), True),
        (change(ChangeState.MERGED, 5), True),
        (change(ChangeState.MERGED, 10), False),
        (change(ChangeState.OPEN, 5), False),
        (change(ChangeState.CLOSED, 5), False),
        (change(ChangeState.MERGED, 5, applications=("checkout",)), False),
    ],
)
def test_an_application_that_was_just_changed_cools_down(past: Change, waits: bool) -> None:
    found = judged(proposal(SETTING), Configuration(), past).waiting
    until = "2026-11-23 10:45 UTC"
    expected = f"#7 has just changed the same application: it cools down until {until}" if waits else ""
    assert found == expected


def test_failing_production_does_not_cool_down() -> None:
    assert judged(proposal(), Configuration(), change(ChangeState.COMMITTED, 5)).waiting == ""


def test_an_application_in_which_a_remedy_failed_is_asked_about_before_anything_else_is_done_to_it() -> None:
    again = Configuration(overrides=parse_configuration(b"overrides: [{match: {}, tier: commit}]", "x").overrides)
    failed = change(ChangeState.ESCALATED, 60, failed=True)
    assert judged(proposal(), again).tier is Tier.COMMIT
    held = judged(proposal(), again, failed)
    assert held.tier is Tier.APPROVE
    assert any(check.detail == "a remedy for payments did not help: #7" for check in held.checks)


@pytest.mark.parametrize(
    "past",
    [
        change(ChangeState.ESCALATED, 60),
        change(ChangeState.ESCALATED, 60, failed=True, applications=("checkout",)),
        change(ChangeState.ESCALATED, 60 * 24 * 8, failed=True),
        change(ChangeState.CLOSED, 60, failed=True),
    ],
)
def test_other_escalations_put_nothing_into_quarantine(past: Change) -> None:
    again = Configuration(overrides=parse_configuration(b"overrides: [{match: {}, tier: commit}]", "x").overrides)
    assert judged(proposal(), again, past).tier is Tier.COMMIT


def test_a_remedy_that_did_not_help_says_so() -> None:
    past = Change(
        fingerprint=FINGERPRINT,
        state=ChangeState.MERGED,
        reference="#7",
        at=NOW - timedelta(hours=2),
        seen_by=("payments",),
    )
    assert judged(proposal(), Configuration(), past).failed
    assert not judged(proposal(), Configuration()).failed


def test_what_was_opened_within_the_hour_counts_whatever_became_of_it() -> None:
    closed = tuple(
        Change(
            fingerprint=f"{number:012x}",
            state=ChangeState.CLOSED,
            reference="#7",
            at=NOW,
            opened_at=NOW - timedelta(minutes=30),
        )
        for number in range(10)
    )
    assert judged(proposal(SETTING), Configuration(), *closed).waiting.startswith("the limit of changes an hour (10)")
