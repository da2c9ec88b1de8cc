from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from gitops_bot.clients.http import ReadOnlyClient
from gitops_bot.clients.monitoring import LARGEST_ANSWER

Connect = Callable[..., ReadOnlyClient]


@pytest.fixture
def connect() -> Iterator[Connect]:
    """Makes clients that do not wait between two tries, and closes them when the test is over."""
    with ExitStack() as stack:

        def make(url: str, *, token: str = "", largest: int = LARGEST_ANSWER) -> ReadOnlyClient:
            client = ReadOnlyClient(
                url,
                token=token,
                server="Prometheus",
                address_setting="PROMETHEUS_URL",
                credential_setting="PROMETHEUS_TOKEN",
                largest_answer=largest,
                sleep=lambda _: None,
            )
            return stack.enter_context(client)

        yield make
