"""The tables of a body: the evidence, and the checks with their answers."""

from __future__ import annotations

from datetime import UTC, datetime

from gitops_bot.model.diagnosis import Evidence
from gitops_bot.model.plan import Check
from gitops_bot.model.proposal import Proposal, Verdict
from gitops_bot.untrusted import cell

_LARGEST_EVIDENCE = 10_000
_LARGEST_CHECKS = 9_000


def evidence_table(proposal: Proposal) -> str:
    """Return the rows of all diagnoses as a table of at most some 10,000 bytes; what is cut is counted."""
    rows = list(dict.fromkeys(row for one in proposal.cases for row in one.evidence))
    if not rows:
        return "None was recorded."
    return _table(
        "| Signal | Value | Where | Since |\n|---|---|---|---|", [_row(row) for row in rows], _LARGEST_EVIDENCE
    )


def _row(row: Evidence) -> str:
    return f"| {cell(row.signal, 200)} | {cell(row.value, 400)} | {cell(row.where, 200)} | {_time(row.at)} |"


def _time(time: datetime | None) -> str:
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if time else ""


def checks_table(verdict: Verdict) -> str:
    """Return every check of the verdict, folded away, failed ones first."""
    ordered = sorted(verdict.checks, key=lambda check: check.passed)
    failed = sum(not check.passed for check in verdict.checks)
    head = "| | Check | Result | What would lift it |\n|---|---|---|---|"
    table = _table(head, [_check(check) for check in ordered], _LARGEST_CHECKS)
    summary = f"All checks: {len(ordered) - failed} passed, {failed} did not" if failed else "All checks, all passed"
    return f"<details><summary>{summary}</summary>\n\n{table}\n\n</details>"


def _check(check: Check) -> str:
    answer = "✓" if check.passed else "✗"
    return f"| {answer} | {cell(check.name, 80)} | {cell(check.detail, 300)} | {cell(check.lift, 200)} |"


def _table(head: str, rows: list[str], room: int) -> str:
    kept: list[str] = []
    for row in rows:
        room -= len(row.encode()) + 1
        if room < 0:
            break
        kept.append(row)
    cut = len(rows) - len(kept)
    note = f"\n\n*{cut} more row{'' if cut == 1 else 's'} left out for want of room.*" if cut else ""
    return "\n".join([head, *kept]) + note
