"""The hidden metadata in the bodies that the bot writes: how a later run knows its own pull requests and issues.

<!-- gitops-bot: {"version":1,"fingerprint":"0123456789ab","plan":"…","applications":["catalog"]} -->
"""

from __future__ import annotations

import re
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

_COMMENT = re.compile(r"<!-- gitops-bot: (\{[^<>\n]*\}) -->")


class Marker(Struct, frozen=True, kw_only=True):
    """What a body says of itself; `plan` is a hash of the edits that it was written for."""

    version: int = 1
    fingerprint: Annotated[str, Meta(pattern="^[0-9a-f]{12}$")]
    plan: str = ""
    applications: tuple[str, ...] = ()


def write_marker(marker: Marker) -> str:
    """Return the marker as an HTML comment on one line, which nothing inside can end."""
    text = msgspec.json.encode(marker).decode()
    for letter in "<>":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    hyphens = text.replace("--", "-\\u002d")
    return f"<!-- gitops-bot: {hyphens} -->"


def read_marker(body: str) -> Marker | None:
    """Return the last marker in a body, or None where there is none that can be read."""
    for found in reversed(_COMMENT.findall(body)):
        try:
            return msgspec.json.decode(found, type=Marker)
        except msgspec.DecodeError:
            continue
    return None
