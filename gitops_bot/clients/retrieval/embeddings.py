"""Vectors for texts, from any endpoint that speaks OpenAI's embeddings: OpenAI itself, vLLM, Ollama, gateways."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Self

import httpx
import msgspec
from msgspec import Struct

from gitops_bot.clients.models.addresses import checked_address
from gitops_bot.clients.models.failures import Failures, is_passing
from gitops_bot.clients.models.patience import LARGEST_ANSWER, Clock, Deadline, asked_wait, passing
from gitops_bot.errors import ConfigurationError

Vector = tuple[float, ...]

OPENAI = "https://api.openai.com/v1"
LONGEST_TEXT = 6000
BATCH = 64
PATIENCE = 60.0


class Embeddings:
    """One embedding model behind an OpenAI-compatible endpoint. Close it, or use it as a context manager.

    `base_url` ends before `/embeddings`. Every text goes through `redact` before it leaves. `dimensions` is what is
    asked for and expected (None: whatever the model gives, the same for all). The key shows in no message and no repr.
    Raises ConfigurationError for an address that may not be used.
    """

    def __init__(
        self,
        model: str,
        *,
        redact: Callable[[str], str],
        base_url: str = OPENAI,
        key: str = "",
        dimensions: int | None = None,
        proxy: str = "",
        transport: httpx.BaseTransport | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.model = model
        self._redact = redact
        self._url = checked_address(base_url, "OPENAI_BASE_URL")
        self._failures = Failures(
            model, base_url, address_setting="the base URL", credential_setting="OPENAI_API_KEY", secret=key
        )
        self._dimensions = dimensions
        self._asked = {} if dimensions is None else {"dimensions": dimensions}
        self._clock = clock or Clock()
        headers = {"User-Agent": "gitops-bot", "Accept": "application/json", "Content-Type": "application/json"}
        if key:
            headers["Authorization"] = f"Bearer {key}"
        self._client = httpx.Client(
            headers=headers, transport=transport, proxy=proxy or None, follow_redirects=False, trust_env=False
        )

    def __repr__(self) -> str:
        return f"Embeddings({self.model!r}, {str(self._url)!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def embed(self, texts: Sequence[str]) -> tuple[Vector, ...]:
        """Return a vector for each text, in order, in as many requests as it takes.

        Raises ModelUnavailable, and ConfigurationError where vectors have another length than expected.
        """
        batches = (texts[start : start + BATCH] for start in range(0, len(texts), BATCH))
        return tuple(vector for batch in batches for vector in self._embed(batch))

    def _embed(self, texts: Sequence[str]) -> list[Vector]:
        # An empty text is refused by some endpoints.
        given = [self._redact(text)[:LONGEST_TEXT].strip() or "-" for text in texts]
        deadline = Deadline(PATIENCE, self._clock)
        body = {"model": self.model, "input": given, "encoding_format": "float", **self._asked}
        content = msgspec.json.encode(body)
        vectors = deadline.retrying(lambda: self._once(content, len(given), deadline))
        for vector in vectors:
            self._check(vector)
        return vectors

    def _once(self, content: bytes, expected: int, deadline: Deadline) -> list[Vector]:
        answer, content_type = self._exchange(content, deadline)
        try:
            entries = sorted(msgspec.json.decode(answer, type=_Answer).data, key=lambda entry: entry.index)
        except (msgspec.DecodeError, ValueError) as error:
            raise self._failures.undecodable(answer, content_type) from error
        usable = all(entry.embedding and all(map(math.isfinite, entry.embedding)) for entry in entries)
        if [entry.index for entry in entries] != list(range(expected)) or not usable:
            raise self._failures.undecodable(answer, content_type)
        return [entry.embedding for entry in entries]

    def _exchange(self, content: bytes, deadline: Deadline) -> tuple[bytes, str]:
        left = max(deadline.left, 0.001)
        timeout = httpx.Timeout(left, connect=min(left, 10.0))
        address = f"{str(self._url).rstrip('/')}/embeddings"
        try:
            with self._client.stream("POST", address, content=content, timeout=timeout) as response:
                body = deadline.read(response.iter_bytes(), self._failures, LARGEST_ANSWER)
        except (httpx.ReadTimeout, httpx.WriteTimeout, httpx.PoolTimeout) as error:
            raise self._failures.too_late(deadline.patience) from error
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise passing(self._failures.unreachable(error)) from error
        if response.status_code == 200:
            return body, response.headers.get("content-type", "")
        failure = self._failures.of_status(response.status_code, body)
        if not is_passing(response.status_code):
            raise failure
        raise passing(failure, asked_wait(response.headers.get("retry-after", ""), response.headers.get("date", "")))

    def _check(self, vector: Vector) -> None:
        """Remember the first vector's length; ConfigurationError for any other."""
        if self._dimensions is None:
            self._dimensions = len(vector)
        if len(vector) != self._dimensions:
            raise ConfigurationError(
                "The embedding model gives vectors of another length",
                where=self.model,
                found=f"{len(vector)} dimensions",
                expected=f"{self._dimensions}",
                advice="Set the model's own number of dimensions, or leave it out.",
            )


class _Entry(Struct, frozen=True):
    index: int
    embedding: Vector


class _Answer(Struct, frozen=True):
    data: list[_Entry]
