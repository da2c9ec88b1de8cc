"""Which receipts tell of which remediation, and what they add to its title. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from gitops_bot.model.change import Receipt
from gitops_bot.model.plan import Remediation

Receipts = Mapping[str, Sequence[Receipt]]


def by_fingerprint(receipts: Iterable[Receipt]) -> Receipts:
    """Return the receipts for each fingerprint, in order: one that was written may be followed by what it ended."""
    found: dict[str, list[Receipt]] = {}
    for receipt in receipts:
        found.setdefault(receipt.fingerprint, []).append(receipt)
    return found


def main_receipt(remediation: Remediation, receipts: Receipts) -> Receipt | None:
    """Return the receipt for the remediation itself: the first with a change, else the first."""
    own = receipts.get(remediation.fingerprint, ())
    return next((one for one in own if one.change is not None), next(iter(own), None))


def others(remediations: Iterable[Remediation], receipts: Iterable[Receipt]) -> tuple[Receipt, ...]:
    """Return the receipts for what no remediation is about: what was closed, lifted or brought up to date beside."""
    names = {one.fingerprint for one in remediations}
    return tuple(one for one in receipts if one.fingerprint not in names)


def said(receipt: Receipt, title: str) -> str:
    """Return the receipt's line without the title, which stands beside it."""
    return receipt.summary.replace(f": {title}", "", 1) if title else receipt.summary


def aside(receipt: Receipt, title: str) -> str:
    """Return what a receipt adds after the title, such as why a pull request does not merge by itself."""
    return receipt.summary.partition(title)[2].strip().removeprefix("(").removesuffix(")") if title else ""
