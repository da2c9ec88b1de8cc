"""What people read of a conclusion that a language model came to."""

from __future__ import annotations

from decimal import Decimal

import pytest
from msgspec.structs import replace

from gitops_bot.act import compose
from gitops_bot.act.texts.body import LARGEST
from gitops_bot.model.diagnosis import MODEL, Advised
from gitops_bot.model.plan import Tier
from gitops_bot.model.proposal import Proposal
from tests.act.examples import CONTEXT, EVIDENCE, application, diagnosis, rollback, verdict
from tests.act.test_untrusted_text import NASTY, check_body

ADVICE = Advised(
    models=("claude-large",),
    rule="undecided",
    known_as="undecided",
    reasoning="E2 shows that memory is short since 1.9.1, and T1 that it grows with each request.",
    would_change="a pod of 1.9.0 that is killed too",
    cited={"E2": EVIDENCE[0], "T1": EVIDENCE[1]},
    claimed=90,
    calls=3,
    tokens=12_345,
    dollars=Decimal("0.02134"),
)


def advised(*given: Advised) -> Proposal:
    found = (
        diagnosis(f"app-{number}", application=application(f"app-{number}"), rule=MODEL, advice=one)
        for number, one in enumerate(given)
    )
    return rollback(diagnoses=tuple(found))


@pytest.mark.parametrize("tier", [Tier.APPROVE, Tier.ESCALATE])
def test_a_reader_sees_reasoning_evidence_doubt_and_price(tier: Tier) -> None:
    body = compose(advised(ADVICE), verdict(tier), CONTEXT).body
    section = body[body.index("### How it was concluded") :].partition("\n### ")[0]
    for words in (
        "The rules leave this open (`undecided`); `claude-large` was asked",
        "**Reasoning:** E2 shows that memory is short",
        "**Rests on:** `E2` `Pod catalog-production/catalog-6d9f",
        "**What would change its mind:** a pod of 1.9.0 that is killed too",
        "**Price:** $0.0213 (3 calls, 12,345 tokens)",
    ):
        assert words in section
    assert "rule `model`" in body


def test_of_what_rules_conclude_nothing_of_it_is_said() -> None:
    assert "concluded" not in compose(rollback(), verdict(), CONTEXT).body


@pytest.mark.parametrize("words", NASTY)
def test_what_a_model_writes_is_no_markdown_of_ours(words: str) -> None:
    rows = {words: replace(EVIDENCE[0], signal=words, value=words)}
    hostile = replace(ADVICE, models=(words,), reasoning=words, would_change=words, rule=words, cited=rows)
    body = compose(advised(hostile, hostile), verdict(), CONTEXT).body
    check_body(body)


def test_the_longest_reasoning_of_many_fits() -> None:
    rows = {f"E{number}": replace(EVIDENCE[0], signal="@" * 2_000) for number in range(20)}
    long = replace(ADVICE, reasoning="漢`" * 5_000, would_change="@" * 5_000, cited=rows)
    assert len(compose(advised(*[long] * 10), verdict(), CONTEXT).body.encode()) <= LARGEST
