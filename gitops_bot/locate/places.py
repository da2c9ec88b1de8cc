"""Where the fields that a commit changed in a file stand now, and the operations that set each of them back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from gitops_bot.clients.fleet import Fleet
from gitops_bot.model.difference import FieldChange, differences, escape, merge_key
from gitops_bot.model.json import Json, at, dig, mapping, unescape
from gitops_bot.model.plan import Operation
from gitops_bot.yamlpatch import PatchInvalid, PatchRefused, load_documents


class Place(Struct, frozen=True):
    """One document of one file, and the operations that set one field of it back."""

    path: str
    document: int
    operations: tuple[Operation, ...]


def find_places(fleet: Fleet, culprit: str, path: str) -> Iterator[Place]:
    """Yield the fields that the commit changed in the file and that have still the value that it gave them."""
    parent = fleet.repository.parent(culprit)
    versions = [fleet.repository.read(commit, path) for commit in (parent or culprit, culprit, fleet.commit)]
    good, bad, now = (_documents(version) for version in versions)
    for number, document in enumerate(bad):
        before = _counterpart(good, document, number, len(bad))
        here = _index(now, document, number, len(bad))
        if before is None or here is None:
            continue
        for change in differences(before, document):
            operations = _operations(change, before if change.absent_after else document, now[here])
            if operations:
                yield Place(path, here, operations)


def in_order(places: Iterable[Place]) -> list[Place]:
    """Return the places so that none moves another's: what stays, then what goes, from the end, then what comes."""
    return sorted(places, key=_order)


def _order(place: Place) -> tuple[int, list[tuple[int, str]]]:
    last = place.operations[-1]
    steps = [int(step) if step.isdecimal() else 0 for step in last.path.split("/")[1:]]
    names = last.path.split("/")[1:]
    if last.op == "remove":
        return 1, [(-number, name) for number, name in zip(steps, names, strict=True)]
    return (2 if last.op == "add" else 0), list(zip(steps, names, strict=True))


def _documents(content: bytes | None) -> list[Json]:
    try:
        loaded = load_documents(content or b"")
    except (PatchInvalid, PatchRefused):
        return []
    return [value if isinstance(value, dict | list) else None for value in loaded]


def _identity(document: Json) -> tuple[Json, ...]:
    metadata = mapping(dig(document, "metadata"))
    return dig(document, "apiVersion"), dig(document, "kind"), metadata.get("namespace"), metadata.get("name")


def _index(documents: list[Json], wanted: Json, number: int, count: int) -> int | None:
    """Return which document is the wanted one: by its identity, or by its number where it has none."""
    identity = _identity(wanted)
    if any(identity):
        found = [index for index, document in enumerate(documents) if _identity(document) == identity]
        return found[0] if len(found) == 1 else None
    return number if len(documents) == count else None


def _counterpart(documents: list[Json], wanted: Json, number: int, count: int) -> Json:
    index = _index(documents, wanted, number, count)
    return None if index is None else documents[index]


def _operations(change: FieldChange, version: Json, now: Json) -> tuple[Operation, ...]:
    """Return what sets the field back, nothing where it no longer has the culprit's value."""
    if change.absent_after:
        return _put_back(change, version, now)
    path = _today(change.pointer, version, now)
    if path is None or at(now, path) != change.after:
        return ()
    test = Operation(op="test", path=path, value=change.after)
    if change.absent_before:
        return (test, Operation(op="remove", path=path))
    return (test, Operation(op="replace", path=path, value=change.before))


def _put_back(change: FieldChange, version: Json, now: Json) -> tuple[Operation, ...]:
    """Return what adds a field again that the culprit took away, nothing where it is there again."""
    parent, _, last = change.pointer.rpartition("/")
    above = _today(parent, version, now)
    there = None if above is None else at(now, above)
    if isinstance(there, dict) and unescape(last) not in there:
        return (Operation(op="add", path=f"{above}/{last}", value=change.before),)
    if isinstance(there, list) and change.before not in there:
        key = merge_key([*there, change.before])
        if key is not None or not any(isinstance(one, dict) for one in there):
            return (Operation(op="add", path=f"{above}/{min(int(last), len(there))}", value=change.before),)
    return ()


def _today(pointer: str, version: Json, now: Json) -> str | None:
    """Return where the field at a pointer into `version` stands in `now`: elements of lists are found by their name."""
    path = ""
    for token in pointer.split("/")[1:]:
        step: str | int | None = unescape(token)
        if isinstance(version, list) and isinstance(now, list) and token.isdecimal():
            step = _same_element(version, now, int(token))
            if step is None:
                return None
            version, now = dig(version, int(token)), dig(now, step)
        else:
            version, now = dig(version, unescape(token)), dig(now, unescape(token))
        path += f"/{escape(str(step))}"
    return path


def _same_element(version: list[Json], now: list[Json], index: int) -> int | None:
    key = merge_key(version, now)
    if key is None:
        return index
    name = dig(version, index, key)
    return next((number for number, value in enumerate(now) if dig(value, key) == name), None)
