"""Texts as people paste them: the class and the action that each calls for."""

from __future__ import annotations

import pytest

from gitops_bot.reason.classes import CLASSES
from tests.observe.texts.corpus import Case, cases, decided

DEVELOPMENT, HELD_OUT = cases(held_out=False), cases(held_out=True)


@pytest.mark.parametrize("case", DEVELOPMENT, ids=lambda case: case["name"])
def test_a_case_gets_the_class_and_the_action_that_it_calls_for(case: Case) -> None:
    kind, acted, resource = decided(case)
    expected = case["expected"]
    assert (kind, acted) == (expected["class"], expected["action"])
    if kind != "healthy" and "resource" in expected:
        assert resource.rpartition("/")[2] == expected["resource"].rpartition("/")[2]


def test_of_the_held_out_cases_at_most_one_in_ten_is_wrong() -> None:
    made = [(decided(case), case["expected"]) for case in HELD_OUT]
    classes = sum(found[0] == expected["class"] for found, expected in made)
    actions = sum(found[1] == expected["action"] for found, expected in made)
    assert len(made) >= 40
    assert classes >= 0.9 * len(made)
    assert actions >= 0.9 * len(made)


def test_nothing_is_done_where_nothing_is_wrong() -> None:
    healthy = [case for case in (*DEVELOPMENT, *HELD_OUT) if case["expected"]["class"] == "healthy"]
    assert len(healthy) >= 20
    assert [case["name"] for case in healthy if decided(case)[1] != "none"] == []


def test_the_corpus_speaks_of_known_classes_and_of_most_of_them() -> None:
    named = {case["expected"]["class"] for case in (*DEVELOPMENT, *HELD_OUT)}
    assert named <= CLASSES.keys()
    assert len(named) >= 30
