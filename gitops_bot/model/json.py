"""JSON as Python sees it: the only shape in which manifests travel between stages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]
else:
    Json = Any  # msgspec decodes no recursive alias; at run time any decoded value is one


def dig(value: Json, *path: str | int) -> Json:
    """Return what stands under `path` in nested maps and lists, or None where a step is missing."""
    for step in path:
        if isinstance(value, dict) and isinstance(step, str):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and -len(value) <= step < len(value):
            value = value[step]
        else:
            return None
    return value


def unescape(token: str) -> str:
    """Return an RFC 6901 reference token as the map key or list index that it means."""
    return token.replace("~1", "/").replace("~0", "~")


def pointer_tokens(pointer: str) -> tuple[str, ...]:
    """Return the map keys and list indexes, as strings, of an RFC 6901 pointer."""
    return tuple(unescape(token) for token in pointer.split("/")[1:])


def at(value: Json, pointer: str) -> Json:
    """Return what stands at an RFC 6901 pointer, or None where nothing does."""
    for token in pointer_tokens(pointer):
        value = dig(value, int(token) if isinstance(value, list) and token.isdecimal() else token)
    return value


def text(value: Json) -> str:
    """Return the value as a string, or an empty string where it is no string."""
    return value if isinstance(value, str) else ""


def mapping(value: Json) -> dict[str, Json]:
    """Return the value where it is a map, else an empty one."""
    return value if isinstance(value, dict) else {}


def sequence(value: Json) -> list[Json]:
    """Return the value where it is a list, else an empty one."""
    return value if isinstance(value, list) else []
