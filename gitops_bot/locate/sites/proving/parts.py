"""Texts that are made of several values: which part of the text each value is, seen in a render or two."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from msgspec import Struct

from gitops_bot.locate.sites.guessing.fitting import text_of
from gitops_bot.locate.sites.guessing.guesses import Guess
from gitops_bot.locate.sites.places import MISSING
from gitops_bot.locate.sites.proving.movement import Movement
from gitops_bot.locate.sites.proving.trial import Proven, Trials, Varied

MOST_HALVES = 2


class _Cut(Struct, frozen=True):
    """Where a varied value stands in the text of the trial."""

    start: int
    end: int
    varied: Varied


def parts_of(trials: Trials, guesses: Sequence[Guess], halves: int = MOST_HALVES) -> list[Proven]:
    """Return the values of which the field's text is made, those of the strongest layer first, then as the text goes.

    All are varied at once. What stands between them must stay, and with the old values in their places the text must
    be the old one; then each is a part of it.
    """
    moved, varied = trials.at_once(guesses)
    if moved is None and len(guesses) > 1 and halves:
        middle = len(guesses) // 2
        told = (parts_of(trials, some, halves - 1) for some in (guesses[:middle], guesses[middle:]))
        return _ordered([one for some in told for one in some])
    cuts = _cuts(trials, moved, varied)
    if cuts and len(cuts) < len(varied):
        # The others are no part of the text; without them it is seen what moves with those that are.
        moved, varied = trials.at_once([cut.varied.guess for cut in cuts])
        cuts = _cuts(trials, moved, varied)
    if moved is None or len(cuts) < len(varied):
        return []
    return _ordered(_proven(trials, moved, cuts))


def _ordered(found: list[Proven]) -> list[Proven]:
    return sorted(found, key=lambda one: (one.guess.layer.default, one.guess.rank[-1:], len(one.mapping.live_before)))


def _cuts(trials: Trials, moved: Movement | None, varied: Sequence[Varied]) -> list[_Cut]:
    """Return where the varied values stand in the trial's text, those left out that stand nowhere, or in two places."""
    if moved is None or moved.value is MISSING:
        return []
    now = text_of(trials.plain(moved.value))
    found = []
    for one in varied:
        text = text_of(one.value)
        start = now.find(text)
        if start >= 0 and now.count(one.sign) == 1:
            found.append(_Cut(start, start + len(text), one))
    return sorted(found, key=lambda cut: cut.start)


def _proven(trials: Trials, moved: Movement, cuts: list[_Cut]) -> list[Proven]:
    now, live = (text_of(trials.plain(value)) for value in (moved.value, trials.target.value))
    spans = []
    here = last = 0
    for cut in cuts:
        between = now[last : cut.start]
        core = text_of(cut.varied.core)
        start = here + len(between)
        if live[here:start] != between or live[start : start + len(core)] != core:
            return []
        spans.append((start, start + len(core)))
        here, last = start + len(core), cut.end
    if live[here:] != now[last:]:
        return []
    signs = [cut.varied.sign for cut in cuts]
    return [
        Proven(
            guess=cut.varied.guess,
            mapping=msgspec.structs.replace(
                cut.varied.guess.mapping,
                live_before=live[:start],
                live_after=live[end:],
                part=f"line {live.count(chr(10), 0, start) + 1}" if "\n" in live.rstrip("\n") else "",
                encoded=trials.target.encoded,
            ),
            others=moved.following(cut.varied.sign, signs),
        )
        for cut, (start, end) in zip(cuts, spans, strict=True)
    ]
