"""Proof: the new text's events equal the old ones with exactly the intended change spliced in."""

from __future__ import annotations

from dataclasses import dataclass

from gitops_bot.yamlpatch.errors import PatchRefused, RefusalReason
from gitops_bot.yamlpatch.events import ALIAS, MAPPING, SCALAR, SEQUENCE, Document, parse
from gitops_bot.yamlpatch.scalars import Json, readings, same


@dataclass(frozen=True, slots=True)
class Change:
    """Old events [first:last) give way to `key` (when there is one) and `value`, or to nothing (`removes`).

    With `keeps_keys` old keys like `on` or `8080` may stay as they are where `value` has them as strings.
    """

    first: int
    last: int
    key: str | None
    value: Json
    removes: bool = False
    keeps_keys: bool = False


def verify(before: Document, text: str, changes: list[Change]) -> Document:
    """Parse the new text; returns it when it reads as the old document with these changes, else raises PatchRefused."""
    try:
        after = parse(text)
    except PatchRefused as error:
        raise PatchRefused(RefusalReason.NOT_VERIFIED, f"the edited text does not parse ({error.detail})") from error
    old = new = 0
    for change in sorted(changes, key=lambda change: change.first):
        width = change.first - old
        _same_events(before, after, old, new, width)
        old, new = change.last, _skip_change(before, after, new + width, change)
    _same_events(before, after, old, new, len(before.kinds) - old)
    if new + len(before.kinds) - old != len(after.kinds):
        raise _differs()
    return after


def _same_events(before: Document, after: Document, old: int, new: int, width: int) -> None:
    if before.signatures[old : old + width] != after.signatures[new : new + width]:
        raise _differs()


def _skip_change(before: Document, after: Document, position: int, change: Change) -> int:
    """Check the change's new events from `position` on; returns the position behind them."""
    if change.removes:
        return position
    if change.key is not None:
        if position >= len(after.kinds) or not _is_key(after, position, change.key):
            raise _differs()
        position += 1
    if position >= len(after.kinds) or not _is_value(after, position, change.value, keeps_keys=change.keeps_keys):
        raise _differs()
    if change.first < change.last and before.events[change.first].anchor != after.events[position].anchor:
        raise _differs()
    return position + 1 if after.kinds[position] == SCALAR else after.close[position] + 1


def _differs() -> PatchRefused:
    return PatchRefused(RefusalReason.NOT_VERIFIED, "the edited text does not read as the document with the change")


def _is_key(document: Document, node: int, key: str) -> bool:
    return document.kinds[node] == SCALAR and document.events[node].tag is None and _is_scalar(document, node, key)


def _is_value(document: Document, node: int, value: Json, *, keeps_keys: bool) -> bool:
    """Do the new events mean this value under every schema, and without any tag?"""
    kind = document.kinds[node]
    if kind == ALIAS or document.events[node].tag is not None:
        return False
    if kind == SCALAR:
        return _is_scalar(document, node, value)
    children = document.children(node)
    if kind == SEQUENCE:
        return (
            isinstance(value, list)
            and len(children) == len(value)
            and all(
                _is_value(document, child, item, keeps_keys=keeps_keys)
                for child, item in zip(children, value, strict=True)
            )
        )
    if not isinstance(value, dict) or len(children) != 2 * len(value):
        return False
    return all(
        document.kinds[key] == SCALAR
        and document.value(key) in value
        and (keeps_keys or _is_key(document, key, document.value(key)))
        and _is_value(document, item, value[document.value(key)], keeps_keys=keeps_keys)
        for key, item in zip(children[::2], children[1::2], strict=True)
    )


def _is_scalar(document: Document, node: int, value: object) -> bool:
    text = document.value(node)
    if not document.is_plain(node):
        return isinstance(value, str) and text == value
    return all(same(reading, value) for reading in readings(text))


def matches(document: Document, node: int, value: Json, *, exactly: bool = False) -> bool:
    """Does the node have the value? Plain scalars that the schemas read apart match by any of their readings.

    `exactly` asks that every schema reads just this value (numbers with their type): then there is nothing to change.
    """
    kind = document.kinds[node]
    if kind == SCALAR:
        text = document.value(node)
        if not document.is_plain(node):
            return isinstance(value, str) and text == value
        found = [same(reading, value) or (not exactly and _same_number(reading, value)) for reading in readings(text)]
        return all(found) if exactly else any(found) or value == text
    if kind == ALIAS or document.events[node].tag is not None:
        return False
    children = document.children(node)
    if kind == SEQUENCE:
        return (
            isinstance(value, list)
            and len(children) == len(value)
            and all(
                matches(document, child, item, exactly=exactly) for child, item in zip(children, value, strict=True)
            )
        )
    if kind != MAPPING or not isinstance(value, dict) or len(children) != 2 * len(value):
        return False
    return all(
        document.kinds[key] == SCALAR
        and document.value(key) in value
        and matches(document, item, value[document.value(key)], exactly=exactly)
        for key, item in zip(children[::2], children[1::2], strict=True)
    )


def _same_number(reading: object, value: object) -> bool:
    """JSON numbers are equal by value: 1 and 1.0."""
    numbers = all(isinstance(side, (int, float)) and not isinstance(side, bool) for side in (reading, value))
    return numbers and reading == value
