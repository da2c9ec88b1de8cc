"""Evidence as people put it into a case (texts, objects, files beside it) → names with what they hold."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

import msgspec

from gitops_bot.errors import ConfigurationError
from gitops_bot.model.application import Application
from gitops_bot.model.json import Json, dig, mapping, text

Inputs = dict[str, Json] | list[Json] | str
_LONGEST_PATH = 255
_DEEPEST = 4
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")
_TEXTS = ("text", "content", "output", "value")
_OF_OBJECTS = {"apiVersion", "kind", "metadata", "items"}
_NAMES = ("name", "command", "type", "source", "title")


def named_inputs(inputs: Inputs, folder: Path, root: Path) -> dict[str, Json]:
    """Return each input by its name, files beside the case read: `{"file": PATH}`, or a text that is such a path.

    `folder` is the case's own, `root` the one that no file may lie outside of (ConfigurationError, also where a file
    is not there). A list's elements are named by what they say of themselves, else by number.
    """
    if isinstance(inputs, str):
        inputs = [inputs]
    if isinstance(inputs, list):
        inputs = _listed(inputs)
    return {name: _read(value, folder, root) for name, value in inputs.items()}


def evidence(inputs: dict[str, Json]) -> tuple[dict[str, str], Application | None]:
    """Return the inputs as texts, and the Application where one of them is one as Argo CD's API gives it."""
    texts: dict[str, str] = {}
    application: Application | None = None
    for name, value in inputs.items():
        found = _application(value) if application is None else None
        if found:
            application = found
        else:
            texts |= _texts(name, value)
    return texts, application


def latest_moment(content: str) -> datetime | None:
    """Return the latest RFC 3339 moment in a text, UTC; one to come (a certificate's end) only where none is past."""
    moments = [moment for found in _MOMENT.findall(content) if (moment := _moment(found))]
    now = datetime.now(UTC)
    return max([one for one in moments if one <= now] or moments, default=None)


def _listed(inputs: list[Json]) -> dict[str, Json]:
    named: dict[str, Json] = {}
    for number, one in enumerate(inputs, 1):
        name = _own_name(one) or f"text {number}"
        named[f"{name} ({number})" if name in named else name] = one
    return named


def _own_name(value: Json) -> str:
    if _text_within(value) is not None:
        return next(filter(None, (text(dig(value, name)) for name in _NAMES)), "")
    path = _path_of(value)
    return path if PurePosixPath(path).suffix and " " not in path else ""


def _text_within(value: Json) -> str | None:
    """Return the text of `{"name": …, "output": …}`, which is how a list or map of outputs is often written."""
    within = mapping(value)
    if "kind" in within and "metadata" in within:
        return None
    return next((found for name in _TEXTS if isinstance(found := within.get(name), str)), None)


def _path_of(value: Json) -> str:
    """Return the path in an input that may name a file, else an empty string."""
    named = dig(value, "file") if isinstance(value, dict) and len(value) == 1 else value
    path = text(named)
    return path if 0 < len(path) <= _LONGEST_PATH and path.isprintable() else ""


def _read(value: Json, folder: Path, root: Path, depth: int = _DEEPEST) -> Json:
    path = _path_of(value)
    if not path:
        within = _text_within(value)
        if within is not None:
            return within
        return [_read(one, folder, root, depth - 1) for one in value] if isinstance(value, list) and depth else value
    must_be = isinstance(value, dict)
    file = (folder / path).resolve()
    inside = not Path(path).is_absolute() and file.is_relative_to(root.resolve())
    if must_be and not (inside and file.is_file()):
        raise ConfigurationError(
            "A case names a file that is not there" if inside else "A case names a file outside the cases' folder",
            where=str(folder),
            found=path,
            expected="a path from the case's own folder",
        )
    if not inside or not file.is_file():
        return value
    return file.read_text(encoding="utf-8", errors="replace")


def _application(value: Json) -> Application | None:
    if isinstance(value, str) and value.lstrip().startswith("{"):
        try:
            value = msgspec.json.decode(value)
        except msgspec.DecodeError:
            return None
    body = mapping(value)
    spec = mapping(body.get("spec"))
    if body.get("kind", "Application") != "Application" or not spec.keys() & {"source", "sources"}:
        return None
    try:
        return msgspec.convert(body, Application, strict=False)
    except msgspec.ValidationError:
        return None  # the reader of texts takes from it what can be read


def _texts(name: str, value: Json, depth: int = _DEEPEST) -> dict[str, str]:
    """Return an input as one text or, where it is a list or map of texts or objects, as several."""
    if value is None:
        return {}
    if isinstance(value, str):
        return {name: value}
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return {name: "\n".join(map(text, value))}
    parts: dict[str, Json] = {}
    if isinstance(value, list):
        parts = {f"{name} {number}": one for number, one in enumerate(value, 1)}
    elif isinstance(value, dict) and _is_of_texts(value):
        parts = {f"{name} {part}": one for part, one in value.items()}
    if not parts or not depth:
        return {name: msgspec.json.encode(value).decode()}
    return {part: text for name, one in parts.items() for part, text in _texts(name, one, depth - 1).items()}


def _is_of_texts(value: dict[str, Json]) -> bool:
    return not value.keys() & _OF_OBJECTS and all(isinstance(one, (str, list)) for one in value.values())


def _moment(found: str) -> datetime | None:
    try:
        return datetime.fromisoformat(found).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
