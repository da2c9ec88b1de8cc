"""What language models cost in one run."""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct


class Line(Struct, frozen=True, kw_only=True):
    """What one model of one tier (`triage`, `diagnosis`) was used for: calls, tokens of all kinds, US dollars.

    `estimated` counts the calls whose usage was not told, or whose price is not known: they stand at the most that
    they can have cost.
    """

    tier: str
    model: str
    calls: int
    tokens: int
    dollars: Decimal
    estimated: int = 0

    def __str__(self) -> str:
        used = f"{_counted(self.calls, 'call')}, {self.tokens:,} tokens, {dollars(self.dollars)}"
        return f"{self.tier} by {self.model}: {used}{' (estimated)' if self.estimated else ''}"


class Bill(Struct, frozen=True, kw_only=True):
    """All lines of a run, in the order in which the models were first asked."""

    lines: tuple[Line, ...] = ()

    @property
    def calls(self) -> int:
        """How many calls were made."""
        return sum(line.calls for line in self.lines)

    @property
    def tokens(self) -> int:
        """How many tokens were read and written."""
        return sum(line.tokens for line in self.lines)

    @property
    def dollars(self) -> Decimal:
        """What they cost."""
        return sum((line.dollars for line in self.lines), Decimal(0))

    def __str__(self) -> str:
        if not self.lines:
            return "no call of a model"
        each = "; ".join(map(str, self.lines))
        return f"{_counted(self.calls, 'call')}, {dollars(self.dollars)} ({each})"


def dollars(amount: Decimal) -> str:
    """Return an amount for people, in steps of a hundredth of a cent: `$0.0213`."""
    return f"${amount.quantize(Decimal('0.0001'))}"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
