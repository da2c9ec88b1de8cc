"""Who set a live field last, by the object's `metadata.managedFields`."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from gitops_bot.model.json import Json, dig, mapping, pointer_tokens, sequence, text
from gitops_bot.observe.reading import capped, moment

_OWN = ("argocd", "argo-cd")
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def last_manager(live: dict[str, Json], pointer: str) -> tuple[str, datetime | None]:
    """Return the field manager that set the field, and when (UTC); empty and None where the object does not say.

    `pointer` is an RFC 6901 pointer into `live`. Argo CD itself is named only where nobody else owns the field.
    """
    tokens = pointer_tokens(pointer)
    owners = []
    for entry in sequence(dig(live, "metadata", "managedFields")):
        if _owns(mapping(dig(entry, "fieldsV1")), live, tokens):
            name = text(dig(entry, "manager"))
            when = moment(dig(entry, "time"))
            owners.append((not name.startswith(_OWN), when or _LONG_AGO, name, when))
    if not owners:
        return "", None
    _, _, name, when = max(owners, key=lambda owner: owner[:3])
    return capped(name), when


def _owns(fields: dict[str, Json], live: Json, tokens: tuple[str, ...]) -> bool:
    for token in tokens:
        if isinstance(live, list):
            live = dig(live, int(token)) if token.isdecimal() else None
            step = _element(fields, live)
        else:
            live = dig(live, token)
            step = fields.get(f"f:{token}")
        if not isinstance(step, dict):
            return False
        if not step:
            return True  # a leaf: the rest of the path belongs to it, as in a list that is owned whole
        fields = step
    return "." in fields


def _element(fields: dict[str, Json], element: Json) -> Json:
    for name, step in fields.items():
        kind, _, description = name.partition(":")
        if kind not in {"k", "v"}:
            continue
        try:
            wanted: Json = msgspec.json.decode(description)
        except msgspec.DecodeError:
            continue
        if (kind == "v" and wanted == element) or (kind == "k" and _has(element, wanted)):
            return step
    return None


def _has(element: Json, keys: Json) -> bool:
    if not isinstance(element, dict) or not isinstance(keys, dict):
        return False
    return all(element.get(key) == value for key, value in keys.items())
