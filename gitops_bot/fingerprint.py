"""The name of a cause: the same for as long as the cause is the same, whatever its values, pods and messages are."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable

LENGTH = 12


def fingerprint(sources: Iterable[str], kind: str, fields: Iterable[str], cause_class: str) -> str:
    """Return the first 12 hexadecimal digits of a SHA-256 over the cause.

    `sources` are the files (or the source folder) that own the fault, `kind` the kind of the object at fault, `fields`
    the labels of the fields. One file shared by several applications gives one name for all of them, so their names and
    namespaces are no part of it.
    """
    cause = [sorted(set(sources)), kind, sorted(set(fields)), cause_class]
    return hashlib.sha256(json.dumps(cause, separators=(",", ":")).encode()).hexdigest()[:LENGTH]
