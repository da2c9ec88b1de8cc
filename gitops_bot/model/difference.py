"""What differs between two objects, field by field, with list elements matched as Kubernetes merges them."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from gitops_bot.model.json import Json
from gitops_bot.model.resource import Manifest, ResourceKey

MERGE_KEYS = ("name", "containerPort", "port", "mountPath", "key", "topologyKey", "ip")


class FieldChange(Struct, frozen=True):
    """One field that differs.

    `pointer` is an RFC 6901 pointer into the object that has the field (the new one, or the old one where the field
    went away); `label` is the same for people (`spec.template.spec.containers[api].image`). `absent_before` and
    `absent_after` tell a missing field from a null.
    """

    pointer: str
    label: str
    before: Json = None
    after: Json = None
    absent_before: bool = False
    absent_after: bool = False


class ObjectChange(Struct, frozen=True):
    """How one object differs; without `fields` it came (`added`) or went (`removed`) whole."""

    key: ResourceKey
    fields: tuple[FieldChange, ...] = ()
    added: bool = False
    removed: bool = False


def escape(token: str) -> str:
    """Return a map key or list index as an RFC 6901 reference token."""
    return token.replace("~", "~0").replace("/", "~1")


def differences(before: Json, after: Json) -> tuple[FieldChange, ...]:
    """Return the fields, leaves where possible, in which `after` differs from `before`, in document order."""
    return tuple(_walk(before, after, "", ""))


def compare(before: tuple[Manifest, ...], after: tuple[Manifest, ...]) -> tuple[ObjectChange, ...]:
    """Return how a rendered set of objects differs from another, sorted by object."""
    old = {manifest.key: manifest.body for manifest in before}
    new = {manifest.key: manifest.body for manifest in after}
    changes = []
    for key in sorted(old.keys() | new.keys()):
        if key not in new:
            changes.append(ObjectChange(key, removed=True))
        elif key not in old:
            changes.append(ObjectChange(key, added=True))
        elif fields := differences(old[key], new[key]):
            changes.append(ObjectChange(key, fields))
    return tuple(changes)


def _walk(before: Json, after: Json, pointer: str, label: str) -> Iterator[FieldChange]:
    if isinstance(before, dict) and isinstance(after, dict):
        yield from _maps(before, after, pointer, label)
    elif isinstance(before, list) and isinstance(after, list):
        yield from _lists(before, after, pointer, label)
    elif not _same(before, after):
        yield FieldChange(pointer, label, before, after)


def _same(before: Json, after: Json) -> bool:
    # Python holds True == 1 and 1 == 1.0; to Kubernetes a boolean is no number.
    if isinstance(before, bool) is not isinstance(after, bool):
        return False
    return before == after


def _maps(before: dict[str, Json], after: dict[str, Json], pointer: str, label: str) -> Iterator[FieldChange]:
    for key in [*before, *(key for key in after if key not in before)]:
        inner = f"{pointer}/{escape(key)}"
        name = f"{label}.{key}" if label else key
        if key not in after:
            yield FieldChange(inner, name, before[key], absent_after=True)
        elif key not in before:
            yield FieldChange(inner, name, None, after[key], absent_before=True)
        else:
            yield from _walk(before[key], after[key], inner, name)


def merge_key(*lists: list[Json]) -> str | None:
    """Return the key by which the elements of all `lists` can be told apart, or None."""
    for key in MERGE_KEYS:
        if all(_unique(values, key) for values in lists):
            return key
    return None


def _unique(values: list[Json], key: str) -> bool:
    names = [value.get(key) for value in values if isinstance(value, dict)]
    usable = len(names) == len(values) and all(isinstance(name, str | int) for name in names)
    return usable and len({str(name) for name in names}) == len(names)


def _lists(before: list[Json], after: list[Json], pointer: str, label: str) -> Iterator[FieldChange]:
    key = merge_key(before, after) if before and after else None
    if key is None:
        yield from _by_position(before, after, pointer, label)
        return
    old = {_name(value, key): (index, value) for index, value in enumerate(before)}
    new = {_name(value, key): (index, value) for index, value in enumerate(after)}
    for name in [*old, *(name for name in new if name not in old)]:
        inner = f"{label}[{name}]"
        if name not in new:
            yield FieldChange(f"{pointer}/{old[name][0]}", inner, old[name][1], absent_after=True)
        elif name not in old:
            yield FieldChange(f"{pointer}/{new[name][0]}", inner, None, new[name][1], absent_before=True)
        else:
            yield from _walk(old[name][1], new[name][1], f"{pointer}/{new[name][0]}", inner)


def _name(value: Json, key: str) -> str:
    return str(value.get(key)) if isinstance(value, dict) else ""


def _by_position(before: list[Json], after: list[Json], pointer: str, label: str) -> Iterator[FieldChange]:
    for index in range(max(len(before), len(after))):
        inner, name = f"{pointer}/{index}", f"{label}[{index}]"
        if index >= len(after):
            yield FieldChange(inner, name, before[index], absent_after=True)
        elif index >= len(before):
            yield FieldChange(inner, name, None, after[index], absent_before=True)
        else:
            yield from _walk(before[index], after[index], inner, name)
