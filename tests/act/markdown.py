"""Markdown as the forge shows it: what is live outside code."""

from __future__ import annotations

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token

MENTION = re.compile(r"(?<![\w/])@[A-Za-z0-9]")
REFERENCE = re.compile(r"(?<!\w)(?:#|GH-)\d", re.IGNORECASE)
ADDRESS = re.compile(r"https?://|www\.|mailto:|\S@\S", re.IGNORECASE)
INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\x00-\x08\x0b-\x1f\x7f-\x9f]")
_PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def tokens(markdown: str) -> Iterator[Token]:
    """All tokens, those inside lines too."""
    for token in _PARSER.parse(markdown):
        yield token
        yield from token.children or ()


def kinds(markdown: str) -> set[str]:
    return {token.type for token in tokens(markdown)}


def live_text(markdown: str) -> str:
    """The text outside code and HTML, which the forge looks through for mentions and addresses."""
    return "\n".join(token.content for token in tokens(markdown) if token.type == "text")


def links(markdown: str) -> list[str]:
    return [str(token.attrs["href"]) for token in tokens(markdown) if token.type == "link_open"]


def html(markdown: str) -> list[str]:
    return [token.content.strip() for token in tokens(markdown) if token.type in {"html_inline", "html_block"}]


def cells(markdown: str) -> list[list[str]]:
    """The rows of all tables, as the source of their cells."""
    rows: list[list[str]] = []
    inside = False
    for token in _PARSER.parse(markdown):
        if token.type == "tr_open":
            rows.append([])
        elif token.type in {"td_open", "th_open"}:
            inside = True
        elif token.type == "inline" and inside:
            rows[-1].append(token.content)
            inside = False
    return rows
