"""What a later step of the workflow can read: the action's outputs. Pure."""

from __future__ import annotations

import msgspec
from msgspec import Struct

from gitops_bot.model.change import Receipt
from gitops_bot.model.plan import Plan
from gitops_bot.notify.receipts import by_fingerprint, main_receipt

LARGEST = 900_000


class Output(Struct, frozen=True, kw_only=True):
    """One remediation in the output `remediations`."""

    fingerprint: str
    applications: tuple[str, ...]
    action: str
    tier: str
    title: str
    written: bool
    url: str


def outputs(plan: Plan, receipts: tuple[Receipt, ...] = ()) -> dict[str, str]:
    """Return `remediations` (JSON list), `changed` (`true` or `false`) and `pull-requests` (JSON list of numbers)."""
    done = by_fingerprint(receipts)
    rows: list[Output] = []
    room = LARGEST
    for one in plan.remediations:
        receipt = main_receipt(one, done)
        row = Output(
            fingerprint=one.fingerprint,
            applications=one.applications,
            action=one.action.value,
            tier=one.tier.value,
            title=one.title,
            written=bool(receipt and receipt.written),
            url=receipt.change.url if receipt and receipt.change else "",
        )
        room -= len(msgspec.json.encode(row)) + 1
        if room < 0:
            break
        rows.append(row)
    numbers = [receipt.change.number for receipt in receipts if _is_pull(receipt) and receipt.change]
    return {
        "remediations": msgspec.json.encode(rows).decode(),
        "changed": "true" if any(receipt.written for receipt in receipts) else "false",
        "pull-requests": msgspec.json.encode(numbers).decode(),
    }


def _is_pull(receipt: Receipt) -> bool:
    return receipt.change is not None and bool(receipt.change.branch) and receipt.change.number > 0
