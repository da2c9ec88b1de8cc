"""For each question of each shape: the right file, document, pointer and line, and no other."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.locate.sites import shapes

Opened = Callable[[str], shapes.Shape]
MOST_RENDERS = 9


@pytest.mark.parametrize("name", shapes.NAMES)
def test_each_question_of_a_shape_is_answered_with_the_right_places(shape: Opened, name: str) -> None:
    wrong = []
    for question, answer in shape(name).answers:
        said = [shapes.shown(site) for site in answer.sites]
        if (answer.expressible, said) != (question.expressible, question.sites or []):
            wrong.append(f"{question}: {said or answer.reason}, not {question.sites or question.reason}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", shapes.NAMES)
def test_who_shares_the_best_place_is_told(shape: Opened, name: str) -> None:
    for question, answer in shape(name).answers:
        assert list(answer.shared_by) == (question.shared_by or []), str(question)


@pytest.mark.parametrize("name", shapes.NAMES)
def test_a_refusal_has_its_reason_and_the_line_that_cannot_be_edited(shape: Opened, name: str) -> None:
    for question, answer in shape(name).answers:
        if question.expressible:
            continue
        assert question.reason
        assert question.reason in answer.reason, str(question)
        lines = [f"{constant.path}:{constant.line}" for constant in answer.read_only]
        assert lines == (question.read_only or []), str(question)
        assert answer.sites == ()


@pytest.mark.parametrize("name", shapes.NAMES)
def test_an_answer_costs_a_handful_of_renders(shape: Opened, name: str) -> None:
    cost = [answer.renders for _, answer in shape(name).answers]
    assert max(cost) <= MOST_RENDERS
    assert sum(cost) / len(cost) <= 4


def test_two_questions_about_one_application_share_its_render(shape: Opened) -> None:
    opened = shape("kustomize-options")
    first, second = opened.answers[0][0], opened.answers[1][0]
    shapes.ask(opened.fleet, first)
    before = opened.fleet.renderer.render_count
    answer = shapes.ask(opened.fleet, second)
    assert opened.fleet.renderer.render_count == before
    assert answer.renders >= 2
