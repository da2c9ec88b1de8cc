"""Vectors in PostgreSQL with the extension pgvector."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from gitops_bot.clients.retrieval.embeddings import Vector
from gitops_bot.clients.retrieval.hybrid import Entry, Neighbour
from gitops_bot.errors import ConfigurationError, SourceUnavailable

if TYPE_CHECKING:
    import psycopg

# The column has no fixed length: a collection may change its model. Some thousands of rows are compared one by one in
# milliseconds, exactly; an approximate index would ask for a fixed length.
_TABLE = """
    CREATE TABLE IF NOT EXISTS gitops_bot_documents (
        collection text NOT NULL,
        path text NOT NULL,
        digest text NOT NULL,
        embedding vector NOT NULL,
        PRIMARY KEY (collection, path)
    )
"""
_KEEP = """
    INSERT INTO gitops_bot_documents (collection, path, digest, embedding) VALUES (%s, %s, %s, %s::vector)
    ON CONFLICT (collection, path) DO UPDATE SET digest = EXCLUDED.digest, embedding = EXCLUDED.embedding
"""
_FORGET = "DELETE FROM gitops_bot_documents WHERE collection = %s AND path = ANY(%s)"
_DIGESTS = "SELECT path, digest FROM gitops_bot_documents WHERE collection = %s"
_NEAREST = """
    WITH comparable AS MATERIALIZED (
        SELECT path, embedding FROM gitops_bot_documents WHERE collection = %s AND vector_dims(embedding) = %s
    )
    SELECT path, embedding <=> %s::vector AS distance FROM comparable ORDER BY distance, path LIMIT %s
"""
_LOCK = "SELECT pg_advisory_xact_lock(hashtext('gitops-bot documents'))"
_CONNECT_SECONDS = 10
_STATEMENT_MILLISECONDS = 30_000


class PostgresStore:
    """Keeps the vectors of one collection in a table; fulfils `VectorStore`. A connection is opened for each call.

    `address` is a connection string (`postgresql://…`), which no message shows. Two runs at once wait for each other.
    """

    def __init__(self, address: str, collection: str = "runbooks") -> None:
        self._address = address
        self._collection = collection

    def __repr__(self) -> str:
        return f"PostgresStore({self._collection!r})"

    def digests(self) -> dict[str, str]:
        """Return the digest of every document that is kept, by its path; makes the table where there is none.

        Raises SourceUnavailable where the database cannot be used, ConfigurationError where the extra is missing.
        """
        with self._transaction() as connection:
            connection.execute(_LOCK)
            connection.execute("CREATE EXTENSION IF NOT EXISTS vector")
            connection.execute(_TABLE)
            return dict(connection.execute(_DIGESTS, (self._collection,)).fetchall())

    def update(self, changed: Sequence[Entry], gone: Sequence[str]) -> None:
        """Keep new and changed entries and forget those whose paths are gone, in one transaction."""
        with self._transaction() as connection:
            connection.execute(_LOCK)
            if gone:
                connection.execute(_FORGET, (self._collection, list(gone)))
            rows = [(self._collection, entry.path, entry.digest, _literal(entry.vector)) for entry in changed]
            connection.cursor().executemany(_KEEP, rows)

    def nearest(self, vector: Vector, most: int) -> tuple[Neighbour, ...]:
        """Return the nearest documents by cosine distance, nearest first, of those from the same model."""
        with self._transaction() as connection:
            found = connection.execute(_NEAREST, (self._collection, len(vector), _literal(vector), most))
            # The distance to a vector of zeros is no number.
            return tuple(Neighbour(path, distance) for path, distance in found.fetchall() if not math.isnan(distance))

    @contextmanager
    def _transaction(self) -> Iterator[psycopg.Connection]:
        try:
            import psycopg
        except ImportError as error:
            raise ConfigurationError(
                "Runbook vectors in PostgreSQL need a library that is not installed",
                found="no psycopg",
                advice="Run: pip install 'gitops-bot[pgvector]'",
            ) from error
        try:
            with psycopg.connect(
                self._address,
                connect_timeout=_CONNECT_SECONDS,
                application_name="gitops-bot",
                options=f"-c statement_timeout={_STATEMENT_MILLISECONDS}",
            ) as connection:
                yield connection
        except psycopg.Error as error:
            raise SourceUnavailable(
                "The database of runbook vectors cannot be used",
                found=f"{type(error).__name__}, SQLSTATE {error.sqlstate or 'unknown'}",
                advice="Check its address, that pgvector is installed there and that the user may create its table.",
            ) from error


def _literal(vector: Vector) -> str:
    return f"[{','.join(map(repr, vector))}]"
