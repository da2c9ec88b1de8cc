from __future__ import annotations

from collections.abc import Iterator

import pytest

from gitops_bot.clients.models.failures import Failures
from gitops_bot.clients.models.patience import Deadline, asked_wait
from gitops_bot.errors import ModelUnavailable
from tests.clients.models.conftest import FakeClock

FAILURES = Failures(
    "some-model", "https://models.example.com", address_setting="the base URL", credential_setting="KEY"
)


def test_an_answer_that_drips_is_left_when_patience_is_over(time: FakeClock) -> None:
    def drops() -> Iterator[bytes]:
        while True:
            time.time += 4
            yield b"."

    with pytest.raises(ModelUnavailable, match="no answer within 10 s"):
        Deadline(10, time.clock).read(drops(), FAILURES, 1000)
    assert time.time == 1012


def test_the_pieces_of_an_answer_have_shorter_time_than_its_beginning(time: FakeClock) -> None:
    extensions: dict[str, object] = {"timeout": {"read": 60.0, "connect": 10.0}}
    deadline = Deadline(60, time.clock)
    deadline.hasten(extensions)
    assert extensions == {"timeout": {"read": 5.0, "connect": 10.0}}
    time.time += 58
    deadline.hasten(extensions)
    assert extensions == {"timeout": {"read": 2.0, "connect": 10.0}}


@pytest.mark.parametrize(
    ("wish", "seconds"),
    [
        ("7", 7.0),
        (" 1.5 ", 1.5),
        ("Mon, 23 Nov 2026 10:00:30 GMT", 30.0),
        ("soon", None),
        ("", None),
    ],
)
def test_a_wait_is_read_in_both_of_its_forms(wish: str, seconds: float | None) -> None:
    assert asked_wait(wish, "Mon, 23 Nov 2026 10:00:00 GMT") == seconds
