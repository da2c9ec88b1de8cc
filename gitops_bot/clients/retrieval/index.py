"""A field-weighted BM25 index (BM25F) over documents that are taken apart, held in numpy arrays.

A term's frequency is summed over the fields, each with its weight and its own length normalisation, before it
saturates, and what it adds to a document's score is computed once, when the index is made: the idea of `bm25s`, which
knows one field alone (docs/runbooks.md has the figures of both).
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import count
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SATURATION = 2.5


class Field(Struct, frozen=True):
    """How much a word in this field counts, and how much of that a long field takes away (0 none, 1 in proportion)."""

    weight: float
    normalisation: float


class Index:
    """Scores for documents, by number.

    `documents` yields each document's terms, a list for each of `fields`. Needs numpy, imported when an index is made.
    """

    def __init__(self, fields: Sequence[Field], documents: Iterable[Sequence[list[str]]]) -> None:
        import numpy as np

        numbers: defaultdict[str, int] = defaultdict(count().__next__)
        terms: list[int] = []
        times: list[int] = []
        spans: list[int] = []  # how many different terms each field of each document has
        for texts in documents:
            for words in texts:
                counted = Counter(words)
                terms += [numbers[word] for word in counted]
                times += counted.values()
                spans.append(len(counted))
        self._numbers = dict(numbers)
        self.size = len(spans) // len(fields)
        factors = _factors(fields, np.array(spans, float).reshape(self.size, len(fields)))
        field_of = np.repeat(np.arange(len(spans)), spans)
        key = np.array(terms, np.int64) * self.size + field_of // len(fields)
        order = key.argsort(kind="stable")
        weighted = (np.array(times, float) * factors.ravel()[field_of])[order]
        key, first = np.unique(key[order], return_index=True)
        frequency = np.add.reduceat(weighted, first) if len(first) else weighted
        self._saturated: NDArray[np.float32] = (frequency / (SATURATION + frequency)).astype(np.float32)
        self._documents: NDArray[np.int64] = key % max(self.size, 1)
        self._begins: list[int] = key.searchsorted(np.arange(len(numbers) + 1) * self.size).tolist()

    def __contains__(self, term: str) -> bool:
        return term in self._numbers

    def rarity(self, term: str) -> float:
        """Return how much it says that a document has the term: its inverse document frequency."""
        begin, end = self._span(term)
        having = max(end - begin, 1)
        return math.log(1 + (self.size - having + 0.5) / (having + 0.5))

    def scores(self, weighted: Iterable[tuple[str, float]]) -> NDArray[np.float32]:
        """Return a score for each document, from terms with their weights."""
        import numpy as np

        total = np.zeros(self.size, np.float32)
        for term, weight in weighted:
            begin, end = self._span(term)
            if end > begin:
                total[self._documents[begin:end]] += self._saturated[begin:end] * (weight * self.rarity(term))
        return total

    def having(self, term: str) -> NDArray[np.bool_]:
        """Return for each document whether it has the term."""
        import numpy as np

        found = np.zeros(self.size, np.bool_)
        begin, end = self._span(term)
        found[self._documents[begin:end]] = True
        return found

    def presence(self, term: str, documents: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return how much of the term each of some documents has, from 0 (none) towards 1."""
        import numpy as np

        begin, end = self._span(term)
        if begin == end:
            return np.zeros(len(documents), np.float32)
        places = np.minimum(self._documents[begin:end].searchsorted(documents) + begin, end - 1)
        return np.where(self._documents[places] == documents, self._saturated[places], 0).astype(np.float32)

    def _span(self, term: str) -> tuple[int, int]:
        number = self._numbers.get(term)
        return (0, 0) if number is None else (self._begins[number], self._begins[number + 1])


def _factors(fields: Sequence[Field], lengths: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what one occurrence counts in each field of each document."""
    import numpy as np

    average = lengths.sum(axis=0) / np.maximum((lengths > 0).sum(axis=0), 1)
    shares = lengths / np.maximum(average, 1e-9)
    weights = np.array([field.weight for field in fields])
    normalisation = np.array([field.normalisation for field in fields])
    return np.asarray(weights / (1 - normalisation + normalisation * shares))
