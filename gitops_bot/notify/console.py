"""Text for a terminal or a job's log: what was seen, what is done, what is left alone and why. Pure."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence

from gitops_bot.model.change import Receipt
from gitops_bot.model.incident import Skipped
from gitops_bot.model.plan import Check, Plan, Remediation, Tier
from gitops_bot.untrusted import clip, for_log, one_line

WIDTH = 110
_KIND = {
    Tier.COMMIT: "commit",
    Tier.AUTO_MERGE: "auto-merge",
    Tier.APPROVE: "pull request",
    Tier.ESCALATE: "escalate",
}
_COLUMN = 14
_LONGEST_NAME = 40


def plan_text(plan: Plan, *, colour: bool = False) -> str:
    """Return what a plan would do, for people; safe for a job's log. `colour` is for terminals only."""
    parts = [_heading(plan)]
    if plan.remediations:
        parts += [_title("Would write", colour), *(_remediation(one) for one in plan.remediations)]
    if plan.skipped:
        parts += [_title("Left alone", colour), _skipped(plan.skipped)]
    return _joined(parts, colour)


def run_text(plan: Plan, receipts: Sequence[Receipt], *, colour: bool = False) -> str:
    """Return what a run saw, did and left alone, for people; safe for a job's log."""
    parts = [_heading(plan)]
    by_fingerprint = {receipt.fingerprint: receipt for receipt in receipts}
    if plan.remediations:
        parts.append(_title("Done", colour))
        parts += [_remediation(one, by_fingerprint.get(one.fingerprint)) for one in plan.remediations]
    if plan.skipped:
        parts += [_title("Left alone", colour), _skipped(plan.skipped)]
    return _joined(parts, colour)


def receipts_text(receipts: Sequence[Receipt], *, colour: bool = False) -> str:
    """Return what `apply` did, a line each."""
    if not receipts:
        return "The plan holds nothing to write.\n"
    lines = [_wrapped("written" if receipt.written else "not written", _said(receipt), _COLUMN) for receipt in receipts]
    return _joined([_title("Applied", colour), "\n".join(lines)], colour)


def _joined(parts: Iterable[str], colour: bool) -> str:
    """Join paragraphs; only our own headings may hold escape codes."""
    safe = [part if colour and part.startswith("\x1b[1m") else for_log(part) for part in parts]
    return "\n\n".join(safe) + "\n"


def _title(text: str, colour: bool) -> str:
    return f"\x1b[1m{text}\x1b[0m" if colour else text


def _heading(plan: Plan) -> str:
    at = f" at {plan.commit[:7]}" if plan.commit else ""
    many = len(plan.remediations)
    left = len(plan.skipped)
    first = f"{plan.repository} {plan.branch}{at}, {plan.created_at:%Y-%m-%d %H:%M} UTC"
    done = "Nothing to do" if not many else f"{many} remediation{'' if many == 1 else 's'}"
    return f"{one_line(first)}\n{done}; {left} left alone with a reason." if left else f"{one_line(first)}\n{done}."


def _remediation(one: Remediation, receipt: Receipt | None = None) -> str:
    passed = sum(check.passed for check in one.checks)
    files = sorted({edit.path for edit in one.edits})
    lines = [
        _wrapped(_KIND[one.tier], one_line(one.title), _COLUMN),
        _wrapped("", one_line(one.cause, 600), _COLUMN),
        _wrapped("", f"in {', '.join(files)}" if files else "no file changes", _COLUMN),
        _wrapped("", f"confidence {one.confidence}, {passed} of {len(one.checks)} checks passed", _COLUMN),
    ]
    lines += [
        _wrapped("", one_line(f"✗ {check.name}: {check.detail}{_lift(check)}", 600), _COLUMN)
        for check in one.checks
        if not check.passed
    ]
    if receipt:
        lines.append(_wrapped("", f"→ {_said(receipt)}", _COLUMN))
    return "\n".join(lines)


def _lift(check: Check) -> str:
    return f" (to lift it: {check.lift})" if check.lift else ""


def _said(receipt: Receipt) -> str:
    url = f" {receipt.change.url}" if receipt.change and receipt.change.url else ""
    remark = f" ({receipt.remark})" if receipt.remark else ""
    return one_line(f"{receipt.summary}{url}{remark}", 600)


def _skipped(skipped: Sequence[Skipped]) -> str:
    names = [clip(one_line(one.application), _LONGEST_NAME) for one in skipped]
    column = max(len(name) for name in names) + 2
    return "\n".join(
        _wrapped(name, one_line(one.reason, 600), column) for name, one in zip(names, skipped, strict=True)
    )


def _wrapped(label: str, text: str, column: int) -> str:
    """Return `label` in a column of its own beside the text, whose further lines stand under it."""
    start = f"  {label:<{column}}"
    return textwrap.fill(
        text,
        max(WIDTH, column + 40),
        initial_indent=start,
        subsequent_indent=" " * len(start),
        break_long_words=False,
        break_on_hyphens=False,
    )
