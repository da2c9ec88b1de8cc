from __future__ import annotations

from decimal import Decimal

import pytest

from gitops_bot.clients.models import FREE, Fallback, LastingFailure
from gitops_bot.errors import ModelUnavailable
from gitops_bot.model.dialogue import Heard, Price, Reply, Request, Stop
from tests.clients.models.conftest import FakeClock

DEAR = Price(fresh=Decimal(5), read=Decimal(1), written=Decimal(6), answered=Decimal(25))


class Scripted:
    """A model that fails as it is told, and takes as long as it is told."""

    def __init__(
        self, name: str, price: Price, time: FakeClock, *failures: Exception | None, seconds: float = 0
    ) -> None:
        self.name, self.price = name, price
        self.patience: list[float] = []
        self._time, self._failures, self._seconds = time, list(failures), seconds

    def ask(self, request: Request) -> Reply:
        self.patience.append(request.patience)
        self._time.time += self._seconds
        failure = self._failures.pop(0) if self._failures else None
        if failure is not None:
            raise failure
        return Reply(heard=Heard(text=self.name), stop=Stop.ANSWERED)


def test_the_first_model_answers_and_gives_its_price(question: Request, time: FakeClock) -> None:
    models = Fallback([Scripted("first", DEAR, time), Scripted("second", FREE, time)], time.clock)
    assert models.ask(question).heard.text == "first"
    assert (models.name, models.price, models.failed) == ("first", DEAR, ())


def test_the_next_one_answers_and_the_reason_is_told(question: Request, time: FakeClock) -> None:
    first = Scripted("first", DEAR, time, ModelUnavailable("first is overloaded"))
    models = Fallback([first, Scripted("second", FREE, time)], time.clock)
    assert models.ask(question).heard.text == "second"
    assert (models.name, models.price) == ("second", FREE)
    assert [(failed.name, failed.why) for failed in models.failed] == [("first", "first is overloaded")]
    assert models.ask(question).heard.text == "first"
    assert models.price == DEAR


@pytest.mark.parametrize(("failure", "asked"), [(LastingFailure("no credit"), 1), (ModelUnavailable("overloaded"), 3)])
def test_a_model_that_keeps_failing_is_left_alone(
    question: Request, time: FakeClock, failure: Exception, asked: int
) -> None:
    first = Scripted("first", DEAR, time, *[failure] * 9)
    models = Fallback([first, Scripted("second", FREE, time)], time.clock)
    for _ in range(5):
        assert models.ask(question).heard.text == "second"
    assert len(first.patience) == asked
    assert len(models.failed) == 1


def test_an_answer_makes_up_for_failures_before(question: Request, time: FakeClock) -> None:
    down = ModelUnavailable("overloaded")
    first = Scripted("first", DEAR, time, down, down, None, down, down)
    models = Fallback([first, Scripted("second", FREE, time)], time.clock)
    assert [models.ask(question).heard.text for _ in range(6)] == [
        "second",
        "second",
        "first",
        "second",
        "second",
        "first",
    ]


def test_patience_is_shared(question: Request, time: FakeClock) -> None:
    slow = Scripted("slow", DEAR, time, ModelUnavailable("too late"), seconds=10)
    fast = Scripted("fast", FREE, time)
    Fallback([slow, fast], time.clock).ask(question)
    assert slow.patience == [10.0]
    assert fast.patience == [10.0]


def test_all_down_tells_all_reasons(question: Request, time: FakeClock) -> None:
    first = Scripted("first", DEAR, time, LastingFailure("no credit"))
    second = Scripted("second", FREE, time, ModelUnavailable("overloaded"), seconds=30)
    models = Fallback([first, second], time.clock)
    with pytest.raises(ModelUnavailable, match=r"no language model answers.*first: no credit; second: overloaded"):
        models.ask(question)
    with pytest.raises(ModelUnavailable):
        Fallback([Scripted("late", FREE, time, ModelUnavailable("slow"), seconds=99)] * 2, time.clock).ask(question)
