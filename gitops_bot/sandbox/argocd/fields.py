"""Argo CD's `fields` query parameter, in its two kinds.

The list of applications knows a closed set of fields (Argo CD keeps it by hand, for speed): `items.status.health` is
one, `items.status.health.status`, `items.status.conditions` or `items.status.sync.revision` are none and are left out
in silence. Managed resources are filtered by any path of their JSON.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec

_NULL = msgspec.Raw(b"null")
_NO_TEXT = msgspec.Raw(b'""')
_NO_OBJECT = msgspec.Raw(b"{}")

Fragment = msgspec.Raw | None


class _Metadata(msgspec.Struct, rename="camel"):
    name: str = ""
    namespace: str = ""
    labels: dict[str, str] | None = None
    annotations: msgspec.Raw = _NULL
    creation_timestamp: msgspec.Raw = _NULL
    deletion_timestamp: msgspec.Raw = _NULL


class _Sync(msgspec.Struct):
    status: msgspec.Raw = _NO_TEXT


class _OperationState(msgspec.Struct, rename="camel"):
    phase: msgspec.Raw = _NO_TEXT
    started_at: msgspec.Raw = _NULL
    finished_at: msgspec.Raw = _NULL
    sync_result: msgspec.Raw = _NULL


class _Status(msgspec.Struct, rename="camel"):
    sync: _Sync = msgspec.field(default_factory=_Sync)
    health: msgspec.Raw = _NO_OBJECT
    summary: msgspec.Raw = _NO_OBJECT
    source_hydrator: msgspec.Raw = _NO_OBJECT
    resources: list[msgspec.Raw] | None = None
    operation_state: _OperationState | None = None


class _Operation(msgspec.Struct):
    sync: msgspec.Raw = _NULL


class Application(msgspec.Struct):
    """An item of the list, taken apart only as far as selection needs it; the rest stays undecoded JSON."""

    metadata: _Metadata = msgspec.field(default_factory=_Metadata)
    spec: msgspec.Raw = _NO_OBJECT
    status: _Status = msgspec.field(default_factory=_Status)
    operation: _Operation | None = None


def _json(value: object) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(value))


def _of_operation_state(pick: Callable[[_OperationState], msgspec.Raw]) -> Callable[[Application], Fragment]:
    def fragment(application: Application) -> Fragment:
        state = application.status.operation_state
        return None if state is None else pick(state)

    return fragment


# The paths and what stands at them are Argo CD's own, its peculiarity with the sync result included. A field that is
# unset stands there as `null` or an empty value, save where the function gives None.
APPLICATION_FIELDS: dict[str, Callable[[Application], Fragment]] = {
    "metadata.annotations": lambda application: application.metadata.annotations,
    "metadata.creationTimestamp": lambda application: application.metadata.creation_timestamp,
    "metadata.deletionTimestamp": lambda application: application.metadata.deletion_timestamp,
    "metadata.labels": lambda application: _json(application.metadata.labels),
    "metadata.name": lambda application: _json(application.metadata.name),
    "metadata.namespace": lambda application: _json(application.metadata.namespace),
    "operation.sync": lambda application: application.operation.sync if application.operation else None,
    "spec": lambda application: application.spec,
    "status.health": lambda application: application.status.health,
    "status.operationState.finishedAt": _of_operation_state(lambda state: state.finished_at),
    "status.operationState.operation.sync": _of_operation_state(lambda state: state.sync_result),
    "status.operationState.phase": _of_operation_state(lambda state: state.phase),
    "status.operationState.startedAt": _of_operation_state(lambda state: state.started_at),
    "status.resources": lambda application: (
        _json(application.status.resources) if application.status.resources else None
    ),
    "status.sourceHydrator": lambda application: application.status.source_hydrator,
    "status.summary": lambda application: application.status.summary,
    "status.sync.status": lambda application: application.status.sync.status,
}


@dataclass(frozen=True)
class FieldSelection:
    """A parsed `fields` parameter: the paths, and whether they are those to leave out (`-` before the first)."""

    paths: frozenset[str]
    exclude: bool = False

    @classmethod
    def parse(cls, text: str) -> FieldSelection | None:
        """The selection that a `fields` parameter asks for; None for an empty one."""
        if not text:
            return None
        return cls(frozenset(text.removeprefix("-").split(",")), text.startswith("-"))


def select_application_fields(applications: Sequence[Application], selection: FieldSelection) -> list[object]:
    """The items of a list of applications, each reduced to the known fields selected; ready to be encoded as JSON."""
    chosen = [
        (path.split("."), pick)
        for path, pick in APPLICATION_FIELDS.items()
        if (f"items.{path}" in selection.paths) != selection.exclude
    ]
    return [_application_fields(application, chosen) for application in applications]


def _application_fields(
    application: Application, chosen: Sequence[tuple[list[str], Callable[[Application], Fragment]]]
) -> dict[str, object]:
    item: dict[str, object] = {}
    for (*parents, last), pick in chosen:
        value = pick(application)
        if value is None:
            continue
        target = item
        for parent in parents:
            child = target.setdefault(parent, {})
            assert isinstance(child, dict)  # noqa: S101 (no known path is the parent of another)
            target = child
        target[last] = value
    return item


def select_fields(document: object, selection: FieldSelection, path: str = "") -> object:
    """A decoded JSON document reduced to the selected paths; array items share the path of their array.

    A parent is kept where a selected path merely begins with its text: so Argo CD compares.
    """
    if isinstance(document, list):
        return [select_fields(item, selection, path) for item in document]
    if not isinstance(document, dict):
        return document
    kept: dict[str, object] = {}
    for key, value in document.items():
        field = f"{path}.{key}" if path else str(key)
        named = field in selection.paths
        keep = not named if selection.exclude else any(each.startswith(field) for each in selection.paths)
        if keep:
            kept[key] = value if named else select_fields(value, selection, field)
    return kept
