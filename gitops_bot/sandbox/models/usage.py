"""Tokens as a provider would count them: a quarter of the characters, and a cache of the prefixes that were sent."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from msgspec import Struct

# The shortest prefix that is cached, and in OpenAI's case the step in which prefixes grow.
_SHORTEST_OF_CLAUDE = 512
_SHORTEST_OF_OPENAI = 1024
_STEP_OF_OPENAI = 128


class Tokens(Struct, frozen=True):
    """What was sent: neither from the cache nor into it, from it, and into it."""

    fresh: int
    read: int = 0
    written: int = 0

    @property
    def sent(self) -> int:
        """All tokens of the prompt."""
        return self.fresh + self.read + self.written


def tokens(text: str) -> int:
    """Return about how many tokens a text has; one at least."""
    return max(1, -(-len(text) // 4))


class PromptCache:
    """What a provider remembers of prompts, for one account. Safe for many threads."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._kept: set[tuple[str, str]] = set()
        self._seen: list[tuple[str, str]] = []

    def up_to_points(self, model: str, prompt: str, points: Sequence[int]) -> Tokens:
        """Count a prompt that is cached up to the given lengths in characters, as Claude does it."""
        prefixes = [prompt[:end] for end in sorted(points) if tokens(prompt[:end]) >= _SHORTEST_OF_CLAUDE]
        with self._guard:
            known = [kept for owner, kept in self._kept if owner == model and prompt.startswith(kept)]
            self._kept.update((model, prefix) for prefix in prefixes)
        read = max(map(tokens, known), default=0)
        whole = max(map(tokens, prefixes), default=0)
        return Tokens(fresh=tokens(prompt) - max(whole, read), read=read, written=max(whole - read, 0))

    def automatic(self, model: str, prompt: str) -> Tokens:
        """Count a prompt whose common beginning with an earlier one is cached, as OpenAI does it."""
        with self._guard:
            earlier = [seen for owner, seen in self._seen if owner == model]
            self._seen.append((model, prompt))
        common = max((_common(prompt, seen) // 4 for seen in earlier), default=0)
        read = common - common % _STEP_OF_OPENAI if common >= _SHORTEST_OF_OPENAI else 0
        return Tokens(fresh=tokens(prompt) - read, read=read)


def _common(one: str, other: str) -> int:
    """How many characters two texts have in common at their beginning."""
    differing = (place for place, (left, right) in enumerate(zip(one, other, strict=False)) if left != right)
    return next(differing, min(len(one), len(other)))
