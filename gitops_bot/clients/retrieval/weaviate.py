"""Vectors in Weaviate."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from msgspec import Struct

from gitops_bot.clients.retrieval.embeddings import Vector
from gitops_bot.clients.retrieval.hybrid import Entry, Neighbour
from gitops_bot.errors import ConfigurationError, SourceUnavailable

if TYPE_CHECKING:
    from weaviate import WeaviateClient
    from weaviate.collections import Collection

_BATCH = 200


class WeaviateAddress(Struct, frozen=True, kw_only=True):
    """Where Weaviate serves REST and gRPC."""

    host: str
    port: int = 8080
    grpc_host: str = ""
    grpc_port: int = 50051
    secure: bool = True


class WeaviateStore:
    """Keeps the vectors of one collection in Weaviate; fulfils `VectorStore`. A connection is opened for each call.

    `collection` begins with a capital letter. The key shows in no message and no repr.
    """

    def __init__(self, address: WeaviateAddress, *, key: str = "", collection: str = "GitopsBotRunbooks") -> None:
        self._address = address
        self._key = key
        self._collection = collection

    def __repr__(self) -> str:
        return f"WeaviateStore({self._address.host!r}, {self._collection!r})"

    def digests(self) -> dict[str, str]:
        """Return the digest of every document that is kept, by its path.

        Raises SourceUnavailable where Weaviate cannot be used, ConfigurationError where the extra is missing.
        """
        with self._connected() as client:
            if not client.collections.exists(self._collection):
                return {}
            kept = client.collections.use(self._collection).iterator(return_properties=["path", "digest"])
            return {str(one.properties["path"]): str(one.properties["digest"]) for one in kept}

    def update(self, changed: Sequence[Entry], gone: Sequence[str]) -> None:
        """Keep new and changed entries and forget those whose paths are gone."""
        with self._connected() as client:
            kept = self._prepared(client, len(changed[0].vector) if changed else 0)
            for start in range(0, len(gone), _BATCH):
                self._forget(kept, gone[start : start + _BATCH])
            for start in range(0, len(changed), _BATCH):
                self._keep(kept, changed[start : start + _BATCH])

    def nearest(self, vector: Vector, most: int) -> tuple[Neighbour, ...]:
        """Return the nearest documents by cosine distance, the nearest first."""
        from weaviate.classes.query import MetadataQuery

        with self._connected() as client:
            if not client.collections.exists(self._collection):
                return ()
            kept = client.collections.use(self._collection)
            if _dimensions(kept) != len(vector):
                return ()
            found = kept.query.near_vector(
                list(vector), limit=most, return_metadata=MetadataQuery(distance=True), return_properties=["path"]
            )
            near = [Neighbour(str(one.properties["path"]), one.metadata.distance or 0.0) for one in found.objects]
            return tuple(sorted(near, key=lambda one: (one.distance, one.path)))

    def _prepared(self, client: WeaviateClient, dimensions: int) -> Collection:
        """Return the collection, made anew where its vectors are of another model (then every entry has changed)."""
        from weaviate.classes.config import Configure, DataType, Property, Tokenization, VectorDistances

        collections = client.collections
        if collections.exists(self._collection):
            kept = collections.use(self._collection)
            if not dimensions or _dimensions(kept) in (0, dimensions):
                return kept
            collections.delete(self._collection)
        return collections.create(
            self._collection,
            properties=[
                Property(name=name, data_type=DataType.TEXT, tokenization=Tokenization.FIELD)
                for name in ("path", "digest")
            ],
            vector_config=Configure.Vectors.self_provided(
                vector_index_config=Configure.VectorIndex.hnsw(distance_metric=VectorDistances.COSINE)
            ),
        )

    def _keep(self, kept: Collection, entries: Sequence[Entry]) -> None:
        from weaviate.classes.data import DataObject

        result = kept.data.insert_many(
            [
                DataObject(
                    uuid=_identifier(entry.path),
                    properties={"path": entry.path, "digest": entry.digest},
                    vector=list(entry.vector),
                )
                for entry in entries
            ]
        )
        if result.has_errors:
            raise self._unusable(f"{len(result.errors)} of {len(entries)} entries refused")

    def _forget(self, kept: Collection, paths: Sequence[str]) -> None:
        from weaviate.classes.query import Filter

        kept.data.delete_many(where=Filter.by_id().contains_any([_identifier(path) for path in paths]))

    @contextmanager
    def _connected(self) -> Iterator[WeaviateClient]:
        try:
            import weaviate
            from weaviate.exceptions import WeaviateBaseError
        except ImportError as error:
            raise ConfigurationError(
                "Runbook vectors in Weaviate need a library that is not installed",
                found="no weaviate-client",
                advice="Run: pip install 'gitops-bot[weaviate]'",
            ) from error
        address = self._address
        try:
            with weaviate.connect_to_custom(
                http_host=address.host,
                http_port=address.port,
                http_secure=address.secure,
                grpc_host=address.grpc_host or address.host,
                grpc_port=address.grpc_port,
                grpc_secure=address.secure,
                auth_credentials=self._key or None,
            ) as client:
                yield client
        except WeaviateBaseError as error:
            raise self._unusable(type(error).__name__) from error

    def _unusable(self, found: str) -> SourceUnavailable:
        return SourceUnavailable(
            "Weaviate cannot be used",
            where=f"{self._address.host}:{self._address.port}",
            found=found,
            advice="Check its address, its gRPC port and the key.",
        )


def _identifier(path: str) -> uuid.UUID:
    return uuid.uuid5(uuid.NAMESPACE_URL, path)


def _dimensions(kept: Collection) -> int:
    """Return the length of the vectors that a collection keeps; 0 where it is empty."""
    first = kept.query.fetch_objects(limit=1, include_vector=True).objects
    return len(first[0].vector["default"]) if first else 0
