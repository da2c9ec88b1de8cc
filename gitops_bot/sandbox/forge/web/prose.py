"""Markdown as GitHub shows it, with no HTML of the writer's own but a handful of harmless tags."""

from __future__ import annotations

import functools
import html
import re
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from gitops_bot.sandbox.forge.web.diffs import coloured_lines
from gitops_bot.sandbox.forge.web.markup import Markup, markup

COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
HARMLESS = re.compile(r"(</?(?:details|summary|sub|sup|kbd|br|hr)\s*/?>|<details open(?:=\"\")?>)", re.IGNORECASE)


def filtered_html(text: str) -> str:
    """Raw HTML with comments taken out and everything but the harmless tags escaped."""
    parts = HARMLESS.split(COMMENT.sub("", text))
    return "".join(part if index % 2 else html.escape(part) for index, part in enumerate(parts))


class _Renderer(RendererHTML):
    """GitHub's deviations from plain Markdown; the base class finds these methods by their tokens' names and
    gives each the same arguments, used or not."""

    def html_block(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:  # noqa: ARG002
        return filtered_html(tokens[idx].content)

    def html_inline(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:  # noqa: ARG002
        return filtered_html(tokens[idx].content)

    def image(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:  # noqa: ARG002
        # Nothing is loaded from elsewhere: what a picture says stands in its place.
        return markup('<span class="quiet">[image: {text}]</span>', text=tokens[idx].content)

    def fence(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:  # noqa: ARG002
        token = tokens[idx]
        if token.info.strip().partition(" ")[0] == "diff":
            return markup("<pre><code>{lines}</code></pre>\n", lines=coloured_lines(token.content))
        return markup("<pre><code>{text}</code></pre>\n", text=token.content)


@functools.cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": True}, renderer_cls=_Renderer).enable(["table", "strikethrough"])


def render_markdown(text: str) -> Markup:
    """Markdown as safe HTML."""
    parser = _parser()
    tokens = parser.parse(text)
    for index, token in enumerate(tokens):
        _adjust(tokens, index, token)
    return Markup(parser.renderer.render(tokens, parser.options, {}))


def _adjust(tokens: Sequence[Token], index: int, token: Token) -> None:
    align = token.attrGet("style")
    if align is not None:
        # The pages' policy allows no style attribute.
        del token.attrs["style"]
        token.attrSet("class", str(align).removeprefix("text-align:"))
    for child in token.children or ():
        if child.type == "link_open":
            child.attrSet("rel", "nofollow noopener noreferrer")
    first = token.children[0] if token.children else None
    if index >= 2 and tokens[index - 2].type == "list_item_open" and first and first.type == "text":
        box = {"[ ] ": "☐ ", "[x] ": "☑ ", "[X] ": "☑ "}.get(first.content[:4])
        if box:
            first.content = box + first.content[4:]
            tokens[index - 2].attrSet("class", "task")
