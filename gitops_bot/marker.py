"""The hidden metadata in the bodies that the bot writes: how a later run knows its own pull requests and issues.

<!-- gitops-bot: {"fingerprint":"0123456789ab","plan":"…","applications":["catalog"]} -->

A box that people may tick is a task list's item with a comment that names it: `- [ ] <!-- gitops-bot:rebuild --> …`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

_COMMENT = re.compile(r"<!-- gitops-bot: (\{[^<>\n]*\}) -->")
_FENCE = re.compile(r"^(`{3,})[^\n]*\n.*?^\1$", re.MULTILINE | re.DOTALL)
_TICKED = re.compile(r"^\s*- \[[xX]\] <!-- gitops-bot:([a-z]+(?:=[0-9a-f]{12})?) -->", re.MULTILINE)


DASHBOARD = "dashboard"
# The boxes: build a branch anew, write now what waits, look again at what was silenced or escalated.
REBUILD, NOW, AGAIN = "rebuild", "now", "again"


class Marker(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a body says of itself.

    `causes` are fingerprints of what was diagnosed, `paths` hashes of the edited files' names, `plan` is one of the
    edits that it was written for, `words` of what the text says, `written` the commit that the bot put on the branch,
    `before` those that it put there earlier, `spared` the marks of the freezes that are not for it. `failed` marks an
    escalation of a remedy that did not help, `asked` a cause about which a model was asked; `ended` says why the bot
    closed it (`healed`, `superseded`), `until` when a silence ends (UTC). The dashboard has its own word for a
    fingerprint.
    """

    fingerprint: Annotated[str, Meta(pattern="^([0-9a-f]{12}|dashboard)$")]
    plan: str = ""
    words: str = ""
    written: str = ""
    before: tuple[str, ...] = ()
    applications: tuple[str, ...] = ()
    causes: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    spared: tuple[str, ...] = ()
    failed: bool = False
    asked: bool = False
    ended: str = ""
    until: datetime | None = None


def digest(value: object) -> str:
    """Return 16 hexadecimal digits that stand for a value made of texts, numbers, tuples and lists."""
    return hashlib.sha256(repr(value).encode("utf-8", "backslashreplace")).hexdigest()[:16]


def write_marker(marker: Marker) -> str:
    """Return the marker as an HTML comment on one line, which nothing inside can end."""
    text = msgspec.json.encode(marker).decode()
    for letter in "<>":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    hyphens = text.replace("--", "-\\u002d")
    return f"<!-- gitops-bot: {hyphens} -->"


def read_marker(body: str) -> Marker | None:
    """Return the last marker in a body, or None where there is none that can be read."""
    found = _last(body)
    return found[1] if found else None


def marked(body: str, **changes: object) -> str:
    """Return the body with fields of its last marker changed; a body without one stays as it is."""
    found = _last(body)
    if found is None:
        return body
    text, marker = found
    start = body.rindex(text)
    return body[:start] + write_marker(msgspec.structs.replace(marker, **changes)) + body[start + len(text) :]


def _last(body: str) -> tuple[str, Marker] | None:
    for found in reversed(list(_COMMENT.finditer(body))):
        try:
            return found.group(), msgspec.json.decode(found.group(1), type=Marker)
        except msgspec.DecodeError:
            continue
    return None


def box(name: str, text: str) -> str:
    """Return a box that people may tick; `name` is a word, with `=FINGERPRINT` where it is for one cause."""
    return f"- [ ] <!-- gitops-bot:{name} --> {text}"


def untick(body: str) -> str:
    """Return the body with all of the bot's boxes unticked."""
    return _TICKED.sub(lambda found: found.group().replace("[x]", "[ ]").replace("[X]", "[ ]"), body)


def keep_ticks(body: str, names: Iterable[str]) -> str:
    """Return the body with the boxes of these names ticked, as far as it has them."""
    for name in names:
        body = body.replace(box(name, ""), box(name, "").replace("[ ]", "[x]", 1))
    return body


def tick(body: str, name: str, text: str) -> str:
    """Return the body with a box ticked; one that is not there any more comes back at the end, with its `text`."""
    if name in ticked(body):
        return body
    done = keep_ticks(body, (name,))
    return done if name in ticked(done) else f"{body.rstrip()}\n\n{keep_ticks(box(name, text), (name,))}\n"


def ticked(body: str) -> tuple[str, ...]:
    """Return the names of the boxes that are ticked in a body, each once; what stands in a fence is none of ours."""
    plain = _FENCE.sub("", body.replace("\r\n", "\n"))
    return tuple(dict.fromkeys(_TICKED.findall(plain)))
