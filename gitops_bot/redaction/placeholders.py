"""What stands where a secret stood."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable

# From the kind of a secret and the secret itself to the text that takes its place.
Mask = Callable[[str, str], str]

PLACEHOLDER = re.compile(r"\[redacted:[a-z0-9-]{1,60}\]")
# A value that is nothing but a placeholder, perhaps with the scheme of its header.
HIDDEN_ALREADY = re.compile(r"(?:[A-Za-z][\w-]{0,20} )?\[redacted:[a-z0-9-]{1,60}\][\"'`\\)\]},;.]*\Z")


def unnumbered(kind: str, _: str) -> str:
    """Return `[redacted:KIND]`: the same in every run and process, whatever else was hidden."""
    return f"[redacted:{kind}]"


class Numbered:
    """Placeholders with which equal secrets can be told from different ones: `[redacted:KIND-1]`.

    It keeps digests only, never what it hides.
    """

    def __init__(self) -> None:
        self._known: dict[str, dict[bytes, int]] = {}

    def __call__(self, kind: str, secret: str) -> str:
        """Return the placeholder of a secret, the same for as long as this object lives."""
        numbers = self._known.setdefault(kind, {})
        digest = hashlib.sha256(secret.encode(errors="replace")).digest()
        return f"[redacted:{kind}-{numbers.setdefault(digest, len(numbers) + 1)}]"
