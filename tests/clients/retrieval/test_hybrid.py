"""Words and embeddings together, over the real stores and a loopback endpoint."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from gitops_bot.clients.retrieval import Document, read_markdown
from gitops_bot.clients.retrieval.embeddings import Embeddings, Vector
from gitops_bot.clients.retrieval.hybrid import HybridLibrary, VectorStore, fuse
from gitops_bot.errors import ModelUnavailable
from gitops_bot.sandbox.models.server import ModelServer
from gitops_bot.sandbox.models.steps import Script

TEXTS = {
    "disk.md": "# Disk is full\nA filesystem has no space left.",
    "dns.md": "# Names\nNames are not resolved.",
    "cart.md": "# Cart\nThe zorgblatt of the cart is frobnicated by quuxes.",
}


@pytest.fixture
def embeddings() -> Iterator[Embeddings]:
    with (
        ModelServer.start(Script(steps=())) as server,
        Embeddings("any", redact=str, base_url=server.openai_url) as client,
    ):
        yield client


class Counting:
    """Passes on to real embeddings, and counts the texts."""

    def __init__(self, embeddings: Embeddings, model: str = "any") -> None:
        self._embeddings = embeddings
        self.model = model
        self.texts: list[str] = []
        self.down = False

    def embed(self, texts: Sequence[str]) -> tuple[Vector, ...]:
        if self.down:
            raise ModelUnavailable("the server of any cannot be reached")
        self.texts += texts
        return self._embeddings.embed(texts)


def documents(**changed: str) -> list[Document]:
    texts = {**TEXTS, **{f"{name}.md": text for name, text in changed.items()}}
    return [read_markdown(path, text) for path, text in texts.items() if text]


def test_only_new_and_changed_documents_are_embedded_and_gone_ones_forgotten(
    store: VectorStore, embeddings: Embeddings
) -> None:
    counting = Counting(embeddings)
    assert HybridLibrary(documents(), store, counting).refresh() == 3
    assert HybridLibrary(documents(), store, counting).refresh() == 0
    assert HybridLibrary(documents(dns="# Names\nChanged.", cart=""), store, counting).refresh() == 1
    assert len(counting.texts) == 4
    assert set(store.digests()) == {"disk.md", "dns.md"}


def test_another_model_embeds_everything_again(store: VectorStore, embeddings: Embeddings) -> None:
    HybridLibrary(documents(), store, Counting(embeddings)).refresh()
    assert HybridLibrary(documents(), store, Counting(embeddings, "other")).refresh() == 3


def test_what_both_find_comes_first_and_nothing_where_neither_does(store: VectorStore, embeddings: Embeddings) -> None:
    library = HybridLibrary(documents(), store, embeddings, farthest=0.6)
    library.refresh()
    [best, *_] = library.search("Disk is full: a filesystem has no space left")
    assert best.path == "disk.md"
    assert best.heading == "Disk is full"
    assert best.score == pytest.approx(1.0)
    assert library.search("sourdough bread recipes") == ()
    assert library.search("  ") == ()


def test_words_answer_while_the_endpoint_is_down(store: VectorStore, embeddings: Embeddings) -> None:
    counting = Counting(embeddings)
    library = HybridLibrary(documents(), store, counting)
    library.refresh()
    counting.down = True
    assert [page.path for page in library.search("no space left on the filesystem")] == ["disk.md"]
    with pytest.raises(ModelUnavailable):
        HybridLibrary(documents(dns="# Changed"), store, counting).refresh()


def test_a_document_that_is_only_in_the_store_is_not_found(store: VectorStore, embeddings: Embeddings) -> None:
    HybridLibrary(documents(), store, embeddings).refresh()
    fewer = HybridLibrary(documents(disk=""), store, embeddings, farthest=2.0)
    assert "disk.md" not in [page.path for page in fewer.search("Disk is full")]


def test_ranks_are_fused_reciprocally() -> None:
    scores = fuse([["a", "b"], ["b", "c"]])
    assert list(scores) == ["b", "a", "c"]
    assert scores == pytest.approx({"b": (1 + 61 / 62) / 2, "a": 0.5, "c": 61 / 62 / 2})
    assert list(fuse([["a"], ["b"]])) == ["a", "b"]
    assert fuse([[], []]) == {}
