"""Differences, coloured, with line numbers on both sides."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gitops_bot.sandbox.forge.git import FileChange
from gitops_bot.sandbox.forge.web.markup import Markup, joined, markup, plural

HUNK = re.compile(r"@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@")
KINDS = {"+": "add", "-": "del", "@": "at"}
MOST_LINES = 3000


@dataclass(frozen=True)
class Line:
    """One line of a hunk; a number is empty on the side where the line is not."""

    kind: str
    old: str
    new: str
    text: str


def coloured_lines(patch: str) -> Markup:
    """A patch as it stands in a block of code: one coloured line each."""
    lines = (
        markup('<span class="{kind}">{text}</span>', kind=KINDS[line[0]], text=line)
        if line[:1] in KINDS
        else markup("{text}\n", text=line)
        for line in patch.rstrip("\n").split("\n")
    )
    return joined(lines)


def numbered_lines(patch: str) -> Iterator[Line]:
    """The hunks' lines with their numbers before and after."""
    old = new = 0
    for text in patch.split("\n"):
        found = HUNK.match(text)
        if found:
            old, new = int(found[1]), int(found[2])
            yield Line("at", "", "", text)
        elif text.startswith("+"):
            yield Line("add", "", str(new), text)
            new += 1
        elif text.startswith("-"):
            yield Line("del", str(old), "", text)
            old += 1
        elif text.startswith("\\"):
            yield Line("at", "", "", text)
        else:
            yield Line("", str(old), str(new), text)
            old, new = old + 1, new + 1


def files_changed(changes: Sequence[FileChange]) -> Markup:
    """All files of a difference, each folded open, with a heading that sums them up."""
    if not changes:
        return Markup('<h2>Files changed</h2><p class="quiet">No file is changed: the commit is empty.</p>')
    heading = markup(
        '<h2>{files} changed <span class="small"><span class="plus">+{plus}</span> '
        '<span class="minus">−{minus}</span></span></h2>',
        files=plural(len(changes), "file"),
        plus=sum(change.additions for change in changes),
        minus=sum(change.deletions for change in changes),
    )
    return joined([heading, *(_file(change) for change in changes)])


def _file(change: FileChange) -> Markup:
    name = f"{change.previous_path} → {change.path}" if change.previous_path else change.path
    return markup(
        '<details class="file" open><summary><code>{name}</code> <span class="quiet small">{status}</span>'
        '<span class="counts"><span class="plus">+{plus}</span> <span class="minus">−{minus}</span></span></summary>'
        '<div class="scroll">{table}</div></details>',
        name=name,
        status="" if change.status == "modified" else change.status,
        plus=change.additions,
        minus=change.deletions,
        table=_table(change.patch),
    )


def _table(patch: str) -> Markup:
    if not patch:
        return Markup('<p class="quiet prose">There are no lines to show.</p>')
    if patch.count("\n") > MOST_LINES:
        return Markup('<p class="quiet prose">This difference is too long to be shown.</p>')
    row = '<tr class="{kind}"><td class="no">{old}</td><td class="no">{new}</td><td>{text}</td></tr>'
    rows = (markup(row, kind=line.kind, old=line.old, new=line.new, text=line.text) for line in numbered_lines(patch))
    return markup('<table class="diff">{rows}</table>', rows=joined(rows))
