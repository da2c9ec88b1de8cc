"""Which values a chart's templates name where they write a field."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gitops_bot.clients.workspace import Workspace
from gitops_bot.locate.sites.guessing.fitting import text_of
from gitops_bot.locate.sites.guessing.guesses import similarity
from gitops_bot.locate.sites.layers.helm import references, template_lines
from gitops_bot.locate.sites.layers.layer import Templates
from gitops_bot.locate.sites.places import Tokens
from gitops_bot.locate.sites.target import Target, element_name, plain_word

_IMAGE_PARTS = ("tag", "imagetag", "version", "digest", "image", "repository", "registry")
_ON_LINE = 20
_FLAG = re.compile(r"--?[\w.-]+=")


def referenced(workspace: Workspace, templates: tuple[Templates, ...], target: Target) -> dict[Tokens, int]:
    """Return the paths of the values that may give the field, the likeliest first, each with how likely it is.

    A path on a line that writes the field's key counts most. For a field that is not there yet, a path to a map in
    which it would stand is completed.
    """
    found: dict[Tokens, int] = {}
    if not target.words:
        return found
    key, _ = next(writing(target))
    for chart, line in template_lines(workspace, templates):
        on_line = bool(key.search(line.text))
        for path in references(line.text):
            for tokens in _paths(path, target, on_line=on_line):
                score = _ON_LINE * on_line + similarity(target, tokens)
                for full in {(*chart.prefix, *tokens), tokens}:
                    found[full] = max(found.get(full, 0), score)
    ordered = sorted(found, key=lambda path: (-found[path], len(path), [str(token) for token in path]))
    return {path: found[path] for path in ordered}


def writing(target: Target) -> Iterator[tuple[re.Pattern[str], Tokens]]:
    """Yield what a template's line has that writes the field: its key, its list's, or what a flag's value follows.

    Then what has a line that writes a map around it, with where in the map the field stands.
    """
    flag = _FLAG.match(text_of(target.plain)) if isinstance(target.plain, str) else None
    if isinstance(target.tokens[-1], int) and flag is not None:
        yield re.compile(re.escape(flag[0])), ()
        return
    last = next((depth for depth in reversed(range(len(target.tokens))) if isinstance(target.tokens[depth], str)), 0)
    for depth in range(last, -1, -1):
        rest = target.tokens[depth + 1 :] if depth < last else ()
        if not all(isinstance(token, str) for token in (target.tokens[depth], *rest)):
            return
        yield re.compile(rf"(?:^|[\s{{,\"'-]){re.escape(str(target.tokens[depth]))}[\"']?\s*:"), rest


def _paths(path: tuple[str, ...], target: Target, *, on_line: bool) -> Iterator[Tokens]:
    words, last = target.words, plain_word(path[-1])
    spelled = plain_word("".join(path)).endswith(words[-1])
    if on_line or last == words[-1] or spelled or (target.is_image and last in _IMAGE_PARTS):
        yield path
    if target.exists:
        # What stands there comes of something else: a map that held the key as well would write it twice.
        return
    for depth in range(len(words) - 1):
        if words[depth] == last or words[depth].endswith(last) or last.endswith(words[depth]):
            rest = target.tokens[depth + 1 :]
            if all(isinstance(token, str) for token in rest):
                yield (*path, *rest)
    element = target.element
    if element is not None and last in words and element_name(element):
        yield (*path, element_name(element))
