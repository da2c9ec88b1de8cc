"""Text for a terminal or a job's log: what was seen, what is done, what is left alone and why. Pure."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence

from gitops_bot.model.change import Receipt
from gitops_bot.model.incident import Skipped
from gitops_bot.model.plan import Check, Plan, Remediation
from gitops_bot.notify.reasoned import reasoned_lines
from gitops_bot.notify.receipts import by_fingerprint, others, said
from gitops_bot.notify.tiers import KIND
from gitops_bot.untrusted import clip, for_log, one_line

WIDTH = 110
_COLUMN = 14
_LONGEST_NAME = 40


def plan_text(plan: Plan, *, colour: bool = False) -> str:
    """Return what a plan would do, for people; safe for a job's log. `colour` is for terminals only."""
    parts = [_heading(plan)]
    if plan.remediations:
        parts += [_title("Would write", colour), *(_remediation(one) for one in plan.remediations)]
    return _joined([*parts, *_rest(plan, colour)], colour)


def run_text(plan: Plan, receipts: Sequence[Receipt], *, colour: bool = False) -> str:
    """Return what a run saw, did and left alone, for people; safe for a job's log."""
    beside = others(plan.remediations, receipts)
    parts = [_heading(plan, len(beside))]
    known = by_fingerprint(receipts)
    if plan.remediations:
        parts.append(_title("Done", colour))
        parts += [_remediation(one, known.get(one.fingerprint, ())) for one in plan.remediations]
    if beside:
        parts += [_title("Tended", colour), _lines(beside)]
    return _joined([*parts, *_rest(plan, colour)], colour)


def _rest(plan: Plan, colour: bool) -> list[str]:
    parts = [_title("Left alone", colour), _skipped(plan.skipped)] if plan.skipped else []
    if lines := reasoned_lines(plan.reasoned):
        parts += [_title("Models", colour), "\n".join(_wrapped("", one_line(line, 600), 0) for line in lines)]
    return parts


def receipts_text(receipts: Sequence[Receipt], *, colour: bool = False) -> str:
    """Return what `apply` did, a line each."""
    if not receipts:
        return "The plan holds nothing to write.\n"
    return _joined([_title("Applied", colour), _lines(receipts)], colour)


def _joined(parts: Iterable[str], colour: bool) -> str:
    """Join paragraphs; only our own headings may hold escape codes."""
    safe = [part if colour and part.startswith("\x1b[1m") else for_log(part) for part in parts]
    return "\n\n".join(safe) + "\n"


def _title(text: str, colour: bool) -> str:
    return f"\x1b[1m{text}\x1b[0m" if colour else text


def _heading(plan: Plan, beside: int = 0) -> str:
    branch = f" {plan.branch}" if plan.branch else ""
    at = f" at {plan.commit[:7]}" if plan.commit else ""
    many, left = len(plan.remediations), len(plan.skipped)
    first = f"{plan.repository}{branch}{at}, {plan.created_at:%Y-%m-%d %H:%M} UTC"
    counted = [
        "Nothing to do" if not many else f"{many} remediation{'' if many == 1 else 's'}",
        *([f"{beside} tended"] if beside else []),
        *([f"{left} left alone with a reason"] if left else []),
    ]
    return f"{one_line(first)}\n{'; '.join(counted)}."


def _remediation(one: Remediation, receipts: Sequence[Receipt] = ()) -> str:
    passed = sum(check.passed for check in one.checks)
    files = sorted({edit.path for edit in one.edits})
    lines = [
        _wrapped(KIND[one.tier], one_line(one.title), _COLUMN),
        _wrapped("", one_line(one.cause, 600), _COLUMN),
        _wrapped("", f"in {', '.join(files)}" if files else "no file changes", _COLUMN),
        _wrapped("", f"confidence {one.confidence}, {passed} of {len(one.checks)} checks passed", _COLUMN),
    ]
    lines += [
        _wrapped("", one_line(f"✗ {check.name}: {check.detail}{_lift(check)}", 600), _COLUMN)
        for check in one.checks
        if not check.passed
    ]
    for receipt in receipts:
        mark = "✗ not written:" if receipt.failed else "→"
        lines.append(_wrapped("", f"{mark} {_said(receipt, one.title)}", _COLUMN))
    return "\n".join(lines)


def _lines(receipts: Sequence[Receipt]) -> str:
    labels = ("written" if receipt.written else "not written" for receipt in receipts)
    return "\n".join(_wrapped(label, _said(one), _COLUMN) for label, one in zip(labels, receipts, strict=True))


def _lift(check: Check) -> str:
    return f" (to lift it: {check.lift})" if check.lift else ""


def _said(receipt: Receipt, title: str = "") -> str:
    url = f" {receipt.change.url}" if receipt.change and receipt.change.url else ""
    remark = f" ({receipt.remark})" if receipt.remark else ""
    return one_line(f"{said(receipt, title)}{url}{remark}", 600)


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
