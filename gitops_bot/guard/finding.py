"""What one check found."""

from __future__ import annotations

from msgspec import Struct

from gitops_bot.model.plan import Check, Tier


class Finding(Struct, frozen=True, kw_only=True):
    """One check, the most trusted tier that it leaves, and why nothing is written now, if so."""

    check: Check
    most: Tier = Tier.COMMIT
    waiting: str = ""


def finding(
    name: str, problem: str, fine: str, lift: str = "", most: Tier = Tier.ESCALATE, waiting: str = ""
) -> Finding:
    """Return a finding that failed where there is a `problem` or something to wait for."""
    failed = problem or waiting
    check = Check(name=name, passed=not failed, detail=failed or fine, lift=lift if failed else "")
    return Finding(check=check, most=most if problem else Tier.COMMIT, waiting=waiting)
