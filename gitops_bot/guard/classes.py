"""Which class a proposal belongs to, told by what rendering proved rather than by what reasoning claims."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from gitops_bot.guard.policy import CANARY_ROLLBACK, DRIFT_RESYNC, PATCH, RELEASE_ROLLBACK, RESOURCE_LIMIT
from gitops_bot.model.diagnosis import Case, Resync, RevertRelease, SetField
from gitops_bot.model.difference import FieldChange
from gitops_bot.model.json import Json
from gitops_bot.model.proposal import Proposal
from gitops_bot.model.signal import Strategy

LARGEST_RAISE = Decimal("1.2")
_RESOURCE = re.compile(r"/resources/(limits|requests)/(memory|cpu)$")
_QUANTITY = re.compile(r"(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?")
_UNITS = {
    "": Decimal(1),
    "m": Decimal("0.001"),
    **{unit: Decimal(1000) ** power for power, unit in enumerate(("k", "M", "G", "T", "P", "E"), 1)},
    **{unit: Decimal(1024) ** power for power, unit in enumerate(("Ki", "Mi", "Gi", "Ti", "Pi", "Ei"), 1)},
}


def remediation_class(proposal: Proposal) -> str:
    """Return the proposal's class: the least trusted of its cases' classes."""
    classes = [_class_of(case, proposal) for case in proposal.cases]
    return classes[0] if classes and len(set(classes)) == 1 else _careful(classes)


def _careful(classes: list[str]) -> str:
    rollbacks = {CANARY_ROLLBACK, RELEASE_ROLLBACK}
    return RELEASE_ROLLBACK if classes and set(classes) <= rollbacks else PATCH


def _class_of(case: Case, proposal: Proposal) -> str:
    remedy = case.remedy
    if isinstance(remedy, RevertRelease):
        stepwise = case.strategy in {Strategy.CANARY, Strategy.BLUE_GREEN}
        return CANARY_ROLLBACK if stepwise and case.clear_signal else RELEASE_ROLLBACK
    if isinstance(remedy, Resync):
        return DRIFT_RESYNC
    if isinstance(remedy, SetField) and raises_a_limit_only(proposal):
        return RESOURCE_LIMIT
    return PATCH


def raises_a_limit_only(proposal: Proposal) -> bool:
    """Return whether all that rendering shows is memory or CPU raised by at most a fifth."""
    objects = [change for rendered in proposal.rendered for change in rendered.objects]
    fields = [field for change in objects for field in change.fields]
    whole = any(change.added or change.removed for change in objects)
    return bool(fields) and not whole and all(_small_raise(field) for field in fields)


def _small_raise(field: FieldChange) -> bool:
    before, after = quantity(field.before), quantity(field.after)
    if not _RESOURCE.search(field.pointer) or before is None or after is None:
        return False
    return before < after <= before * LARGEST_RAISE


def quantity(value: Json) -> Decimal | None:
    """Return a Kubernetes quantity as a number, or None where it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    found = _QUANTITY.fullmatch(str(value))
    if not found:
        return None
    try:
        return Decimal(found.group(1)) * _UNITS[found.group(2) or ""]
    except InvalidOperation:
        return None
