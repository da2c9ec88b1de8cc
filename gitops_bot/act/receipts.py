"""What is told of a remediation that was carried out, or was not."""

from __future__ import annotations

from gitops_bot.model.change import Change, Receipt
from gitops_bot.model.plan import Remediation


def receipt(remediation: Remediation, change: Change, words: str, *, written: bool = True) -> Receipt:
    """Return the receipt for a change; `words` say what was done to it, or that it was there already."""
    summary = f"{words} {change.reference}: {remediation.title}"
    return Receipt(fingerprint=remediation.fingerprint, change=change, written=written, summary=summary)


def nothing(remediation: Remediation, why: str) -> Receipt:
    """Return the receipt for a remediation of which nothing was written, which is no failure."""
    return Receipt(fingerprint=remediation.fingerprint, change=None, written=False, summary=why)
