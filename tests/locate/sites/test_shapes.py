"""For each question of each shape: the right file, document, pointer and line, and no other.

One test a shape looks at all that an answer says: to find the answers is what costs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from gitops_bot.locate.sites import Answer
from tests.locate.sites import shapes

Opened = Callable[[str], shapes.Shape]
MOST_RENDERS = 9


@pytest.mark.parametrize("name", shapes.NAMES)
def test_each_question_of_a_shape_is_answered_with_the_right_places_and_sharers_or_the_reason(
    shape: Opened, name: str
) -> None:
    answers = shape(name).answers
    wrong = [f"{question}: {text}" for question, answer in answers for text in mistakes(question, answer)]
    assert not wrong, "\n".join(wrong)
    assert sum(answer.renders for _, answer in answers) / len(answers) <= 4


def mistakes(question: shapes.Question, answer: Answer) -> Iterator[str]:
    said = [shapes.shown(site) for site in answer.sites]
    if (answer.expressible, said) != (question.expressible, question.sites or []):
        yield f"{said or answer.reason}, not {question.sites or question.reason}"
    if list(answer.shared_by) != (question.shared_by or []):
        yield f"shared by {answer.shared_by}"
    lines = [f"{constant.path}:{constant.line}" for constant in answer.read_only]
    if lines != (question.read_only or []):
        yield f"read-only at {lines}"
    if not question.expressible and (not question.reason or question.reason not in answer.reason):
        yield f"because {answer.reason}, not because {question.reason}"
    if answer.renders > MOST_RENDERS:
        yield f"{answer.renders} renders"


def test_two_questions_about_one_application_share_its_render(shape: Opened) -> None:
    opened = shape("kustomize-options")
    question = opened.answers[0][0]
    before = opened.fleet.renderer.render_count
    answer = shapes.ask(opened.fleet, question)
    assert opened.fleet.renderer.render_count == before
    assert answer.renders >= 2
