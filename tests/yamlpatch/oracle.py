"""A second reader (ruamel.yaml's own parser, under YAML 1.1 and 1.2), and what a minimal change looks like."""

from __future__ import annotations

import copy
from typing import cast

import jsonpatch
from ruamel.yaml import YAML
from ruamel.yaml.constructor import SafeConstructor

from gitops_bot.yamlpatch import patch

Operation = dict[str, object]


class _Constructor(SafeConstructor):
    """Dates stay strings, as Kubernetes has them."""


for _name in ("timestamp", "value"):
    _Constructor.add_constructor(f"tag:yaml.org,2002:{_name}", SafeConstructor.construct_yaml_str)


def read(source: bytes, version: tuple[int, int] = (1, 2)) -> list[object]:
    """All documents of a stream."""
    yaml = YAML(typ="safe", pure=True)
    yaml.Constructor = _Constructor
    yaml.version = version
    yaml.allow_duplicate_keys = True
    return [_plain(document) for document in yaml.load_all(source.decode("utf-8-sig"))]


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value


def same(left: object, right: object) -> bool:
    """Equal in value and in type."""
    if type(left) is not type(right):
        return False
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    return left == right or (left != left and right != right)


def patched(
    source: bytes | str,
    *operations: Operation,
    document: int = 0,
    versions: tuple[tuple[int, int], ...] = ((1, 1), (1, 2)),
) -> bytes:
    """patch(), with its result checked against jsonpatch under both versions of YAML."""
    before = source.encode() if isinstance(source, str) else source
    after = patch(before, document, list(operations))
    for version in versions:
        expected = read(before, version)
        expected[document] = cast("object", jsonpatch.apply_patch(copy.deepcopy(expected[document]), list(operations)))
        assert same(read(after, version), expected), f"YAML {version}: {after!r}"
    return after


def changed(before: bytes, after: bytes) -> tuple[list[bytes], list[bytes]]:
    """(lines taken away, lines put there), between the lines that both have at their start and end."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    shorter = min(len(old), len(new))
    head = next((at for at in range(shorter) if old[at] != new[at]), shorter)
    tail = next((at for at in range(shorter - head) if old[-1 - at] != new[-1 - at]), shorter - head)
    return old[head : len(old) - tail], new[head : len(new) - tail]


def replace(path: str, value: object) -> Operation:
    return {"op": "replace", "path": path, "value": value}


def add(path: str, value: object) -> Operation:
    return {"op": "add", "path": path, "value": value}


def remove(path: str) -> Operation:
    return {"op": "remove", "path": path}


def check(path: str, value: object) -> Operation:
    return {"op": "test", "path": path, "value": value}
