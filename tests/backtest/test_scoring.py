"""Decisions are counted against what was expected, whatever it is called; what is not stated is not counted."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from gitops_bot.backtest import Case, Decision, Expected, as_json, as_text, scored

CRASH = {"cause_class": "release-crash", "resource": "apps/Deployment/shop/web", "action": "rollback"}


def decision(expected: dict[str, str], **told: object) -> Decision:
    stated = Expected(**expected)
    return Decision(case=Case(name="one", inputs={}, expected=stated), **told)  # type: ignore[arg-type]


def crash(**expected: str) -> Decision:
    """A right diagnosis of a crash against what is expected."""
    return decision(expected, **CRASH, remedy="revert-release", confidence=95, seconds=0.5, dollars=Decimal("0.01"))


@pytest.mark.parametrize("name", ["release-crash", "CrashLoopBackOff", "crash_loop_back_off", "Crash Loop BackOff"])
def test_a_class_may_have_another_name(name: str) -> None:
    assert scored([crash(cause_class=name)]).classes == (1, 1)


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("apps/Deployment/shop/web", 1),
        ("Deployment/shop/web", 1),
        ("deployment/web", 1),
        ("shop/web", 1),
        ("Deployment shop/web", 1),
        ("web", 1),
        ("Deployment/shop/other", 0),
        ("Service/web", 0),
        ("apps", 0),
    ],
)
def test_an_object_may_be_named_in_part(name: str, right: int) -> None:
    assert scored([crash(resource=name)]).resources == (right, 1)


def test_what_is_not_stated_is_not_counted() -> None:
    score = scored([crash()])
    assert (score.cases, score.classes, score.actions, score.resources, score.remedies) == (1, *[(0, 0)] * 4)
    assert score.confusion == {}
    assert "class accuracy     not stated" in as_text(score, [crash()], "rules")


def test_what_is_wrong_is_counted_and_told() -> None:
    made = [
        crash(cause_class="out-of-memory", action="escalate", remedy="escalate"),
        crash(cause_class="release-crash"),
    ]
    score = scored(made)
    assert (score.classes, score.actions, score.remedies) == ((1, 2), (0, 1), (0, 1))
    assert score.confusion == {("out-of-memory", "release-crash"): 1, ("release-crash", "release-crash"): 1}
    text = as_text(score, made, "rules")
    assert "  out-of-memory  ≠ release-crash 1\n  release-crash  release-crash 1\n" in text
    assert "one: expected out-of-memory, escalate; concluded release-crash, rollback (95 %)" in text
    assert "cost               $0.0200" in text
    assert "time               1.00 s, 500.0 ms a case" in text


def test_leaving_a_healthy_case_alone_is_right_whatever_the_reason() -> None:
    healthy = {"cause_class": "healthy", "action": "none"}
    quiet = decision(healthy, cause_class="suspended")
    acted = decision(healthy, cause_class="undecided", action="escalate", abstained=True)
    score = scored([quiet, acted])
    assert (score.classes, score.actions, score.acted_on_healthy, score.abstained) == ((1, 2), (1, 2), (1, 2), 1)


def test_machines_get_one_document() -> None:
    made = [crash(cause_class="release-crash", action="rollback")]
    told = json.loads(as_json(scored(made), made, "rules"))
    assert (told["class_accuracy"], told["resource_accuracy"], told["healthy"], told["dollars"]) == (1.0, None, 0, 0.01)
    assert told["confusion"] == [{"expected": "release-crash", "concluded": "release-crash", "cases": 1}]
    (one,) = told["decisions"]
    assert (one["case"], one["class"], one["action"], one["class_right"]) == ("one", "release-crash", "rollback", True)


def test_no_decisions_divide_nothing() -> None:
    assert "0 cases" in as_text(scored([]), [], "rules")
