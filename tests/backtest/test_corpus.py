"""The corpus is what the goals ask for, and the rules alone reach the goals on the half that they were not made with.

A text is held out where its author said so, any other case by the hash of its name (`split_of`).
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from gitops_bot.backtest import Decision, Score, play, read_cases, rules_alone, scored
from gitops_bot.model.diagnosis import Action
from gitops_bot.reason.classes import CLASSES, class_named
from gitops_bot.reason.registry import RULES

CORPUS = Path(__file__).parents[2] / "fixtures" / "diagnosis"
REMEDIES = {"revert-release", "resync", "set-field", "ignore-difference", "leave-alone", "escalate", "none", ""}
CASES = read_cases(CORPUS)


@pytest.fixture(scope="module")
def decisions() -> tuple[Decision, ...]:
    return tuple(play(case, rules_alone) for case in CASES)


def held_out(decisions: tuple[Decision, ...], *, texts: bool) -> Score:
    return scored(one for one in decisions if one.case.split == "held-out" and (is_text(one) or not texts))


def is_text(decision: Decision) -> bool:
    return "recording" not in decision.case.inputs


def share(right: tuple[int, int]) -> float:
    return right[0] / right[1]


def test_there_are_enough_cases_of_both_kinds_in_both_halves() -> None:
    counted = Counter((case.split, case.healthy) for case in CASES)
    assert set(counted) == {(split, healthy) for split in ("development", "held-out") for healthy in (False, True)}
    assert sum(count for (_, healthy), count in counted.items() if not healthy) >= 60
    assert sum(count for (_, healthy), count in counted.items() if healthy) >= 25
    assert min(counted.values()) >= 12


def test_every_cause_class_and_every_rule_has_a_case() -> None:
    expected = {class_named(case.expected.cause_class) for case in CASES}
    assert expected == set(CLASSES)
    assert expected >= {name for rules in RULES.values() for name in rules}


def test_cases_are_named_once_and_expect_what_there_is() -> None:
    assert [name for name, count in Counter(case.name for case in CASES).items() if count > 1] == []
    for case in CASES:
        assert case.expected.action in {*Action, "none"}, case.name
        assert case.expected.remedy in REMEDIES, case.name
        assert case.healthy or case.expected.remedy, case.name


def test_rules_alone_reach_the_goal_on_the_held_out_half(decisions: tuple[Decision, ...]) -> None:
    score = held_out(decisions, texts=False)
    assert share(score.classes) >= 0.90, score.confusion
    assert share(score.actions) >= 0.90
    assert score.acted_on_healthy[0] == 0


def test_rules_alone_reach_the_goal_on_plain_text(decisions: tuple[Decision, ...]) -> None:
    score = held_out(decisions, texts=True)
    assert score.classes[1] >= 30
    assert share(score.classes) >= 0.80, score.confusion
    assert share(score.actions) >= 0.85
    assert score.acted_on_healthy[0] == 0


def test_nothing_is_done_where_nothing_is_wrong(decisions: tuple[Decision, ...]) -> None:
    assert [one.case.name for one in decisions if one.case.healthy and one.action != "none"] == []
