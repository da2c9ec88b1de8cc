"""What both stores of vectors promise, asked of a real PostgreSQL and a real Weaviate."""

from __future__ import annotations

import socket

import pytest

from gitops_bot.clients.retrieval.hybrid import Entry, VectorStore
from gitops_bot.clients.retrieval.pgvector import PostgresStore
from gitops_bot.clients.retrieval.weaviate import WeaviateAddress, WeaviateStore
from gitops_bot.errors import ConfigurationError, SourceUnavailable


def entry(path: str, *vector: float, digest: str = "1") -> Entry:
    return Entry(path=path, digest=digest, vector=vector)


def test_an_empty_store_knows_nothing(store: VectorStore) -> None:
    assert store.digests() == {}
    assert store.nearest((1.0, 0.0), 5) == ()


def test_what_was_kept_is_found_by_cosine_distance_the_nearest_first(store: VectorStore) -> None:
    store.digests()
    store.update([entry("far.md", 0.0, 3.0), entry("near it's.md", 5.0, 0.0), entry("between.md", 1.0, 1.0)], [])
    near = store.nearest((1.0, 0.0), 5)
    assert [one.path for one in near] == ["near it's.md", "between.md", "far.md"]
    assert [one.distance for one in near] == pytest.approx([0.0, 0.2929, 1.0], abs=1e-3)
    assert [one.path for one in store.nearest((0.0, 1.0), 1)] == ["far.md"]


def test_a_changed_entry_takes_the_place_of_the_old_one_and_a_gone_one_is_forgotten(store: VectorStore) -> None:
    store.digests()
    store.update([entry("a.md", 1.0, 0.0), entry("b.md", 1.0, 0.0), entry("c.md", 1.0, 0.0)], [])
    store.update([entry("a.md", 0.0, 1.0, digest="2")], ["b.md", "never-there.md"])
    assert store.digests() == {"a.md": "2", "c.md": "1"}
    assert [one.path for one in store.nearest((0.0, 1.0), 1)] == ["a.md"]


def test_more_entries_than_one_batch_are_kept_and_forgotten(store: VectorStore) -> None:
    store.digests()
    many = [entry(f"{number}.md", 1.0, float(number)) for number in range(450)]
    store.update(many, [])
    assert len(store.digests()) == 450
    store.update([], [one.path for one in many[1:]])
    assert store.digests() == {"0.md": "1"}


def test_vectors_of_another_model_are_not_compared_and_can_take_over(store: VectorStore) -> None:
    store.digests()
    store.update([entry("a.md", 1.0, 0.0)], [])
    assert store.nearest((1.0, 0.0, 0.0), 5) == ()
    store.update([entry("a.md", 0.0, 0.0, 1.0, digest="2")], [])
    assert store.digests() == {"a.md": "2"}
    assert [one.path for one in store.nearest((0.0, 0.0, 1.0), 5)] == ["a.md"]


def closed_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def test_a_database_that_is_not_there_is_an_expected_failure_that_shows_no_password() -> None:
    store = PostgresStore(f"postgresql://bot:hunter2@127.0.0.1:{closed_port()}/x")
    with pytest.raises(SourceUnavailable, match="database of runbook vectors") as failure:
        store.digests()
    assert "hunter2" not in f"{failure.value}{store!r}"


def test_an_address_that_is_none_shows_no_password_either() -> None:
    with pytest.raises(SourceUnavailable) as failure:
        PostgresStore("hunter2").digests()
    assert "hunter2" not in str(failure.value)


def test_a_weaviate_that_is_not_there_is_an_expected_failure_that_shows_no_key() -> None:
    address = WeaviateAddress(host="127.0.0.1", port=closed_port(), grpc_port=closed_port(), secure=False)
    store = WeaviateStore(address, key="hunter2")
    with pytest.raises(SourceUnavailable, match="Weaviate cannot be used") as failure:
        store.digests()
    assert "hunter2" not in f"{failure.value}{store!r}"


@pytest.mark.parametrize(
    ("library", "extra", "store"),
    [
        ("psycopg", "gitops-bot[pgvector]", PostgresStore("postgresql:///x")),
        ("weaviate", "gitops-bot[weaviate]", WeaviateStore(WeaviateAddress(host="127.0.0.1"))),
    ],
)
def test_a_missing_library_names_the_extra_that_brings_it(
    library: str, extra: str, store: VectorStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, library, None)
    with pytest.raises(ConfigurationError) as failure:
        store.digests()
    assert extra in str(failure.value)
