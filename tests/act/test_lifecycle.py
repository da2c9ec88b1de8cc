"""The lifecycle's table: what becomes of a remediation, and of what is open, in each situation."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from gitops_bot.act import compose, endings, next_step
from gitops_bot.act.lifecycle import Answer, Detain, End, Ending, Hold, Rebuild, Reword, Step, Write
from gitops_bot.marker import REBUILD, read_marker
from gitops_bot.model.change import Change, ChangeState
from gitops_bot.model.plan import Remediation, Tier
from gitops_bot.model.proposal import Proposal
from tests.act.examples import CHECKS, CONTEXT, REFUSED, edit, rollback, verdict


def named(proposal: Proposal, *names: str) -> Proposal:
    cases = tuple(replace(case, named=name) for case, name in zip(proposal.cases, names, strict=True))
    return replace(proposal, cases=cases)


def made(tier: Tier = Tier.APPROVE, **changes: object) -> Remediation:
    return compose(named(rollback(**changes), "c" * 12), verdict(tier), CONTEXT)


WANTED = made()
ESCALATED = made(Tier.ESCALATE)
UNPROVEN = compose(named(rollback(fingerprint="9" * 12, edits=()), "c" * 12), verdict(Tier.ESCALATE, REFUSED), CONTEXT)
ELSEWHERE = compose(
    named(rollback(fingerprint="8" * 12, edits=(edit("catalog/other.yaml"),)), "e" * 12), verdict(), CONTEXT
)
SAME_FILE = compose(named(rollback(fingerprint="7" * 12), "e" * 12), verdict(), CONTEXT)


def change(remediation: Remediation, number: int = 1, **changes: object) -> Change:
    """The pull request or issue that was written for a remediation."""
    marker = read_marker(remediation.body)
    assert marker
    escalated = remediation.tier is Tier.ESCALATE
    written = Change(
        fingerprint=remediation.fingerprint,
        state=ChangeState.ESCALATED if escalated else ChangeState.OPEN,
        reference=f"#{number}",
        number=number,
        commit="" if escalated else "1" * 40,
        written="" if escalated else "1" * 40,
        applications=marker.applications,
        causes=marker.causes,
        paths=marker.paths,
        plan=marker.plan,
        words=marker.words,
        labels=("gitops-bot",),
    )
    return replace(written, **changes)


OPEN, ISSUE = change(WANTED), change(ESCALATED)
STEPS: list[tuple[str, Remediation, Change | None, Change | None, type[Step]]] = [
    ("nothing is there", WANTED, None, None, Write),
    ("it waits", replace(WANTED, waiting="a freeze"), None, None, Hold),
    ("it is as it should be", WANTED, OPEN, None, Hold),
    ("what is open waits for nothing", replace(WANTED, waiting="a freeze"), OPEN, None, Hold),
    ("its label is missing", WANTED, replace(OPEN, labels=()), None, Write),
    ("the edits are others", WANTED, replace(OPEN, plan="another"), None, Rebuild),
    ("the text is another", WANTED, replace(OPEN, words="another"), None, Reword),
    (
        "its commit did not get to the branch",
        WANTED,
        replace(OPEN, written="2" * 40, before=("1" * 40,)),
        None,
        Rebuild,
    ),
    ("the box is ticked", WANTED, replace(OPEN, ticks=(REBUILD,)), None, Rebuild),
    ("somebody else committed", WANTED, replace(OPEN, commit="2" * 40, plan="another"), None, Hold),
    ("the box is ticked for that", WANTED, replace(OPEN, commit="2" * 40, ticks=(REBUILD,)), None, Rebuild),
    ("a person is needed now", ESCALATED, OPEN, None, End),
    ("a person is needed, who has committed", ESCALATED, replace(OPEN, commit="2" * 40), None, Hold),
    ("a person is needed", ESCALATED, None, None, Write),
    ("a person was asked", ESCALATED, None, ISSUE, Hold),
    ("a person was asked in other words", ESCALATED, None, replace(ISSUE, words="another"), Reword),
    ("the bot can act by now", WANTED, None, ISSUE, Write),
]


@pytest.mark.parametrize(
    ("remediation", "opened", "escalated", "step"), [one[1:] for one in STEPS], ids=[one[0] for one in STEPS]
)
def test_what_becomes_of_a_remediation(
    remediation: Remediation, opened: Change | None, escalated: Change | None, step: type[Step]
) -> None:
    assert isinstance(next_step(remediation, opened, escalated), step)


HEALTHY = frozenset({"catalog-production"})
LATER = replace(OPEN, reference="#2", number=2)
ENDINGS: list[tuple[str, list[Change], list[Remediation], frozenset[str], list[Ending]]] = [
    ("it is wanted", [OPEN], [WANTED], HEALTHY, []),
    ("it healed", [OPEN], [], HEALTHY, [Ending.HEALED]),
    ("it cannot be told", [OPEN], [], frozenset(), []),
    ("another application is healthy", [OPEN], [], frozenset({"search"}), []),
    ("it healed with commits of somebody else", [replace(OPEN, commit="2" * 40)], [], HEALTHY, []),
    ("it was merged", [replace(OPEN, state=ChangeState.MERGED)], [], HEALTHY, []),
    ("it was closed", [replace(OPEN, state=ChangeState.CLOSED)], [], HEALTHY, []),
    ("its applications are not known", [replace(OPEN, applications=())], [], HEALTHY, []),
    ("an issue healed", [ISSUE], [], HEALTHY, [Ending.HEALED]),
    ("the bot can act by now", [ISSUE, LATER], [WANTED], frozenset(), [Ending.REPLACED]),
    ("the bot can act, and has not", [ISSUE], [WANTED], frozenset(), []),
    ("another cause in the same file", [OPEN, change(SAME_FILE, 2)], [SAME_FILE], frozenset(), [Ending.SUPERSEDED]),
    ("another cause there, not written", [OPEN], [SAME_FILE], frozenset(), []),
    ("another cause elsewhere", [OPEN, change(ELSEWHERE, 2)], [ELSEWHERE], frozenset(), []),
    ("both are wanted", [OPEN, change(SAME_FILE, 2)], [WANTED, SAME_FILE], frozenset(), []),
    ("it can no longer be proven", [OPEN, change(UNPROVEN, 2)], [UNPROVEN], frozenset(), [Ending.WITHDRAWN]),
    ("it can be proven by now", [change(UNPROVEN), LATER], [WANTED], frozenset(), [Ending.REPLACED]),
]


@pytest.mark.parametrize(
    ("changes", "wanted", "healthy", "ended"), [one[1:] for one in ENDINGS], ids=[one[0] for one in ENDINGS]
)
def test_what_is_closed(
    changes: list[Change], wanted: list[Remediation], healthy: frozenset[str], ended: list[Ending]
) -> None:
    found = endings(changes, wanted, healthy)
    assert [one.ending for one in found if isinstance(one, End)] == ended
    assert all(one.change.number == 1 for one in found)


def test_one_that_was_begun_is_completed_on_its_own_branch_whoever_is_in_trouble_by_now() -> None:
    begun = replace(OPEN, labels=(), branch="gitops-bot/an-application-that-healed/0123456789ab")
    step = next_step(WANTED, begun, None)
    assert isinstance(step, Write)
    assert step.remediation.branch == begun.branch


def test_a_box_that_is_ticked_while_the_cause_is_not_seen_is_answered() -> None:
    ticked = replace(OPEN, ticks=(REBUILD,))
    assert endings([ticked], [], frozenset()) == (Answer(ticked),)
    assert endings([replace(ticked, commit="2" * 40)], [], HEALTHY) == (Answer(replace(ticked, commit="2" * 40)),)
    assert endings([ticked], [WANTED], frozenset()) == ()


def test_what_would_merge_by_itself_with_commits_of_somebody_else_waits_for_a_person() -> None:
    theirs = replace(OPEN, commit="2" * 40, merging=True)
    assert endings([theirs], [WANTED], frozenset()) == (Detain(theirs),)
    assert endings([replace(theirs, merging=False)], [WANTED], frozenset()) == ()


def test_what_changes_with_the_moment_alone_rewrites_no_text() -> None:
    timely = [replace(CHECKS[0], name=name, passed=False) for name in ("limits", "freezes", "cool-down", "dwell time")]
    frozen = compose(rollback(), verdict(Tier.APPROVE, *timely), CONTEXT)
    open_now = change(compose(rollback(), verdict(), CONTEXT))
    assert isinstance(next_step(frozen, open_now, None), Hold)
