"""How rendered objects change, as text for people, with the data of Secrets hidden."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Iterator

import msgspec

from gitops_bot.model.difference import FieldChange, ObjectChange
from gitops_bot.model.json import Json
from gitops_bot.model.plan import Edit, RenderedChange
from gitops_bot.redaction import redact_field
from gitops_bot.untrusted import clip, one_line, visible

HIDDEN = "***"
# In place of a diff; the kind stays, for policy reads it.
UNSHOWN = " kind: Secret\n (not shown: a Secret is among what changes)"
_LONGEST_VALUE = 500
_LONGEST_LABEL = 300
_SECRET_PARTS = ("/data", "/stringData", "/metadata/annotations")


def rendered_text(rendered: Iterable[RenderedChange]) -> str:
    """Return all changes as lines: an application's name, its objects, and `-`/`+` lines of their fields."""
    return "\n\n".join(f"# {one_line(one.application)}\n{objects_text(one.objects)}" for one in rendered)


def objects_text(objects: Iterable[ObjectChange]) -> str:
    """Return the changes of one application's objects as text that reads like a diff."""
    return "\n".join("\n".join(_object_lines(change)) for change in objects)


def _object_lines(change: ObjectChange) -> Iterator[str]:
    name = one_line(str(change.key), _LONGEST_LABEL)
    if change.added:
        yield f"+ {name} (the whole object)"
    elif change.removed:
        yield f"- {name} (the whole object)"
    else:
        yield f"  {name}"
    for field in change.fields:
        yield from _field_lines(field)


def _field_lines(field: FieldChange) -> Iterator[str]:
    label = one_line(field.label or field.pointer or "(all)", _LONGEST_LABEL)
    if _is_block(field.before) and _is_block(field.after):
        yield f"  {label}:"
        yield from _block_lines(str(field.before), str(field.after))
        return
    if not field.absent_before:
        yield f"- {label}: {_shown(field.before)}"
    if not field.absent_after:
        yield f"+ {label}: {_shown(field.after)}"


def _is_block(value: Json) -> bool:
    return isinstance(value, str) and "\n" in value


def _block_lines(before: str, after: str) -> Iterator[str]:
    # Beyond this a line-by-line comparison costs seconds, and nobody reads it.
    if len(before) + len(after) > 200_000:
        yield f"- ({len(before)} characters)"
        yield f"+ ({len(after)} characters)"
        return
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=1, lineterm="")
    for line in list(lines)[2:202]:
        if not line.startswith("@@"):
            yield f"{line[0]}   {clip(visible(line[1 : _LONGEST_VALUE + 2]), _LONGEST_VALUE)}"


def _shown(value: Json) -> str:
    plain = isinstance(value, str) and value.strip() == value and value != "" and "\n" not in value
    text = str(value) if plain else json.dumps(value, ensure_ascii=False)
    return clip(visible(text[: _LONGEST_VALUE + 1]), _LONGEST_VALUE)


def without_secrets(rendered: tuple[RenderedChange, ...]) -> tuple[RenderedChange, ...]:
    """Return the changes without secrets; of a value out of a Secret only the fact of a change is left."""
    return tuple(
        msgspec.structs.replace(one, objects=tuple(_hidden(change) for change in one.objects)) for one in rendered
    )


def _hidden(change: ObjectChange) -> ObjectChange:
    hidden = _hidden_field if change.key.kind == "Secret" else _redacted_field
    return msgspec.structs.replace(change, fields=tuple(hidden(field) for field in change.fields))


def _redacted_field(field: FieldChange) -> FieldChange:
    before, after = redact_field(field.label, field.before), redact_field(field.label, field.after)
    return msgspec.structs.replace(field, before=before, after=after)


def _hidden_field(field: FieldChange) -> FieldChange:
    if field.pointer and not field.pointer.startswith(_SECRET_PARTS):
        return field
    before = None if field.absent_before else HIDDEN
    after = None if field.absent_after else f"{HIDDEN} (its digest changed)"
    return msgspec.structs.replace(field, before=before, after=after)


def diffs_without_secrets(edits: tuple[Edit, ...], rendered: tuple[RenderedChange, ...]) -> tuple[Edit, ...]:
    """Return the edits; where a Secret changes, without the text of their diffs."""
    secret = any(change.key.kind == "Secret" for one in rendered for change in one.objects)
    return tuple(
        msgspec.structs.replace(edit, diff=UNSHOWN) if secret or "kind: Secret" in edit.diff else edit for edit in edits
    )
