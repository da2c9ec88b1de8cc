"""Which documents answer a question, best first, and whether any does."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from msgspec import Struct

from gitops_bot.clients.retrieval.documents import Document
from gitops_bot.clients.retrieval.index import Field, Index
from gitops_bot.clients.retrieval.words import Said, alert_name, contrasts, is_stop, squashed, take_apart, terms

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# All figures here are chosen where the results are flat, not at their peak: docs/runbooks.md.
NAME, TAGS, HEADINGS, LEAD = Field(4.0, 0.2), Field(2.0, 0.3), Field(0.6, 0.4), Field(2.0, 0.75)
BODY, COMMANDS, FOLDERS = Field(0.7, 0.7), Field(0.1, 0.7), Field(0.5, 0.0)
FIELDS = (NAME, TAGS, HEADINGS, LEAD, BODY, COMMANDS, FOLDERS)
# A meaning beside a word that is there itself, how little it gains from being said again, a page about something else.
MEANING, REPETITION, OTHER_THING = 1.0, 1.0, 0.5
# The share of a question that a page must speak of; a word counts by its rarity, but never less than this part of the
# rarest, and a long question no more than so many of the rarest words: annotations repeat themselves.
LEAST_COVERAGE, LEAST_TELLING, MOST_ASKED = 0.29, 0.45, 5.0
# The share of an unknown alert's name that a page named for another one must have; the share of the best score that
# the other pages listed must have.
LEAST_AGREEMENT, LEAST_SHARE = 0.85, 0.25
LONGEST_QUERY = 4000
_CANDIDATES = 10
_MEANT = 0.9  # how much a meaning counts as being there, against the word itself
_UNDERTONE = 0.5  # how much a meaning of stop words alone ("no longer there") is asked for
_LONG_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_-]{5,80}")


class Ranked(Struct, frozen=True):
    """A document that was found, by its number, and how well it fits."""

    number: int
    score: float


class Ranking:
    """Finds documents by words."""

    def __init__(self, documents: Sequence[Document]) -> None:
        import numpy as np

        taken = [[terms(text) for text in _texts(document)] for document in documents]
        self._index = Index(FIELDS, taken)
        self._subjects = Index((Field(1.0, 0.0),), ([[*one[0], *one[3]]] for one in taken))
        self._named = _named(documents)
        self._has_name = np.array([bool(document.names) for document in documents], np.bool_)

    def search(self, query: str, most: int) -> tuple[Ranked, ...]:
        """Return up to `most` documents that fit the query, best first; none where nothing fits."""
        import numpy as np

        query = query[:LONGEST_QUERY]
        said = take_apart(query, asked=True)
        things = self._things(said)
        scores = self._index.scores(_weighted(said)) * things
        exact = self._exact(query)
        scores[exact] += scores.max(initial=0.0) + 1.0
        best = _best(scores, max(most, _CANDIDATES))
        fits = self._share(said, lambda term: self._index.presence(term, best)) * things[best] >= LEAST_COVERAGE
        fits = np.isin(best, exact) | (fits & (bool(exact) | self._agreeing(query, best)))
        fitting = [Ranked(int(number), float(scores[number])) for number in best[fits]]
        return tuple(one for one in fitting if one.score >= fitting[0].score * LEAST_SHARE)[:most]

    def _exact(self, query: str) -> list[int]:
        """Return the documents that bear a name which the query says; those named so by their file before others."""
        words = {squashed(word) for word in _LONG_WORD.findall(query)}
        for named in self._named:
            found = {number for word in words for number in named.get(word, ())}
            if found:
                return sorted(found)
        return []

    def _things(self, said: Said) -> NDArray[np.float32]:
        """Return a factor a document, small where it is about the Deployment's sibling and not about the Deployment."""
        import numpy as np

        asked = {*said.words, *(f"~{meaning}" for meaning, _, _ in said.meanings)}
        factors = np.ones(self._index.size, np.float32)
        for line in contrasts():
            if mentioned := asked.intersection(line):
                about_any = np.logical_or.reduce([self._subjects.having(term) for term in line])
                about_this = np.logical_or.reduce([self._subjects.having(term) for term in mentioned])
                factors[about_any & ~about_this] *= OTHER_THING
        return factors

    def _agreeing(self, query: str, numbers: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return which documents may answer a query for an alert that none is named for.

        One that is named for another alert is about this one only where name and lead say what this name says.
        """
        import numpy as np

        alert = alert_name(query)
        if not alert:
            return np.ones(len(numbers), np.bool_)

        def said_there(term: str) -> NDArray[np.float32]:
            return np.sign(self._subjects.presence(term, numbers))

        agreement = self._share(take_apart(alert), said_there)
        return np.logical_or(agreement >= LEAST_AGREEMENT, ~self._has_name[numbers])

    def _share(self, said: Said, presence: Callable[[str], NDArray[np.float32]]) -> NDArray[np.float64]:
        """Return which share of what is said the documents have, each word (itself or its meaning) by its rarity."""
        import numpy as np

        meanings = _meanings_at(said)
        total, covered = 0.0, np.zeros(1)
        for place, word in _distinct(said.words):
            meant = [term for term in meanings.get(place, ()) if term in self._index]
            itself = [] if is_stop(word) else [word]
            telling = meant if word not in self._index and meant else itself
            weight = max(map(self._telling, telling), default=0.0) * (_UNDERTONE if is_stop(word) else 1.0)
            there = [presence(word) for word in itself] + [_MEANT * presence(term) for term in meant]
            if there:
                total += weight
                covered = covered + weight * np.max(there, axis=0)
        return covered / max(min(total, MOST_ASKED * self._index.rarity("")), 1e-9)

    def _telling(self, term: str) -> float:
        return max(self._index.rarity(term), LEAST_TELLING * self._index.rarity(""))


def _texts(document: Document) -> tuple[str, ...]:
    """Return a document's text by field, in the order of FIELDS."""
    path = PurePosixPath(document.path)
    named = dict.fromkeys((path.stem, document.title, *document.names))
    # A name that another one spells as well is counted once.
    distinct = {squashed(name): name for name in reversed(named)}
    return (
        " . ".join(distinct.values()),
        document.tags,
        " . ".join(document.headings),
        document.lead,
        document.body,
        document.commands,
        " ".join(path.parts[:-1]),
    )


def _named(documents: Sequence[Document]) -> tuple[dict[str, list[int]], ...]:
    """Return the documents by the names that their files bear, and by the other names they are about."""
    by_file: dict[str, list[int]] = {}
    by_name: dict[str, list[int]] = {}
    for number, document in enumerate(documents):
        stem = PurePosixPath(document.path).stem
        if len(take_apart(stem).words) > 1:
            by_file.setdefault(squashed(stem), []).append(number)
        for name in document.names:
            by_name.setdefault(squashed(name), []).append(number)
    return by_file, by_name


def _weighted(said: Said) -> list[tuple[str, float]]:
    """Return what to look up, with its weight: each word once, a meaning that is said often somewhat more."""
    words = dict.fromkeys([word for word in said.words if not is_stop(word)] + [f"={name}" for name in said.names])
    meanings = Counter(f"~{meaning}" for meaning, _, _ in said.meanings)
    return [(word, 1.0) for word in words] + [
        (meaning, MEANING * count * (1 + REPETITION) / (count + REPETITION)) for meaning, count in meanings.items()
    ]


def _meanings_at(said: Said) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for meaning, start, length in said.meanings:
        for place in range(start, start + length):
            found.setdefault(place, set()).add(f"~{meaning}")
    return found


def _distinct(words: Sequence[str]) -> list[tuple[int, str]]:
    first = {word: place for place, word in reversed(list(enumerate(words)))}
    return [(place, word) for word, place in first.items()]


def _best(scores: NDArray[np.float32], most: int) -> NDArray[np.int64]:
    """Return the numbers of the best documents with any score; equal ones by their number."""
    import numpy as np

    scored = scores.nonzero()[0]
    if len(scored) > most:
        least = np.partition(scores[scored], -most)[-most]
        scored = scored[scores[scored] >= least]
    return scored[(-scores[scored]).argsort(kind="stable")][:most]
