"""What asking models may cost: checked at the worst case before each call, charged at what was used after it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from gitops_bot.model.dialogue import Bill, Handed, Heard, LanguageModel, Line, Price, Reply, Request, Said, Turn, Usage

# Bytes of a token, at the least: our prose and schemas take some four, hashes and base64 in evidence a little over two.
_OURS, _OTHERS = 3, 2
# Dearer than what any provider asks today, for a model whose price nobody told where none is known either.
DEAREST = Price(fresh=Decimal(15), read=Decimal("1.5"), written=Decimal("18.75"), answered=Decimal(75))
_LEAST_SECONDS = 1.0


class Limits(Struct, frozen=True, kw_only=True):
    """The bounds of all that models do in a run.

    Of one incident: `turns` calls, `tokens` of all kinds, `seconds` of wall time, `incident_dollars`. Of the whole run:
    `run_seconds`, `run_dollars`. `longest_answer` is in tokens and `patience` in seconds, both of one call;
    `evidence`, `result` (one tool's answer) and `results` (those of one incident) are in characters.
    """

    turns: int = 8
    tokens: int = 120_000
    seconds: float = 180.0
    incident_dollars: Decimal = Decimal("0.10")
    run_seconds: float = 600.0
    run_dollars: Decimal = Decimal("1.00")
    longest_answer: int = 2_500
    patience: float = 60.0
    evidence: int = 10_000
    result: int = 4_000
    results: int = 24_000


class Exhausted(Exception):
    """The next call might exceed a bound; the text says which."""


class Account:
    """The spending of one run. `clock` gives seconds that only grow."""

    def __init__(self, limits: Limits, clock: Callable[[], float], dearest: Price = DEAREST) -> None:
        self.limits = limits
        self.clock = clock
        self.dearest = dearest
        self._lines: dict[tuple[str, str], Line] = {}
        self._ends = clock() + limits.run_seconds

    def purse(self, tier: str) -> Purse:
        """Return the money for one incident, or for the triage of all."""
        return Purse(self, tier, min(self._ends, self.clock() + self.limits.seconds))

    def bill(self) -> Bill:
        """Return what was spent until now."""
        return Bill(lines=tuple(self._lines.values()))

    def enter(self, tier: str, model: str, usage: Usage, dollars: Decimal, *, estimated: bool) -> None:
        """Put one call on the bill."""
        line = self._lines.get((tier, model)) or Line(tier=tier, model=model, calls=0, tokens=0, dollars=Decimal(0))
        self._lines[tier, model] = replace(
            line,
            calls=line.calls + 1,
            tokens=line.tokens + total(usage),
            dollars=line.dollars + dollars,
            estimated=line.estimated + estimated,
        )


class Purse:
    """One incident's share of the account: every call of a model goes through it."""

    def __init__(self, account: Account, tier: str, ends: float) -> None:
        self._account = account
        self._tier = tier
        self._ends = ends
        self._measured: dict[str, tuple[int, int]] = {}
        self.models: list[str] = []
        self.calls = 0
        self.tokens = 0
        self.dollars = Decimal(0)

    @property
    def calls_left(self) -> int:
        """How many calls the bound on turns leaves."""
        return self._account.limits.turns - self.calls

    def ask(self, model: LanguageModel, request: Request) -> Reply:
        """Ask, if the worst case fits into every bound, and charge what it took.

        Raises Exhausted before the call where a bound might be exceeded; a call that raises ModelUnavailable is not
        charged. Of several models in one, the one that answered is charged.
        """
        price = model.price or self._account.dearest
        worst = self._worst(model.name, request, price)
        seconds = self._check(worst, price)
        reply = model.ask(replace(request, patience=min(request.patience, seconds)))
        price = model.price or self._account.dearest
        usage = reply.usage or worst
        if reply.usage:
            self._measured[model.name] = (said(request), usage.fresh + usage.read + usage.written)
        dollars = price.of(usage)
        self.models += [model.name] if model.name not in self.models else []
        self.calls += 1
        self.tokens += total(usage)
        self.dollars += dollars
        estimated = reply.usage is None or model.price is None
        self._account.enter(self._tier, model.name, usage, dollars, estimated=estimated)
        return reply

    def _worst(self, model: str, request: Request, price: Price) -> Usage:
        """Return the most that a call can use: nothing comes from a cache, and the answer is as long as it may be."""
        known_bytes, known_tokens = self._measured.get(model, (0, 0))
        if known_bytes and said(request) >= known_bytes:
            prompt = known_tokens + -(-(said(request) - known_bytes) // _OTHERS)
        else:
            prompt = longest_prompt(request)
        if price.written > price.fresh:
            return Usage(written=prompt, answered=request.longest_answer)
        return Usage(fresh=prompt, answered=request.longest_answer)

    def _check(self, worst: Usage, price: Price) -> float:
        """Return the seconds that are left. Raises Exhausted where a bound leaves no room for the worst case."""
        limits, dollars = self._account.limits, price.of(worst)
        if self.calls_left < 1:
            raise Exhausted(f"all {limits.turns} turns are used")
        if self.dollars + dollars > limits.incident_dollars:
            raise Exhausted(f"the next call might exceed ${limits.incident_dollars} for one incident")
        if self._account.bill().dollars + dollars > limits.run_dollars:
            raise Exhausted(f"the next call might exceed ${limits.run_dollars} for the run")
        if self.tokens + total(worst) > limits.tokens:
            raise Exhausted(f"the next call might exceed {limits.tokens:,} tokens for one incident")
        seconds = self._ends - self._account.clock()
        if seconds < _LEAST_SECONDS:
            raise Exhausted("the time for it is over")
        return seconds


def total(usage: Usage) -> int:
    """Return all tokens of a call."""
    return usage.fresh + usage.read + usage.written + usage.answered


def dearest_of(models: Iterable[LanguageModel], otherwise: Price = DEAREST) -> Price:
    """Return a price that is, in each part, the highest of those that are known, and `otherwise` where none is."""
    known = [model.price for model in models if model.price is not None]
    parts = {name: max(getattr(price, name) for price in known) for name in Price.__struct_fields__} if known else {}
    return Price(**parts) if any(parts.values()) else otherwise


def longest_prompt(request: Request) -> int:
    """Return the most tokens that a request can take which was never sent before."""
    tools = [(one.name, one.description, one.parameters) for one in request.tools]
    ours = f"{request.instructions}{json.dumps([request.schema, tools], ensure_ascii=False)}"
    return -(-_bytes(ours) // _OURS) + -(-said(request) // _OTHERS)


def said(request: Request) -> int:
    """Return the bytes of all turns of a conversation."""
    return sum(_bytes(_text(turn)) for turn in request.turns)


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "replace"))


def _text(turn: Turn) -> str:
    match turn:
        case Said():
            return turn.text
        case Handed():
            return "".join(f"{one.identifier}{one.text}" for one in turn.results)
        case Heard():
            # The provider's state is another form of the same words, and may hold more.
            words = f"{turn.text}{json.dumps([(call.name, call.arguments) for call in turn.calls])}"
            return max(words, json.dumps(turn.state, ensure_ascii=False, default=str), key=len)
