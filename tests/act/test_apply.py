"""A remediation is written as its tier says, once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial

import pytest
from msgspec.structs import replace

from gitops_bot.act import Target, apply, compose
from gitops_bot.errors import PlanRefused, SourceUnavailable
from gitops_bot.marker import marked
from gitops_bot.model.change import ChangeState, Receipt
from gitops_bot.model.plan import Remediation, Tier
from gitops_bot.sandbox.forge.branches import close
from gitops_bot.sandbox.forge.records import Protection
from tests.act.bench import AFTER, BEFORE, FILE, Bench
from tests.act.examples import CONTEXT, NOW, REFUSED, edit, resync, rollback, verdict


def blob(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0%s" % (len(content), content), usedforsecurity=False).hexdigest()


def remediation(tier: Tier) -> Remediation:
    exact = replace(edit(), base=blob(BEFORE), result=blob(AFTER))
    return compose(rollback(edits=(exact,)), verdict(tier), CONTEXT)


def empty(tier: Tier) -> Remediation:
    return compose(resync(), verdict(tier), CONTEXT)


def contents(remediation: Remediation) -> Mapping[str, bytes | None]:
    return dict.fromkeys((one.path for one in remediation.edits), AFTER)


def carry_out(bench: Bench, wanted: Remediation) -> Receipt:
    with bench.client() as forge:
        return apply(wanted, forge, Target(branch="main", commit=bench.head, now=NOW), contents)


def test_a_commit_lands_on_the_default_branch_with_trailers(bench: Bench) -> None:
    receipt = carry_out(bench, remediation(Tier.COMMIT))
    assert receipt.written
    assert receipt.change is not None
    assert receipt.change.state is ChangeState.COMMITTED
    assert bench.content() == AFTER
    (message,) = bench.messages()
    assert message.strip().endswith(
        "Gitops-Bot-Incident: 0123456789ab\nGitops-Bot-Action: rollback\nGitops-Bot-Confidence: 95\n"
        "Gitops-Bot-Applications: catalog-production"
    )
    assert bench.pulls() == []


def test_a_resync_is_one_empty_commit(bench: Bench) -> None:
    assert carry_out(bench, empty(Tier.COMMIT)).written
    assert bench.sandbox.tree_of("main") == bench.sandbox.tree_of(bench.head)
    assert not carry_out(bench, empty(Tier.COMMIT)).written
    assert len(bench.messages()) == 1


def test_a_pull_request_with_an_empty_diff_is_opened_for_a_resync_that_needs_approval(bench: Bench) -> None:
    receipt = carry_out(bench, empty(Tier.APPROVE))
    assert receipt.summary.startswith("opened pull request #1: payments-production: sync again")
    assert bench.messages() == []


def test_a_pull_request_carries_one_commit_title_body_and_label(bench: Bench) -> None:
    wanted = remediation(Tier.APPROVE)
    receipt = carry_out(bench, wanted)
    assert receipt.change is not None
    assert (receipt.change.state, receipt.change.number) == (ChangeState.OPEN, 1)
    issue = bench.sandbox.state.issues[1]
    assert (issue.title, issue.body, issue.labels) == (
        wanted.title,
        marked(wanted.body, written=receipt.change.commit),
        ["gitops-bot"],
    )
    assert bench.content(wanted.branch) == AFTER
    assert bench.content() == BEFORE


def test_a_second_time_nothing_is_written(bench: Bench) -> None:
    for tier in (Tier.APPROVE, Tier.ESCALATE):
        carry_out(bench, remediation(tier))
    bench.line.reset()
    receipts = [carry_out(bench, remediation(tier)) for tier in (Tier.APPROVE, Tier.ESCALATE)]
    assert [receipt.written for receipt in receipts] == [False, False]
    assert [path for method, path in bench.line.writes() if not path.endswith("/labels")] == []


def test_another_commit_elsewhere_does_not_keep_a_commit_from_landing(bench: Bench) -> None:
    bench.push("README.md", b"hello\n")
    assert carry_out(bench, remediation(Tier.COMMIT)).written
    assert bench.content() == AFTER
    assert bench.content(path="README.md") == b"hello\n"


@pytest.mark.parametrize("tier", [Tier.COMMIT, Tier.APPROVE])
def test_a_changed_file_asks_for_a_new_plan(bench: Bench, tier: Tier) -> None:
    bench.push(FILE, b"image:\n  tag: 1.9.2\n")
    receipt = carry_out(bench, remediation(tier))
    assert receipt.change is None
    assert receipt.summary == f"{FILE} has changed on main since the plan was made: plan again"
    assert bench.pulls() == []


def test_a_protected_branch_gets_a_pull_request_that_says_so(bench: Bench) -> None:
    bench.sandbox.state.protections["main"] = Protection(approvals=1)
    receipt = carry_out(bench, remediation(Tier.COMMIT))
    assert receipt.written
    body = bench.sandbox.state.issues[1].body or ""
    assert body.startswith("> `main` takes no direct commits, so this is a pull request.\n")
    assert "not merged by itself: no check is required on main" in receipt.summary
    assert bench.content() == BEFORE


def test_auto_merge_waits_for_required_checks(bench: Bench) -> None:
    bench.sandbox.state.protections["main"] = Protection(contexts=("render",))
    receipt = carry_out(bench, remediation(Tier.AUTO_MERGE))
    assert receipt.summary.endswith("(merges once required checks pass)")
    pull = bench.sandbox.state.issues[1].pull
    assert pull is not None
    assert pull.auto_merge is not None


def test_without_a_required_check_nothing_merges_by_itself(bench: Bench) -> None:
    receipt = carry_out(bench, remediation(Tier.AUTO_MERGE))
    assert receipt.summary.endswith("(not merged by itself: no check is required on main)")
    assert bench.content() == BEFORE


def test_an_escalation_is_an_issue_brought_up_to_date(bench: Bench) -> None:
    first = carry_out(bench, remediation(Tier.ESCALATE))
    assert first.summary.startswith("a person is needed: issue #1")
    other = compose(rollback(), verdict(Tier.ESCALATE, REFUSED), CONTEXT)
    second = carry_out(bench, other)
    assert second.summary.startswith("brought up to date: issue #1")
    assert bench.issues() == ["catalog-production: needs a person, new pods run out of memory"]
    assert bench.sandbox.state.issues[1].body == other.body


def test_a_stale_branch_of_an_earlier_plan_is_made_anew(bench: Bench) -> None:
    carry_out(bench, remediation(Tier.APPROVE))
    close(bench.sandbox.state, bench.sandbox.state.issues[1], bench.sandbox.state.bot)
    bench.head = bench.push("README.md", b"hello\n")
    assert carry_out(bench, remediation(Tier.APPROVE)).written
    assert len(bench.messages(remediation(Tier.APPROVE).branch)) == 1


def test_a_branch_with_a_persons_commit_is_left_alone(bench: Bench) -> None:
    wanted = remediation(Tier.APPROVE)
    carry_out(bench, wanted)
    close(bench.sandbox.state, bench.sandbox.state.issues[1], bench.sandbox.state.bot)
    bench.push(FILE, b"image:\n  tag: mine\n", wanted.branch)
    receipt = carry_out(bench, wanted)
    assert "holds commits of somebody else" in receipt.summary
    assert len(bench.pulls()) == 1


def test_contents_of_other_files_are_refused(bench: Bench) -> None:
    target = Target(branch="main", commit=bench.head, now=NOW)
    with bench.client() as forge, pytest.raises(PlanRefused, match="not those of the plan's edits"):
        apply(remediation(Tier.COMMIT), forge, target, lambda _: {".github/workflows/x.yml": b""})
    assert bench.line.seen == []


CASES = [
    (Tier.COMMIT, remediation),
    (Tier.COMMIT, empty),
    (Tier.APPROVE, remediation),
    (Tier.APPROVE, empty),
    (Tier.AUTO_MERGE, remediation),
    (Tier.ESCALATE, remediation),
]


@pytest.mark.parametrize("works_first", [False, True])
@pytest.mark.parametrize(("tier", "make"), CASES)
def test_killed_at_any_request_and_repeated_it_is_complete_and_single(
    make_bench: Callable[[], Bench], tier: Tier, make: Callable[[Tier], Remediation], works_first: bool
) -> None:
    undisturbed = make_bench()
    carry_out(undisturbed, make(tier))
    requests = len(undisturbed.line.seen)
    for fatal in range(requests):
        bench = make_bench()
        bench.line.dies_at, bench.line.works_first = fatal, works_first
        # The line stays dead: the run gives up where it stands, as if it had been killed.
        with suppress(SourceUnavailable):
            carry_out(bench, make(tier))
        bench.line.reset()
        carry_out(bench, make(tier))
        assert outcome(bench) == outcome(undisturbed), fatal


def outcome(bench: Bench) -> tuple[object, ...]:
    state = bench.sandbox.state
    branches = sorted((name, len(bench.messages(name))) for name, _, _ in state.git.refs("refs/heads/"))
    issues = [(issue.title, issue.state, tuple(issue.labels)) for issue in state.issues.values()]
    return branches, issues, bench.content()


@pytest.mark.parametrize(("tier", "make"), CASES)
def test_one_lost_answer_at_any_request_is_made_good_within_the_run(
    make_bench: Callable[[], Bench], tier: Tier, make: Callable[[Tier], Remediation]
) -> None:
    undisturbed = make_bench()
    carry_out(undisturbed, make(tier))
    for method, path in dict.fromkeys(undisturbed.line.seen):
        bench = make_bench()
        bench.sandbox.faults.add(method, path.replace("+", r"\+") + r"(\?|$)", "drop")
        assert carry_out(bench, make(tier)).change is not None
        assert outcome(bench) == outcome(undisturbed), (method, path)


@pytest.mark.parametrize(("tier", "make"), CASES)
def test_two_runs_at_once_write_as_one(
    make_bench: Callable[[], Bench], tier: Tier, make: Callable[[Tier], Remediation]
) -> None:
    undisturbed = make_bench()
    carry_out(undisturbed, make(tier))
    for moment in range(1, len(undisturbed.line.seen) + 1):
        bench = make_bench()
        # The other run begins and ends while our request is on its way.
        bench.line.meanwhile[moment] = partial(carry_out, bench, make(tier))
        assert carry_out(bench, make(tier)).change is not None
        assert outcome(bench)[0] == outcome(undisturbed)[0], moment
        opened = [issue for issue in bench.sandbox.state.issues.values() if issue.state == "open"]
        assert len(opened) == len(undisturbed.sandbox.state.issues), moment
        assert len(bench.pulls()) == len(undisturbed.pulls()), moment
