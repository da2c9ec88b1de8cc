"""The first content of a document that has none: an empty file, one of comments alone, or a bare `---`."""

from __future__ import annotations

from gitops_bot.yamlpatch.edits.operation import Operation
from gitops_bot.yamlpatch.errors import PatchRefused, RefusalReason
from gitops_bot.yamlpatch.events import Document
from gitops_bot.yamlpatch.layout import Edit, end_of_line, has_properties, is_empty
from gitops_bot.yamlpatch.navigate import parse_pointer
from gitops_bot.yamlpatch.scalars import Json
from gitops_bot.yamlpatch.writing import Style, flow_text, mapping_lines, sequence_lines


def has_no_content(document: Document) -> bool:
    """Is there nothing in the document save comments, directives and `---`?"""
    return not document.kinds or (is_empty(document, 0) and not has_properties(document, 0))


def first_value(operation: Operation) -> Json:
    """The document that the operation makes of nothing: its value at the root, or under the one key of its path.

    Raises PatchRefused where that is not clear: a list's index, which may be a key too, or a longer path.
    """
    tokens = parse_pointer(operation.path)
    if not tokens:
        return operation.value
    if operation.name == "add" and len(tokens) == 1 and tokens[0] != "-" and not tokens[0].isdigit():
        return {tokens[0]: operation.value}
    raise PatchRefused(RefusalReason.POINTER_NOT_FOUND, f"{operation.path!r} leads nowhere: the document is empty")


def first_edit(document: Document, value: Json) -> Edit:
    """The edit that writes the value below all comments, at the document's end."""
    text = document.text
    break_ = end_of_line(text, 0)
    unfinished = bool(text) and not text.endswith("\n")
    style = Style(sequence_offset=2, end_of_line=break_, literal=not unfinished)
    if isinstance(value, dict) and value:
        lines = mapping_lines(value, 0, style)
    elif isinstance(value, list) and value:
        lines = sequence_lines(value, 0, style)
    else:
        lines = [flow_text(value, style)]
    written = break_.join(lines)
    return Edit(len(text), len(text), break_ + written if unfinished else written + break_)
