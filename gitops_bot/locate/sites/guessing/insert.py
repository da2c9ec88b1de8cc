"""Keys that are not there yet: what to add to a document so that they are."""

from __future__ import annotations

from gitops_bot.locate.sites.answer import Insertion
from gitops_bot.locate.sites.places import MISSING, Tokens, get, join_tokens
from gitops_bot.locate.sites.target import element_name
from gitops_bot.model.difference import MERGE_KEYS
from gitops_bot.model.json import Json

LONGEST_COPY = 40


def insertion(root: Json, base: str, tokens: Tokens, core: Json, lower: Json = None) -> Insertion | None:
    """Return what puts `core` at `tokens` beneath `root`, which stands at the pointer `base`; None where it cannot be.

    Maps on the way are made; a list is copied from `lower`, the same tree in the weaker layers, since a list in a
    stronger layer takes the place of the whole.
    """
    value: object = root
    for depth, token in enumerate(tokens):
        inner = get(value, (token,)) if isinstance(value, dict | list) else MISSING
        if inner is not MISSING and inner is not None:
            value = inner
            continue
        rest = tokens[depth + 1 :]
        nested = _nested(rest, core, get(lower, tokens[: depth + 1]))
        if nested is MISSING or not isinstance(value, dict):
            return None
        here = base + join_tokens(tokens[: depth + 1])
        known: Json = nested  # type: ignore[assignment]
        return Insertion(pointer=here, value=known, leaf=rest, replaces=inner is None)
    if isinstance(value, dict | list) and value and not isinstance(core, dict | list):
        return None
    return Insertion(pointer=base + join_tokens(tokens), value=core, replaces=True)


def _nested(rest: Tokens, core: Json, lower: object) -> object:
    if not rest:
        return core
    head, *tail = rest
    if isinstance(head, int):
        if not isinstance(lower, list) or head >= len(lower) or len(lower) > LONGEST_COPY:
            return MISSING
        inner = _nested(tuple(tail), core, lower[head]) if tail else core
        if isinstance(lower[head], dict) and isinstance(inner, dict):
            inner = _merged(lower[head], inner)
        return MISSING if inner is MISSING else [*lower[:head], inner, *lower[head + 1 :]]
    inner = _nested(tuple(tail), core, get(lower, (head,)) if isinstance(lower, dict) else MISSING)
    return MISSING if inner is MISSING else {str(head): inner}


def _merged(lower: Json, upper: Json) -> Json:
    if isinstance(lower, dict) and isinstance(upper, dict):
        return {**lower, **{key: _merged(lower.get(key), value) for key, value in upper.items()}}
    return upper


def into_object(live: Json, root: Json, base: str, tokens: Tokens, core: Json) -> Insertion | None:
    """Return what puts `core` into a manifest or a strategic patch of the live object, list elements by merge key."""
    value: object = root
    here: object = live
    path: list[str | int] = []
    for depth, token in enumerate(tokens):
        rest = tokens[depth + 1 :]
        inside = get(here, (token,)) if isinstance(here, dict | list) else MISSING
        index = _index(value, inside) if isinstance(value, list) else None
        if isinstance(value, list) and index is None:
            added = _strategic(inside, rest, core)
            pointer = base + join_tokens(tuple(path))
            return None if added is None else Insertion(pointer=f"{pointer}/-", value=added, leaf=rest)
        step = token if index is None else index
        if not isinstance(value, dict | list):
            return None
        inner = get(value, (step,))
        path.append(step)
        if inner is MISSING or inner is None:
            pointer = base + join_tokens(tuple(path))
            nested, leaf = _tree(inside, rest, core)
            if nested is None:
                return None
            return Insertion(pointer=pointer, value=nested, leaf=leaf, replaces=inner is None)
        value, here = inner, inside
    return Insertion(pointer=base + join_tokens(tuple(path)), value=core, replaces=True)


def _index(elements: list[Json], wanted: object) -> int | None:
    name = element_name(wanted)
    named = [index for index, one in enumerate(elements) if name and element_name(one) == name]
    return named[0] if len(named) == 1 else None


def _tree(live: object, rest: Tokens, core: Json) -> tuple[Json, Tokens]:
    """Return what stands at a new key: the core, or maps and one-element lists down to it."""
    if not rest:
        return core, ()
    head, *tail = rest
    inside = get(live, (head,)) if isinstance(live, dict | list) else MISSING
    if isinstance(head, int):
        element = _strategic(inside, tuple(tail), core)
        return ([element], (0, *tail)) if element is not None else (None, ())
    inner, leaf = _tree(inside, tuple(tail), core)
    return ({str(head): inner}, (str(head), *leaf)) if inner is not None or not tail else (None, ())


def _strategic(live: object, rest: Tokens, core: Json) -> Json:
    """Return a list element that names itself by its merge key and holds the core, None where it has no such key."""
    if not isinstance(live, dict) or not rest:
        return None
    key = next((key for key in MERGE_KEYS if isinstance(live.get(key), str | int)), None)
    inner, _ = _tree(live, rest, core)
    if key is None or not isinstance(inner, dict):
        return None
    return {key: live[key], **inner}
