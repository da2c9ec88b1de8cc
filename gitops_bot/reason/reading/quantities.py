"""Kubernetes quantities: `512Mi`, `200m`, `1.5`."""

from __future__ import annotations

import math
import re

_QUANTITY = re.compile(r"(\d{1,15})(?:\.(\d{1,6}))?(m|[KMGTPE]i|[kMGTPE])?")
_FINER = {"Gi": ("Mi", 1024), "Ti": ("Gi", 1024), "Mi": ("Mi", 1), "G": ("M", 1000), "": ("m", 1000)}


def raised(quantity: str, percent: int = 20) -> str:
    """Return a quantity so much higher, in a unit that tells it exactly enough; empty where it is none."""
    found = _QUANTITY.fullmatch(quantity.strip().strip("\"'"))
    if found is None:
        return ""
    unit = found[3] or ""
    value = float(f"{found[1]}.{found[2] or 0}") * (100 + percent) / 100
    whole = unit if unit or not value.is_integer() or value < 10_000 else "bytes"
    if whole == "bytes":
        return str(math.ceil(value))
    finer, factor = _FINER.get(unit, (unit, 1))
    return f"{math.ceil(round(value * factor, 6))}{finer}"
