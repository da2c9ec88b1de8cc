"""Text that others wrote, enclosed for a model so that it cannot pass for anything else. Pure."""

from __future__ import annotations

import re

from gitops_bot.redaction.redactor import NOTHING_MORE, Wanted, redacted_and_capped
from gitops_bot.untrusted import visible

LONGEST = 8_000
_NONCE = re.compile(r"[0-9A-Za-z]{8,64}")
_SOURCE = re.compile(r"[^\w ./:@-]")
# What chat templates take for the end of one speaker's turn or the beginning of another's, and look-alikes of ours.
_TAG = re.compile(
    r"<(?=[|/!\s]{0,4}(?:im_|start|end|eot|eom|bos|eos|fim|python_tag|begin|sys|inst|system|user|assistant|human|tool"
    r"|function|invoke|parameter|untrusted|thinking|antml|instructions?|prompt|result|s>|[\w.-]{1,40}:))|<(?=[!|])|<<(?=\s{0,2}/?SYS)"
    r"|\[(?=\s{0,2}/?(?:INST|SYSTEM|AVAILABLE_TOOLS|TOOL_))",
    re.IGNORECASE,
)
_ROLE = re.compile(
    r"^([ \t>#*_-]{0,12})(system|developer|assistant|human|user|tool|function)(?=[ \t*_]{0,4}:)",
    re.IGNORECASE | re.MULTILINE,
)
_ANGLES = {"<": "‹", "[": "⟦"}


def delimited(
    text: str,
    source: str,
    *,
    nonce: str = "",
    limit: int = LONGEST,
    redacted: bool = False,
    wanted: Wanted = NOTHING_MORE,
) -> str:
    """Return the text, redacted and cut to `limit` characters, between marks that it cannot forge.

    `source` says where it was read. `nonce`, 8 to 64 random letters and digits of the caller's, one for each request,
    goes into both marks; without it the marks are safe because no look-alike is left in the text. `redacted` says that
    the text went through redaction already. Raises ValueError for another nonce.
    """
    if nonce and not _NONCE.fullmatch(nonce):
        raise ValueError("a nonce has 8 to 64 letters and digits")
    shown = text if redacted else redacted_and_capped(text, limit, wanted=wanted)
    shown = defused(shown if len(shown) <= limit else f"{shown[: limit - 1]}…")
    if nonce:
        shown = shown.replace(nonce, "…")
    mark = f"untrusted-{nonce}" if nonce else "untrusted"
    where = _SOURCE.sub("_", visible(source))[:120]
    return f'<{mark} source="{where}">\n{shown}\n</{mark}>'


def defused(text: str) -> str:
    """Return the text with invisible characters written out, and nothing that reads as a turn, a role or a mark."""
    seen = visible(text)
    seen = _TAG.sub(lambda found: "".join(_ANGLES[sign] for sign in found.group()), seen)
    return _ROLE.sub(r"\1\2 (quoted)", seen)
