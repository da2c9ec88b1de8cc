"""What people are told of models: nothing where none was asked, else the price, and what was left to the rules."""

from __future__ import annotations

from decimal import Decimal

from gitops_bot.model.dialogue import Bill, Line
from gitops_bot.model.incident import Skipped
from gitops_bot.model.plan import Reasoned
from gitops_bot.notify.reasoned import reasoned_lines

LINE = Line(tier="diagnosis", model="claude-sonnet-5-5", calls=2, tokens=7_495, dollars=Decimal("0.0129"))


def test_where_rules_decide_nothing_is_said() -> None:
    assert reasoned_lines(Reasoned()) == []


def test_the_bill_and_what_stays_open_are_told() -> None:
    left = Skipped(application="ledger", reason="budget: all 8 turns are used")
    told = reasoned_lines(Reasoned(bill=Bill(lines=(LINE,)), note="no model answers", open=(left,)))
    assert told == [
        "no model answers",
        "2 calls, $0.0129 (diagnosis by claude-sonnet-5-5: 2 calls, 7,495 tokens, $0.0129)",
        "ledger: the rules' conclusion stands, budget: all 8 turns are used",
    ]


def test_of_many_the_rest_is_counted() -> None:
    left = tuple(Skipped(application=f"app-{number}", reason="budget") for number in range(25))
    assert reasoned_lines(Reasoned(open=left))[-1] == "5 more that no model decided"
