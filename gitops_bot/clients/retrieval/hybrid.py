"""Words and meaning together: what BM25 finds and what lies nearest by embeddings, fused by their ranks."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from gitops_bot.clients.retrieval.documents import Document
from gitops_bot.clients.retrieval.embeddings import Vector
from gitops_bot.clients.retrieval.library import WordLibrary, page_of
from gitops_bot.errors import ModelUnavailable
from gitops_bot.model.dialogue import Page

FARTHEST = 0.45
RANK_CONSTANT = 60
_CANDIDATES = 20


class Entry(Struct, frozen=True, kw_only=True):
    """What a store keeps of a document: where it lies, a digest of what was embedded, and the vector; no text."""

    path: str
    digest: str
    vector: Vector


class Neighbour(Struct, frozen=True):
    """A document near a question: its path, and its cosine distance (0 the same direction, 2 the opposite)."""

    path: str
    distance: float


class VectorStore(Protocol):
    """Where vectors are kept, one collection of them."""

    def digests(self) -> dict[str, str]:
        """Return the digest of every document that is kept, by its path."""

    def update(self, changed: Sequence[Entry], gone: Sequence[str]) -> None:
        """Keep new and changed entries and forget those whose paths are gone, all or nothing where the store can."""

    def nearest(self, vector: Vector, most: int) -> tuple[Neighbour, ...]:
        """Return the nearest documents, the nearest first."""


class Embedder(Protocol):
    """Turns texts into vectors."""

    @property
    def model(self) -> str:
        """The model's name: another model's vectors cannot be compared."""

    def embed(self, texts: Sequence[str]) -> tuple[Vector, ...]:
        """Return a vector for each text. Raises ModelUnavailable."""


class HybridLibrary:
    """Finds runbooks and incidents by words and by embeddings; fulfils the port `Library`.

    `farthest` is the cosine distance beyond which a document does not fit, whatever its rank; it depends on the
    embedding model. `search` answers by words alone while the embedding endpoint cannot be asked.
    """

    def __init__(
        self, documents: Sequence[Document], store: VectorStore, embedder: Embedder, farthest: float = FARTHEST
    ) -> None:
        self._documents = {document.path: document for document in documents}
        self._words = WordLibrary(tuple(self._documents.values()))
        self._store = store
        self._embedder = embedder
        self._farthest = farthest

    def refresh(self) -> int:
        """Bring the store in line with the documents and return how many were embedded: the new and changed ones.

        Raises ModelUnavailable, and SourceUnavailable where the store does not answer.
        """
        known = self._store.digests()
        digests = {path: self._digest(document) for path, document in self._documents.items()}
        changed = [path for path, digest in digests.items() if known.get(path) != digest]
        vectors = self._embedder.embed([_embedded(self._documents[path]) for path in changed])
        entries = [
            Entry(path=path, digest=digests[path], vector=vector) for path, vector in zip(changed, vectors, strict=True)
        ]
        gone = [path for path in known if path not in digests]
        if entries or gone:
            self._store.update(entries, gone)
        return len(entries)

    def search(self, query: str, most: int = 5) -> tuple[Page, ...]:
        """Return up to `most` pages that fit, best first; none where nothing does. Raises SourceUnavailable."""
        by_words = [page.path for page in self._words.search(query, _CANDIDATES)]
        scores = fuse([by_words, self._near(query)])
        return tuple(page_of(self._documents[path], score) for path, score in list(scores.items())[:most])

    def _near(self, query: str) -> list[str]:
        if not query.strip():
            return []
        try:
            [vector] = self._embedder.embed([query])
        except ModelUnavailable:
            return []
        near = self._store.nearest(vector, _CANDIDATES)
        return [one.path for one in near if one.distance <= self._farthest and one.path in self._documents]

    def _digest(self, document: Document) -> str:
        content = f"{self._embedder.model}\0{_embedded(document)}"
        return hashlib.sha256(content.encode(errors="replace")).hexdigest()


def fuse(rankings: Sequence[Sequence[str]]) -> dict[str, float]:
    """Return the paths with their scores by reciprocal rank fusion, best first, equal ones as the first ranking says.

    The score of the first place in all rankings is 1.
    """
    scores: dict[str, float] = {}
    for ranking in rankings:
        for place, path in enumerate(ranking):
            scores[path] = scores.get(path, 0.0) + (RANK_CONSTANT + 1) / (RANK_CONSTANT + 1 + place) / len(rankings)
    return dict(sorted(scores.items(), key=lambda item: -item[1]))


def _embedded(document: Document) -> str:
    """Return what is embedded of a document: what it is about before how it is mended."""
    return "\n".join([document.title, " ".join(document.names), document.tags, document.lead, document.body])
