"""What people and later steps are told."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from pytest_snapshot.plugin import Snapshot

from gitops_bot.act import compose
from gitops_bot.errors import ConfigurationError
from gitops_bot.model.change import Change, ChangeState, Receipt
from gitops_bot.model.incident import Skipped
from gitops_bot.model.plan import Plan, Remediation, Tier
from gitops_bot.notify import (
    append_summary,
    outputs,
    plan_text,
    receipts_text,
    run_text,
    summary,
    write_outputs,
)
from tests.act import markdown
from tests.act.examples import CONTEXT, REFUSED, leave_replicas, resync, rollback, verdict

SKIPPED = (
    Skipped(application="checkout", reason="its HorizontalPodAutoscaler has no metrics; nothing in Git can fix that"),
    Skipped(application="search", reason="pull request #7 is open for this cause"),
)
REMEDIATIONS = (
    compose(rollback(), verdict(), CONTEXT),
    compose(resync("staging"), verdict(Tier.COMMIT), CONTEXT),
    compose(leave_replicas(), verdict(Tier.ESCALATE, REFUSED), CONTEXT),
)
PLAN = Plan(
    created_at=datetime(2026, 11, 23, 10, 40, tzinfo=UTC),
    repository="acme/fleet",
    branch="main",
    commit="a" * 40,
    remediations=REMEDIATIONS,
    skipped=SKIPPED,
)
EMPTY = replace(PLAN, remediations=(), skipped=(), commit=None)


def receipt(of: Remediation, state: ChangeState, number: int, *, written: bool = True) -> Receipt:
    reference = f"#{number}" if number else "abc1234"
    change = Change(
        fingerprint=of.fingerprint,
        state=state,
        reference=reference,
        url=f"https://forge.example/acme/fleet/x/{number}",
        number=number,
        branch="" if state is ChangeState.ESCALATED else of.branch,
    )
    return Receipt(fingerprint=of.fingerprint, change=change, written=written, summary=f"opened {reference}")


RECEIPTS = (
    receipt(REMEDIATIONS[0], ChangeState.OPEN, 8),
    receipt(REMEDIATIONS[1], ChangeState.COMMITTED, 0),
    receipt(REMEDIATIONS[2], ChangeState.ESCALATED, 9, written=False),
)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("plan.txt", plan_text(PLAN)),
        ("plan-empty.txt", plan_text(EMPTY)),
        ("run.txt", run_text(PLAN, RECEIPTS)),
        ("apply.txt", receipts_text(RECEIPTS)),
        ("summary-plan.md", summary(PLAN)),
        ("summary-run.md", summary(PLAN, RECEIPTS)),
    ],
)
def test_texts_are_as_recorded(name: str, text: str, snapshot: Snapshot) -> None:
    snapshot.snapshot_dir = "tests/notify/snapshots"
    snapshot.assert_match(text, name)


def test_colour_is_for_headings_on_a_terminal_only() -> None:
    assert "\x1b" not in run_text(PLAN, RECEIPTS)
    coloured = run_text(PLAN, RECEIPTS, colour=True)
    assert re.sub(r"\x1b\[\d+m", "", coloured) == run_text(PLAN, RECEIPTS)


def test_nothing_to_write_is_said() -> None:
    assert receipts_text(()) == "The plan holds nothing to write.\n"


def nasty(words: str) -> Plan:
    one = replace(REMEDIATIONS[2], title=words, cause=words, applications=(words,))
    return replace(PLAN, repository=words, remediations=(one,), skipped=(Skipped(application=words, reason=words),))


@settings(deadline=None)
@given(st.one_of(st.text(), st.sampled_from(["::error::x", "x\n::stop-commands::y", "##[group]x", "\x1b[2J"])))
def test_no_text_is_a_command_of_the_runner(words: str) -> None:
    said = Receipt(fingerprint="cccccccccccc", change=None, written=False, summary=words)
    for text in (plan_text(nasty(words)), run_text(nasty(words), (said,)), receipts_text((said,))):
        assert not any(line.lstrip().startswith("::") or "##[" in line for line in text.splitlines())
        assert "\x1b" not in text


@settings(deadline=None)
@given(
    st.one_of(st.text(), st.sampled_from(["@bob [x](https://evil.example) <b>|", "</summary><img src=x>", "![x](y)"]))
)
def test_no_text_is_live_in_the_summary(words: str) -> None:
    text = summary(nasty(words))
    assert "image" not in markdown.kinds(text)
    assert all(link.startswith("https://forge.example/acme/fleet/blob/") for link in markdown.links(text))
    assert not markdown.MENTION.search(markdown.live_text(text))
    assert {len(row) for row in markdown.cells(text)} <= {2, 4, 5}


def test_a_summary_stays_below_one_mebibyte() -> None:
    many = tuple(replace(REMEDIATIONS[0], fingerprint=f"{number:012x}", body="x" * 59_000) for number in range(100))
    skipped = tuple(Skipped(application=f"app-{number}", reason="y" * 2_000) for number in range(3_000))
    text = summary(replace(PLAN, remediations=many, skipped=skipped))
    assert len(text.encode()) < 1_048_576
    assert "are left out for want of room" in text
    assert "2500 more left out for want of room" in text


def test_outputs_tell_what_changed() -> None:
    values = outputs(PLAN, RECEIPTS)
    assert values["changed"] == "true"
    assert json.loads(values["pull-requests"]) == [8]
    rows = json.loads(values["remediations"])
    assert [(row["tier"], row["written"]) for row in rows] == [("approve", True), ("commit", True), ("escalate", False)]
    assert rows[0]["url"] == "https://forge.example/acme/fleet/x/8"
    assert outputs(EMPTY) == {"remediations": "[]", "changed": "false", "pull-requests": "[]"}


def test_what_a_change_ended_is_told_beside_it() -> None:
    ended = receipt(REMEDIATIONS[0], ChangeState.SUPERSEDED, 5)
    told = (RECEIPTS[0], replace(ended, summary="closed #5 (replaced): catalog-production: needs a person"))
    assert "→ opened #8" in run_text(PLAN, told)
    assert "→ closed #5 (replaced)" in run_text(PLAN, told)
    assert "[`#8`](https://forge.example/acme/fleet/x/8)" in summary(PLAN, told)
    assert json.loads(outputs(PLAN, told)["remediations"])[0]["url"].endswith("/x/8")


def test_what_was_closed_or_lifted_beside_the_plan_is_told() -> None:
    healed = Receipt(
        fingerprint="ffffffffffff", change=None, written=True, summary="closed #5 (healed): web: sync again"
    )
    text = run_text(EMPTY, (healed,))
    assert "Nothing to do; 1 tended." in text
    assert "written       closed #5 (healed): web: sync again" in text
    assert "### Tended\n\n- closed `#5` (healed): web: sync again" in summary(EMPTY, (healed,))


def test_why_a_pull_request_does_not_merge_by_itself_is_told() -> None:
    remark = "not merged by itself: no check is required on main"
    told = replace(RECEIPTS[0], summary=f"opened pull request #8: {REMEDIATIONS[0].title} ({remark})")
    assert f"→ opened pull request #8 ({remark}) https://" in " ".join(run_text(PLAN, (told,)).split())
    assert f"(https://forge.example/acme/fleet/x/8): {remark} |" in summary(PLAN, (told,))


def test_a_branch_that_is_not_known_is_not_named() -> None:
    unknown = replace(EMPTY, branch="")
    assert plan_text(unknown).startswith("acme/fleet, 2026-11-23 10:40 UTC\nNothing to do.")
    assert "acme/fleet.\n" in summary(unknown)


def read_outputs(text: str) -> dict[str, str]:
    """Read the file as the runner does."""
    found: dict[str, str] = {}
    lines = iter(text.split("\n"))
    for line in lines:
        name, separator, mark = line.partition("<<")
        if separator:
            found[name] = "\n".join(iter(lambda: next(lines), mark))
    return found


@given(st.text(alphabet="ab\n<=", max_size=60))
def test_an_output_cannot_end_itself_or_set_another(tmp_path_factory: pytest.TempPathFactory, value: str) -> None:
    path = tmp_path_factory.mktemp("runner") / "output"
    marks = iter(["a", "ab", "b", *(f"free{number}" for number in range(9))])
    write_outputs(path, {"first": value + "\nghadelimiter_a\nsecond=1", "third": "3"}, lambda: next(marks))
    assert read_outputs(path.read_text()) == {"first": value + "\nghadelimiter_a\nsecond=1", "third": "3"}


def test_delimiters_differ_each_time(tmp_path: Path) -> None:
    write_outputs(tmp_path / "output", {"a": "1", "b": "2"})
    marks = re.findall(r"<<(\w+)", (tmp_path / "output").read_text())
    assert len(set(marks)) == 2


def test_a_summary_is_appended(tmp_path: Path) -> None:
    path = tmp_path / "summary"
    append_summary(path, "one\n")
    append_summary(path, "two\n")
    assert path.read_text() == "one\ntwo\n"


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="GITHUB_OUTPUT"):
        write_outputs(tmp_path / "missing" / "output", {"a": "b"})
