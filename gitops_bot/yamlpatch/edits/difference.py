"""A collection replaced by one of its kind → the small operations that lead from the one to the other."""

from __future__ import annotations

from gitops_bot.yamlpatch.edits.operation import Operation
from gitops_bot.yamlpatch.events import MAPPING, SCALAR, SEQUENCE, Document
from gitops_bot.yamlpatch.scalars import Json
from gitops_bot.yamlpatch.verify import matches

_MOST_STEPS = 64


def difference(document: Document, node: int, pointer: str, value: Json) -> list[Operation] | None:
    """The operations that make the collection at the pointer equal `value`, in order of their execution.

    None where that is no gain: another kind, nothing in common, an empty value, or more steps than a rewrite is worth.
    """
    if not value or not isinstance(value, (dict, list)):
        return None
    kind = MAPPING if isinstance(value, dict) else SEQUENCE
    if document.kinds[node] != kind or not document.children(node):
        return None
    steps: list[Operation] = []
    if not _collect(document, node, pointer, value, steps) or len(steps) > _MOST_STEPS:
        return None
    return steps


def _collect(document: Document, node: int, pointer: str, value: Json, steps: list[Operation]) -> bool:
    if matches(document, node, value, exactly=True):
        return True
    kind = document.kinds[node]
    if kind == MAPPING and isinstance(value, dict) and value and not document.events[node].tag:
        return _collect_mapping(document, node, pointer, value, steps)
    if kind == SEQUENCE and isinstance(value, list) and value and not document.events[node].tag:
        return _collect_sequence(document, node, pointer, value, steps)
    steps.append(Operation("replace", pointer, value))
    return True


def _collect_mapping(
    document: Document, node: int, pointer: str, value: dict[str, Json], steps: list[Operation]
) -> bool:
    children = document.children(node)
    keys = [document.value(key) if document.kinds[key] == SCALAR else None for key in children[::2]]
    names = [key for key in keys if key is not None and key != "<<"]
    if len(set(names)) != len(keys) or not set(names) & value.keys():
        return False
    for name, item in zip(names, children[1::2], strict=True):
        if name in value and not _collect(document, item, f"{pointer}/{_escape(name)}", value[name], steps):
            steps.append(Operation("replace", f"{pointer}/{_escape(name)}", value[name]))
    steps += [Operation("remove", f"{pointer}/{_escape(name)}", None) for name in names if name not in value]
    steps += [Operation("add", f"{pointer}/{_escape(name)}", item) for name, item in value.items() if name not in names]
    return True


def _collect_sequence(document: Document, node: int, pointer: str, value: list[Json], steps: list[Operation]) -> bool:
    items = document.children(node)
    shorter = min(len(items), len(value))
    equal = [matches(document, item, new, exactly=True) for item, new in zip(items, value, strict=False)]
    head = equal.index(False) if False in equal else shorter
    tail = 0
    while tail < shorter - head and matches(document, items[-1 - tail], value[-1 - tail], exactly=True):
        tail += 1
    both = shorter - head - tail
    rewritten = [
        at for at in range(head, head + both) if not _collect(document, items[at], f"{pointer}/{at}", value[at], steps)
    ]
    steps += [Operation("replace", f"{pointer}/{at}", value[at]) for at in rewritten]
    gone = range(len(items) - tail - 1, head + both - 1, -1)
    steps += [Operation("remove", f"{pointer}/{at}", None) for at in gone]
    steps += [Operation("add", f"{pointer}/{at}", value[at]) for at in range(head + both, len(value) - tail)]
    return True


def _escape(token: str) -> str:
    return token.replace("~", "~0").replace("/", "~1")
