"""Secrets in Base64 or percent-encoded: what looks encoded is decoded, and hidden whole where a secret comes out."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from urllib.parse import unquote

from gitops_bot.redaction.placeholders import PLACEHOLDER, Mask

Scan = Callable[[str], str]

_BASE64 = re.compile(
    r"[A-Za-z0-9+/_-]{20,}+={0,2}(?:(?<=[A-Za-z0-9+/=]{60})"
    r"(?:(?:\\r)?(?:\r?\n|\\n)[ \t+]{0,40}[A-Za-z0-9+/]{1,200}+={0,2}){1,400})?"
)
_HEXADECIMAL = re.compile(r"[0-9a-fA-F-]+")
_FOLD = re.compile(r"(?:\\r)?(?:\r?\n|\\n)[ \t+]*")
_PERCENT = re.compile(r"[^\s\"'<>`]*+")
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")
_PRINTABLE = bytes([*range(32, 127), *b"\r\n\t"])
_MOST_UNPRINTABLE = 0.15


def without_encoded(text: str, mask: Mask, scan: Scan) -> str:
    """Return the text with each encoded run replaced that holds a secret: `scan` finds those in decoded text."""
    if "%" in text and _ESCAPE.search(text):
        text = _PERCENT.sub(lambda found: _percent(found.group(), scan), text)
    return _BASE64.sub(lambda found: _base64(found, mask, scan), text)


def _percent(run: str, scan: Scan) -> str:
    if "%" not in run or not _ESCAPE.search(run):
        return run
    decoded = unquote(run, errors="replace")
    hidden = scan(decoded)
    return run if hidden == decoded else hidden


def _base64(found: re.Match[str], mask: Mask, scan: Scan) -> str:
    run = found.group()
    # The letter of an escaped line feed is none of the run.
    escaped = run[: found.start() > 0 and found.string[found.start() - 1] == "\\"]
    lines = _FOLD.split(run[len(escaped) :])
    # A word on the next line may follow the last of the lines that belong together.
    for count in range(len(lines), max(0, len(lines) - 2), -1):
        kind = _kind("".join(lines[:count]), scan)
        if kind:
            left = lines[-1] if count < len(lines) else ""
            end = len(run) - len(left)
            return escaped + mask(f"encoded-{kind}", run[len(escaped) : end]) + (f"\n{left}" if left else "")
    return run


def _kind(encoded: str, scan: Scan) -> str:
    """Return the kind of secret that Base64 holds, or nothing."""
    if _HEXADECIMAL.fullmatch(encoded):
        return ""
    bare = encoded.rstrip("=").replace("-", "+").replace("_", "/")
    bare = bare[:-1] if len(bare) % 4 == 1 else bare
    try:
        content = base64.b64decode(bare + "=" * (-len(bare) % 4))
    except (binascii.Error, ValueError):
        return ""
    start = content[:400]
    if len(start.translate(None, _PRINTABLE)) > _MOST_UNPRINTABLE * len(start):
        return ""
    decoded = content.decode("utf-8", "replace")
    hidden = scan(decoded)
    if hidden == decoded:
        return ""
    found = PLACEHOLDER.search(hidden)
    name = found.group()[len("[redacted:") : -1] if found else "secret"
    return re.sub(r"^(?:encoded-)+|-\d+$", "", name)
