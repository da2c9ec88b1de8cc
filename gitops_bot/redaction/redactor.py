"""Redaction: text or JSON with secrets in it → the same with placeholders in their place. Pure."""

from __future__ import annotations

import re
from functools import partial

from msgspec import Struct

from gitops_bot.model.json import Json
from gitops_bot.redaction.addresses import without_address_secrets
from gitops_bot.redaction.assignments import without_assignments
from gitops_bot.redaction.blocks import without_private_keys, without_secret_data
from gitops_bot.redaction.encoded import without_encoded
from gitops_bot.redaction.personal import without_ip_addresses, without_names, without_personal
from gitops_bot.redaction.placeholders import PLACEHOLDER, Mask, Numbered, unnumbered
from gitops_bot.redaction.structure import redact_labelled, redact_value
from gitops_bot.redaction.tokens import without_tokens

# Characters without ink that could stand inside a secret to hide it from a pattern.
_INKLESS = re.compile(
    "[\xad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e007f]"
)
# What is found once can uncover more; a text that never settles is withheld whole.
_MOST_ROUNDS = 8
_DEEPEST = 3
_LEAST_WINDOW = 65_536
_MARGIN = 1_024
WITHHELD = "[redacted:text]"


class Wanted(Struct, frozen=True, kw_only=True):
    """What is hidden besides secrets: IP addresses, and names that the user lists."""

    ip_addresses: bool = False
    names: tuple[str, ...] = ()


NOTHING_MORE = Wanted()


class Redactor:
    """Hides secrets in many texts so that equal ones stay equal: `[redacted:KIND-1]` means the same everywhere."""

    def __init__(self, wanted: Wanted = NOTHING_MORE) -> None:
        self._wanted = wanted
        self._mask = Numbered()

    def redact(self, text: str) -> str:
        """Return the text without secrets; a text that was redacted comes back as it is."""
        return _settled(text, self._mask, self._wanted)

    def redact_json(self, value: Json) -> Json:
        """Return a JSON value without secrets; see `redact_json`."""
        return redact_value(value, self._mask, self.redact)


def redact(text: str, *, wanted: Wanted = NOTHING_MORE) -> str:
    """Return the text with each secret replaced by `[redacted:KIND]`.

    It takes time in proportion to the text's length. `redact(redact(text)) == redact(text)`.
    """
    return _settled(text, unnumbered, wanted)


def redact_json(value: Json, *, wanted: Wanted = NOTHING_MORE) -> Json:
    """Return a JSON value without secrets.

    Strings are redacted as text; what stands under a telling key, in an environment entry with a telling name or in the
    data of a Secret is replaced whatever it looks like; references to Secrets stay. A string that is JSON is read.
    """
    return redact_value(value, unnumbered, partial(redact, wanted=wanted))


def redact_field(label: str, value: Json, *, wanted: Wanted = NOTHING_MORE) -> Json:
    """Return one field's value without secrets; its label, as `env[DB_PASSWORD].value`, may tell that it is one."""
    return redact_labelled(label, value, unnumbered, partial(redact, wanted=wanted))


def redacted_and_capped(text: str, limit: int, *, wanted: Wanted = NOTHING_MORE) -> str:
    """Return at most `limit` characters of the text without secrets; a cut shows as an ellipsis and halves no secret.

    No more is read than is needed: some times `limit`, and at least 64 Ki characters.
    """
    window = text[: max(_LEAST_WINDOW, 4 * limit)]
    hidden = redact(window, wanted=wanted)
    if len(window) < len(text):
        # What stands at the window's end may be the first half of a secret.
        hidden = hidden[: max(0, len(hidden) - _MARGIN)]
    elif len(hidden) <= limit:
        return hidden
    return _cut(hidden, max(0, limit - 1)) + "…"[:limit]


def _cut(text: str, limit: int) -> str:
    """Return the start of the text, without the placeholder that the limit would halve."""
    place = text.rfind("[redacted:", max(0, limit - 80), limit)
    halved = PLACEHOLDER.match(text, place) if place >= 0 else None
    return text[: place if halved and halved.end() > limit else limit]


def _settled(text: str, mask: Mask, wanted: Wanted) -> str:
    for _ in range(_MOST_ROUNDS):
        hidden = _scan(text, mask, wanted, _DEEPEST)
        bare = _INKLESS.sub("", hidden)
        if bare != hidden and (uncovered := _scan(bare, mask, wanted, _DEEPEST)) != bare:
            hidden = uncovered
        if hidden == text:
            return text
        text = hidden
    return WITHHELD


def _scan(text: str, mask: Mask, wanted: Wanted, depth: int) -> str:
    text = without_private_keys(text, mask)
    text = without_secret_data(text, mask)
    text = without_tokens(text, mask)
    text = without_address_secrets(text, mask)
    text = without_assignments(text, mask)
    if depth:
        text = without_encoded(text, mask, lambda inner: _scan(inner, mask, wanted, depth - 1))
    text = without_personal(text, mask)
    if wanted.ip_addresses:
        text = without_ip_addresses(text, mask)
    return without_names(text, wanted.names, mask) if wanted.names else text
