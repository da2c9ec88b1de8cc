"""The library that needs no service: documents in memory, found by their words."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from gitops_bot.clients.retrieval.documents import Document
from gitops_bot.clients.retrieval.ranking import Ranking
from gitops_bot.model.dialogue import Page


class WordLibrary:
    """Finds runbooks and incidents by words; fulfils the port `Library`. The index is made at the first search."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self._documents = tuple(documents)

    @cached_property
    def _ranking(self) -> Ranking:
        return Ranking(self._documents)

    def search(self, query: str, most: int = 5) -> tuple[Page, ...]:
        """Return up to `most` pages that fit, best first; none where nothing does."""
        return tuple(page_of(self._documents[one.number], one.score) for one in self._ranking.search(query, most))


def page_of(document: Document, score: float) -> Page:
    """Return a document as what was found."""
    return Page(path=document.path, heading=document.title, score=round(score, 3), text=document.text)
