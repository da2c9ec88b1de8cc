"""Decisions → figures: how often class, action and object were right, and what was done where nothing is wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal

from msgspec import Struct

from gitops_bot.backtest.expectation import NOTHING
from gitops_bot.backtest.playing import Decision
from gitops_bot.reason.classes import HEALTHY, class_named


class Score(Struct, frozen=True, kw_only=True):
    """Figures of many decisions. Shares are pairs: how many were right, and how many cases say what is right.

    `acted_on_healthy` counts what would have been written (an issue too) where nothing should be; `confusion` counts
    pairs of the expected and the concluded class; `dollars` and `seconds` are sums.
    """

    cases: int
    classes: tuple[int, int]
    actions: tuple[int, int]
    resources: tuple[int, int]
    remedies: tuple[int, int]
    acted_on_healthy: tuple[int, int]
    abstained: int
    dollars: Decimal
    seconds: float
    confusion: dict[tuple[str, str], int]


def scored(decisions: Iterable[Decision]) -> Score:
    """Return the figures; an expectation that a case does not state is not counted."""
    made = tuple(decisions)
    healthy = [one for one in made if one.case.healthy]
    pairs = Counter((class_named(one.case.expected.cause_class), _told(one)) for one in made if _states_class(one))
    return Score(
        cases=len(made),
        classes=_share(class_is_right(one) for one in made),
        actions=_share(action_is_right(one) for one in made),
        resources=_share(_resource_is_right(one) for one in made),
        remedies=_share(_remedy_is_right(one) for one in made),
        acted_on_healthy=(sum(one.action != NOTHING for one in healthy), len(healthy)),
        abstained=sum(one.abstained for one in made),
        dollars=sum((one.dollars for one in made), Decimal(0)),
        seconds=sum(one.seconds for one in made),
        confusion=dict(sorted(pairs.items())),
    )


def class_is_right(decision: Decision) -> bool | None:
    """Return whether the cause class is the expected one, by whatever name; None where none is stated."""
    if not _states_class(decision):
        return None
    return _told(decision) == class_named(decision.case.expected.cause_class)


def action_is_right(decision: Decision) -> bool | None:
    """Return whether the action is the expected one; None where none is stated."""
    expected = decision.case.expected.action
    return decision.action == expected if expected else None


def _told(decision: Decision) -> str:
    # Where nothing is wrong, the reason for leaving it alone is no error.
    quiet = class_named(decision.case.expected.cause_class) == HEALTHY and decision.action == NOTHING
    return HEALTHY if quiet else class_named(decision.cause_class)


def _states_class(decision: Decision) -> bool:
    return bool(decision.case.expected.cause_class)


def _resource_is_right(decision: Decision) -> bool | None:
    expected = decision.case.expected.resource
    return None if not expected or decision.case.healthy else _is_named(decision.resource, expected)


def _is_named(resource: str, name: str) -> bool:
    """Return whether GROUP/KIND/NAMESPACE/NAME is called so: whole, without the group, as KIND/NAME or NAME.

    Where the evidence tells no namespace, it may be kubectl's own: `default`.
    """
    parts = resource.lower().split("/")
    if parts[-2:-1] == [""] and "default" in name.lower():
        parts[-2] = "default"
    names = {"/".join(parts[start:]) for start in range(len(parts))} | {"/".join(parts[-3::2])}
    return name.strip().lower().replace(" ", "/") in names


def _remedy_is_right(decision: Decision) -> bool | None:
    expected = decision.case.expected.remedy
    return None if not expected or decision.case.healthy else decision.remedy == expected


def _share(judged: Iterable[bool | None]) -> tuple[int, int]:
    stated = [one for one in judged if one is not None]
    return sum(stated), len(stated)
