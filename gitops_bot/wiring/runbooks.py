"""The runbooks that the configuration names, by words or by words and embeddings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path

import httpx

from gitops_bot.clients.repository import ConfigRepository
from gitops_bot.clients.retrieval import Document, WordLibrary, read_folder, read_markdown
from gitops_bot.clients.retrieval.hybrid import VectorStore
from gitops_bot.clients.written import incidents_treated
from gitops_bot.configuration import Runbooks
from gitops_bot.errors import ConfigurationError, ModelUnavailable, SourceUnavailable
from gitops_bot.guard.patterns import fits
from gitops_bot.model.dialogue import Library, Page
from gitops_bot.settings import Settings


class RunbookLibrary:
    """Finds runbooks; fulfils the port `Library`. They are read at the first search: most runs ask for none.

    Where the store or the embeddings cannot be had, words alone find them.
    """

    def __init__(
        self,
        wanted: Runbooks,
        settings: Settings,
        repository: ConfigRepository,
        commit: str,
        directory: Path,
        redact: Callable[[str], str],
    ) -> None:
        self._wanted = wanted
        self._settings = settings
        self._repository = repository
        self._commit = commit
        self._directory = directory
        self._redact = redact

    def search(self, query: str, most: int = 5) -> tuple[Page, ...]:
        """Return the pages that fit, best first."""
        return self._library.search(query, most)

    @cached_property
    def _library(self) -> Library:
        documents = (*self._own(), *self._others())
        store = store_of(self._wanted, self._settings)
        if store is None:
            return WordLibrary(documents)
        from gitops_bot.clients.retrieval.embeddings import Embeddings
        from gitops_bot.clients.retrieval.hybrid import HybridLibrary

        access = self._settings.models
        embeddings = Embeddings(
            self._wanted.embeddings,
            redact=self._redact,
            base_url=access.openai_base_url,
            key=access.openai_key.reveal(),
            proxy=access.proxy,
        )
        library = HybridLibrary(documents, store, embeddings)
        try:
            library.refresh()
        except (ModelUnavailable, SourceUnavailable):
            return WordLibrary(documents)
        return library

    def _own(self) -> Iterator[Document]:
        """The repository's own, at the commit that is judged: a checkout may be of another branch."""
        for path in self._repository.files(self._commit):
            if path.endswith((".md", ".markdown")) and fits(self._wanted.patterns, path):
                content = self._repository.read(self._commit, path) or b""
                yield read_markdown(path, content.decode("utf-8", errors="replace"))

    def _others(self) -> Iterator[Document]:
        for name in self._wanted.folders:
            if Path(name).is_absolute():
                raise ConfigurationError(
                    "A folder of runbooks is no relative path",
                    where="runbooks.folders",
                    found=name,
                    expected="a folder beside the repository, such as ../runbooks",
                )
            folder = self._directory / name
            yield from read_folder(folder, prefix=f"{folder.resolve().name}/")


class IncidentLibrary:
    """Finds what the bot repaired before; fulfils the port `Library`. The log is read at the first search."""

    def __init__(self, repository: ConfigRepository, commit: str) -> None:
        self._repository = repository
        self._commit = commit

    def search(self, query: str, most: int = 5) -> tuple[Page, ...]:
        """Return the repairs that fit, best first."""
        return self._library.search(query, most)

    @cached_property
    def _library(self) -> Library:
        return WordLibrary(incidents_treated(self._repository, self._commit))


def store_of(wanted: Runbooks, settings: Settings) -> VectorStore | None:
    """Return where vectors are kept, None where words are all; ConfigurationError where its address is missing."""
    if wanted.backend == "words":
        return None
    variable, address = {
        "pgvector": ("PGVECTOR_URL", settings.pgvector_url.reveal()),
        "weaviate": ("WEAVIATE_URL", settings.weaviate_url),
    }[wanted.backend]
    if not address:
        raise ConfigurationError(
            f"{variable} is not set",
            where="environment",
            expected=f"the address of the store that `runbooks.backend: {wanted.backend}` names",
            advice="Pass it from a secret, or set `runbooks.backend: words`.",
        )
    if wanted.backend == "pgvector":
        from gitops_bot.clients.retrieval.pgvector import PostgresStore

        return PostgresStore(address)
    from gitops_bot.clients.retrieval.weaviate import WeaviateAddress, WeaviateStore

    url = httpx.URL(address)
    secure = url.scheme == "https"
    place = WeaviateAddress(host=url.host, port=url.port or (443 if secure else 8080), secure=secure)
    return WeaviateStore(place, key=settings.weaviate_key.reveal())
