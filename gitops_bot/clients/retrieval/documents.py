"""Runbooks as retrieval reads them: Markdown, or incidents from memory, as documents of a few fields.

All text is untrusted: it is size-capped here and never rendered; whoever shows it redacts and neutralises it.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from msgspec import Struct

from gitops_bot.clients.retrieval.words import alert_names

LONGEST_TEXT = 64 * 1024
LONGEST_LEAD = 800
LONGEST_HEADING = 200
_FRONT_MATTER = re.compile(r"\A(?:---|\+\+\+)[ \t]*\n(.*?)^(?:---|\+\+\+)[ \t]*$\n?", re.DOTALL | re.MULTILINE)
_FRONT_TITLE = re.compile(r"^[ \t]*title[ \t]*[:=][ \t]*(.*)$", re.IGNORECASE | re.MULTILINE)
_FRONT_KEY = re.compile(r"^[ \t]*[\w.-]+[ \t]*[:=]", re.MULTILINE)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,300}>|\{\{[^{}]{0,300}\}\}")
_LINK = re.compile(r"!?\[([^\[\]]{0,300})\](?:\([^()]{0,800}\)|\[[^\[\]]{0,100}\])")
_ADDRESS = re.compile(r"https?://[^\s()<>]*")
_HEADING = re.compile(r" {0,3}#{1,6}(?:[ \t]+(.*?))?[ \t#]*$")
_FENCE = re.compile(r" {0,3}(```+|~~~+)")


class Document(Struct, frozen=True, kw_only=True):
    """One runbook or incident, by the parts that retrieval weighs.

    `path` says where it lies; `title` is for people; `names` are the alerts that it is about; `tags` what its front
    matter says; `lead` its first prose and `headings` its other headings; `commands` its blocks of code. `text` is the
    whole, as it was written.
    """

    path: str
    title: str
    names: tuple[str, ...] = ()
    tags: str = ""
    headings: tuple[str, ...] = ()
    lead: str = ""
    body: str = ""
    commands: str = ""
    text: str = ""


def read_markdown(path: str, text: str) -> Document:
    """Return the document that a Markdown text is; `path` (POSIX, relative) may carry an alert's name."""
    text = text[:LONGEST_TEXT].removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    front = _FRONT_MATTER.match(text)
    metadata = front.group(1) if front else ""
    sections, commands = _sections(_plain(text[front.end() :] if front else text))
    stem = PurePosixPath(path).stem
    titled = _FRONT_TITLE.search(metadata)
    first = next((heading for heading, _ in sections if heading), "")
    title = (titled.group(1).strip(" \t\"'") if titled else "") or first or stem
    prose = [prose for _, prose in sections if prose]
    lead = prose[0] if prose else ""
    return Document(
        path=path,
        title=title[:LONGEST_HEADING],
        names=tuple(dict.fromkeys([*alert_names(stem), *alert_names(title), *alert_names(first)])),
        tags=_FRONT_KEY.sub(" ", _FRONT_TITLE.sub("", metadata)),
        headings=tuple(heading for heading, _ in sections if heading and heading != title),
        lead=lead[:LONGEST_LEAD],
        body="\n".join([lead[LONGEST_LEAD:], *prose[1:]]),
        commands="\n".join(commands),
        text=text,
    )


def _plain(text: str) -> str:
    """Return Markdown without comments, tags, link targets and addresses."""
    text = _COMMENT.sub(" ", text) if "<!--" in text else text
    text = _LINK.sub(r"\1", text) if "](" in text or "][" in text else text
    text = _ADDRESS.sub(" ", text) if "://" in text else text
    return _TAG.sub(" ", text) if "<" in text or "{{" in text else text


def _sections(text: str) -> tuple[list[tuple[str, str]], list[str]]:
    """Return each heading with the prose under it (the first pair has what stands before any), and the code."""
    sections: list[tuple[str, list[str]]] = [("", [])]
    code: list[str] = []
    fence = ""
    for line in text.split("\n"):
        mark = _FENCE.match(line) if "```" in line or "~~~" in line else None
        if mark and (not fence or mark.group(1).startswith(fence)):
            fence = "" if fence else mark.group(1)
        elif fence:
            code.append(line)
        elif "#" in line and (found := _HEADING.match(line)):
            sections.append(((found.group(1) or "")[:LONGEST_HEADING].strip(), []))
        else:
            sections[-1][1].append(line)
    return [(heading, "\n".join(lines).strip()) for heading, lines in sections], code
