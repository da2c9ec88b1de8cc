"""What models cost, as their makers publish it. Names that are not here have no price until the configuration says one.

From platform.claude.com and developers.openai.com as of the end of October 2026: standard tier, prompts below the
makers' thresholds for long ones (100,000 tokens for Claude Haiku 5.5, 272,000 for GPT-5.4 and later), and caches of the
shortest life. OpenAI charges for writing to the cache since GPT-5.6 only. Prices that were announced for a time that
may be over (GPT-5.6 Sol) are left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from gitops_bot.model.dialogue import Price

FREE = Price(fresh=Decimal(0), read=Decimal(0), written=Decimal(0), answered=Decimal(0))

# US dollars for a million tokens: sent, read from the cache, written to it, answered.
_PUBLISHED = {
    "claude-fable-5-1": ("10", "0.25", "12.5", "50"),
    "claude-fable-5": ("10", "1", "12.5", "50"),
    "claude-mythos-5-1": ("10", "0.25", "12.5", "50"),
    "claude-mythos-5": ("10", "1", "12.5", "50"),
    "claude-opus-5-5": ("4", "0.2", "5", "20"),
    "claude-opus-5": ("5", "0.5", "6.25", "25"),
    "claude-opus-4-8": ("5", "0.5", "6.25", "25"),
    "claude-opus-4-7": ("5", "0.5", "6.25", "25"),
    "claude-opus-4-6": ("5", "0.5", "6.25", "25"),
    "claude-opus-4-5": ("5", "0.5", "6.25", "25"),
    "claude-opus-4-1": ("15", "1.5", "18.75", "75"),
    "claude-opus-4": ("15", "1.5", "18.75", "75"),
    "claude-sonnet-5-5": ("2", "0.1", "2.5", "10"),
    "claude-sonnet-5": ("2", "0.2", "2.5", "10"),
    "claude-sonnet-4-6": ("3", "0.3", "3.75", "15"),
    "claude-sonnet-4-5": ("3", "0.3", "3.75", "15"),
    "claude-sonnet-4": ("3", "0.3", "3.75", "15"),
    "claude-haiku-5-5": ("0.1", "0.01", "0.125", "0.5"),
    "claude-haiku-4-5": ("1", "0.1", "1.25", "5"),
    "claude-haiku-3-5": ("0.8", "0.08", "1", "4"),
    "gpt-6.1-sol": ("2", "0.1", "2.5", "10"),
    "gpt-6.1-terra": ("1", "0.05", "1.25", "5"),
    "gpt-6-astra": ("10", "1", "12.5", "50"),
    "gpt-6-sol": ("2", "0.2", "2.5", "10"),
    "gpt-6-luna": ("0.1", "0.01", "0.125", "0.5"),
    "gpt-5.6-terra": ("2", "0.2", "2.5", "12"),
    "gpt-5.6-luna": ("0.2", "0.02", "0.25", "1.2"),
    "gpt-5.5": ("5", "0.5", "5", "30"),
    "gpt-5.4": ("2.5", "0.25", "2.5", "15"),
    "gpt-5.4-mini": ("0.75", "0.075", "0.75", "4.5"),
    "gpt-5.2": ("1.75", "0.175", "1.75", "14"),
    "gpt-5.1": ("1.25", "0.125", "1.25", "10"),
    "gpt-5": ("1.25", "0.125", "1.25", "10"),
    "gpt-5-mini": ("0.25", "0.025", "0.25", "2"),
    "gpt-5-nano": ("0.05", "0.005", "0.05", "0.4"),
    "gpt-4.1": ("2", "0.5", "2", "8"),
    "gpt-4.1-mini": ("0.4", "0.1", "0.4", "1.6"),
    "gpt-4.1-nano": ("0.1", "0.025", "0.1", "0.4"),
    "gpt-4o": ("2.5", "1.25", "2.5", "10"),
    "gpt-4o-mini": ("0.15", "0.075", "0.15", "0.6"),
}
_DATE = re.compile(r"(?:[-@]\d{8}|-\d{4}-\d{2}-\d{2}|-latest)\Z")


def price_of(name: str, given: Mapping[str, Price]) -> Price | None:
    """Return a model's price: the one `given` for its name, else the published one; None where there is none.

    A name that ends in a date (`-20251001`, `-2024-08-06`, `-latest`) costs what its family costs. No other part of a
    name is left out: `gpt-4o-audio` is no `gpt-4o`.
    """
    for each in (name, _DATE.sub("", name)):
        if each in given:
            return given[each]
        if each in _PUBLISHED:
            fresh, read, written, answered = map(Decimal, _PUBLISHED[each])
            return Price(fresh=fresh, read=read, written=written, answered=answered)
    return None
