"""The job summary: Markdown for the page of a workflow run, at most 1 MiB. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from gitops_bot.model.change import Receipt
from gitops_bot.model.incident import Skipped
from gitops_bot.model.plan import Plan, Remediation
from gitops_bot.notify.reasoned import reasoned_lines
from gitops_bot.notify.receipts import aside, by_fingerprint, main_receipt, others
from gitops_bot.notify.tiers import KIND
from gitops_bot.untrusted import cell, code, prose

LARGEST = 1_000_000
_MOST_SKIPPED = 500
_MOST_BESIDE = 100


def summary(plan: Plan, receipts: Sequence[Receipt] = ()) -> str:
    """Return the summary of a plan (no receipts) or of a run, with each body folded away as far as there is room."""
    known = by_fingerprint(receipts)
    branch = f", branch {code(plan.branch)}" if plan.branch else ""
    at = f" at `{plan.commit[:7]}`" if plan.commit else ""
    parts = [f"## gitops-bot\n\n{prose(plan.repository)}{branch}{at}."]
    if plan.remediations:
        rows = [_row(one, main_receipt(one, known)) for one in plan.remediations]
        head = "| Applications | What | How | Confidence | Change |\n|---|---|---|---|---|"
        parts.append("\n".join([head, *rows[:_MOST_SKIPPED]]))
    else:
        parts.append("Nothing to do.")
    parts += [f"> {prose(receipt.remark)}" for receipt in receipts if receipt.remark]
    beside = [f"- {prose(receipt.summary)}" for receipt in others(plan.remediations, receipts)]
    if beside:
        parts.append("### Tended\n\n" + "\n".join(beside[:_MOST_BESIDE]))
    if plan.skipped:
        parts.append(_skipped(plan.skipped))
    if lines := reasoned_lines(plan.reasoned):
        parts.append("### Models\n\n" + "\n".join(f"- {prose(line)}" for line in lines))
    room = LARGEST - sum(len(part.encode()) + 2 for part in parts) - 500
    return "\n\n".join([*parts, *_bodies(plan.remediations, room)]) + "\n"


def _row(one: Remediation, receipt: Receipt | None) -> str:
    names = ", ".join(one.applications[:5]) + (" and more" if len(one.applications) > 5 else "")
    change = _change(receipt, one.title)
    return f"| {cell(names)} | {cell(one.title)} | {KIND[one.tier]} | {one.confidence} | {change} |"


def _change(receipt: Receipt | None, title: str) -> str:
    if receipt is None:
        return "planned"
    if receipt.change is None:
        return f"not written: {cell(receipt.summary)}"
    shown = code(receipt.change.reference)
    url = receipt.change.url
    linked = f"[{shown}]({url})" if url.startswith(("https://", "http://")) and not set(url) & set(" <>()|") else shown
    added = cell(aside(receipt, title))
    return f"{linked}{'' if receipt.written else ', there already'}{f': {added}' if added else ''}"


def _skipped(skipped: Sequence[Skipped]) -> str:
    rows = [f"| {cell(one.application, 100)} | {cell(one.reason, 400)} |" for one in skipped[:_MOST_SKIPPED]]
    more = len(skipped) - len(rows)
    note = f"\n\n*{more} more left out for want of room.*" if more > 0 else ""
    return "### Left alone\n\n" + "\n".join(["| Application | Why |\n|---|---|", *rows]) + note


def _bodies(remediations: Sequence[Remediation], room: int) -> list[str]:
    shown: list[str] = []
    for index, one in enumerate(remediations):
        block = f"<details><summary>{_plain(one.title)}</summary>\n\n{one.body.strip()}\n\n</details>"
        room -= len(block.encode()) + 2
        if room < 0:
            shown.append(f"*The texts of {len(remediations) - index} more are left out for want of room.*")
            break
        shown.append(block)
    return shown


def _plain(text: str) -> str:
    """Return text for inside an HTML element: no tag, no entity, no Markdown."""
    return "".join(letter if letter.isalnum() or letter in " .,:-/()" else f"&#{ord(letter)};" for letter in text)
