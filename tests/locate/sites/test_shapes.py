"""For each shape, for each question of its `questions.json`: the right file, document, pointer and line, and no other."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from gitops_bot.clients.fleet import Fleet
from tests.locate.sites import shapes

MOST_RENDERS = 9


@pytest.mark.parametrize("name", shapes.NAMES)
def test_each_question_of_a_shape_is_answered_with_the_right_places(shape: Callable[[str], Fleet], name: str) -> None:
    fleet = shape(name)
    wrong = []
    for question in shapes.questions(name):
        answer = shapes.ask(fleet, question)
        said = [shapes.shown(site) for site in answer.sites]
        if (answer.expressible, said) != (question.expressible, question.sites or []):
            wrong.append(f"{question}: {said or answer.reason}, not {question.sites or question.reason}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", shapes.NAMES)
def test_who_shares_the_best_place_is_told(shape: Callable[[str], Fleet], name: str) -> None:
    fleet = shape(name)
    for question in shapes.questions(name):
        answer = shapes.ask(fleet, question)
        assert list(answer.shared_by) == (question.shared_by or []), str(question)


@pytest.mark.parametrize("name", shapes.NAMES)
def test_a_refusal_has_its_reason_and_the_line_that_cannot_be_edited(shape: Callable[[str], Fleet], name: str) -> None:
    fleet = shape(name)
    for question in [one for one in shapes.questions(name) if not one.expressible]:
        answer = shapes.ask(fleet, question)
        assert question.reason
        assert question.reason in answer.reason, str(question)
        lines = [f"{constant.path}:{constant.line}" for constant in answer.read_only]
        assert lines == (question.read_only or []), str(question)
        assert answer.sites == ()


@pytest.mark.parametrize("name", shapes.NAMES)
def test_an_answer_costs_a_handful_of_renders(shape: Callable[[str], Fleet], name: str) -> None:
    fleet = shape(name)
    cost = [shapes.ask(fleet, question).renders for question in shapes.questions(name)]
    assert max(cost) <= MOST_RENDERS
    assert sum(cost) / len(cost) <= 4
