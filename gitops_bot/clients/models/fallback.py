"""Several models in order: the next is asked where one cannot be, and one that keeps failing is left alone."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from msgspec import Struct

from gitops_bot.clients.models.failures import LastingFailure
from gitops_bot.clients.models.patience import Clock
from gitops_bot.errors import ModelUnavailable
from gitops_bot.model.dialogue import LanguageModel, Price, Reply, Request

_FAILURES_IN_A_ROW = 3


class Failed(Struct, frozen=True):
    """A model that did not answer, and why, in words for people."""

    name: str
    why: str


class Fallback:
    """Asks the first of its models that can be asked. `name` and `price` are those of the one that answered last.

    A model whose access, credit or name is wrong is not asked again, nor one that failed three times in a row.
    """

    def __init__(self, models: Sequence[LanguageModel], clock: Clock | None = None) -> None:
        if not models:
            raise ValueError("no models")
        self._models = tuple(models)
        self._clock = clock or Clock()
        self._at_hand = self._models[0]
        self._in_a_row = dict.fromkeys(range(len(self._models)), 0)
        self._failed: list[Failed] = []

    def __repr__(self) -> str:
        return f"Fallback({', '.join(model.name for model in self._models)})"

    @property
    def name(self) -> str:
        """The name of the model that answered last, before the first answer that of the first in order."""
        return self._at_hand.name

    @property
    def price(self) -> Price | None:
        """The price of the model that is named."""
        return self._at_hand.price

    @property
    def failed(self) -> tuple[Failed, ...]:
        """Which models did not answer so far and why, each failure once, oldest first."""
        return tuple(dict.fromkeys(self._failed))

    def ask(self, request: Request) -> Reply:
        """Return the first answer. The patience is shared: each model has its part of what is left.

        Raises ModelUnavailable with every model's reason where none answers.
        """
        end = self._clock.now() + request.patience
        order = [number for number, count in self._in_a_row.items() if count < _FAILURES_IN_A_ROW]
        for position, number in enumerate(order):
            left = end - self._clock.now()
            if left <= 0:
                break
            model = self._models[number]
            part = left / (len(order) - position)
            try:
                reply = model.ask(msgspec.structs.replace(request, patience=part))
            except ModelUnavailable as error:
                lasting = isinstance(error, LastingFailure)
                self._in_a_row[number] += _FAILURES_IN_A_ROW if lasting else 1
                self._failed.append(Failed(model.name, str(error)))
            else:
                self._in_a_row[number] = 0
                self._at_hand = model
                return reply
        raise self._none_left()

    def _none_left(self) -> ModelUnavailable:
        last = {failed.name: failed.why for failed in self._failed}
        found = "; ".join(f"{name}: {why}" for name, why in last.items())
        return ModelUnavailable("no language model answers", where=", ".join(m.name for m in self._models), found=found)
