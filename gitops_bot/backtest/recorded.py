"""Argo CD's recorded answers, with changes, behind the client that the product reads with: no server is asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath

import httpx
import jsonpatch
import msgspec
from jsonpointer import JsonPointerException
from msgspec import Struct

from gitops_bot.errors import ConfigurationError
from gitops_bot.model.json import Json

ADDRESS = "http://argocd.recorded"
INDEX = "index.json"
# Where Argo CD answers with JSON inside of a string.
_INNER = frozenset({"manifest", "liveState", "normalizedLiveState", "targetState", "predictedLiveState"})
Patches = Mapping[str, list[dict[str, Json]]]


class _Call(Struct, frozen=True):
    url: str
    status: int
    file: str


class RecordedAnswers(httpx.BaseTransport):
    """Answers from a recording's folder; what was not recorded is refused as Argo CD refuses it (403).

    `patches` are RFC 6902 operations on the body of a URL (its path and query as in index.json). A manifest that stands
    as JSON inside of a string is reached into like any other JSON. A URL that was not recorded begins as `{}`.
    """

    def __init__(self, folder: Path, patches: Patches) -> None:
        self._folder = folder
        self._calls = {_target(call.url): call for call in _index(folder)}
        self._patches = {_target(url): operations for url, operations in patches.items()}

    @property
    def listed(self) -> str:
        """The list of all Applications, as text."""
        target = "/api/v1/applications"
        return self._body(target).decode(errors="replace") if target in {*self._calls, *self._patches} else ""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer one GET."""
        target = _target(request.url.raw_path.decode())
        recorded = {*self._calls, *self._patches}
        found = next((one for one in (target, target.partition("?")[0]) if one in recorded), None)
        if found is None:
            return httpx.Response(403, json={"error": "permission denied", "code": 7, "message": "permission denied"})
        call = self._calls.get(found)
        return httpx.Response(call.status if call else 200, content=self._body(found))

    def _body(self, target: str) -> bytes:
        call = self._calls.get(target)
        body = (self._folder / call.file).read_bytes() if call else b"{}"
        operations = self._patches.get(target)
        return _patched(body, operations, target) if operations else body


def is_recording(folder: Path) -> bool:
    """Return whether a folder holds recorded answers."""
    try:
        _index(folder)
    except ConfigurationError:
        return False
    return True


def recording_named(name: str, folder: Path) -> Path:
    """Return the recording's folder: beside a case in `folder`, or beside one of the folders around it."""
    plain = not PurePosixPath(name).is_absolute() and ".." not in PurePosixPath(name).parts
    around = (folder.resolve(), *folder.resolve().parents) if plain else ()
    found = next((place / name for place in around if (place / name / INDEX).is_file()), None)
    if found is None:
        raise ConfigurationError(
            "There is no such recording",
            where=str(folder),
            found=name,
            expected=f"a folder with an {INDEX}, named from the case's folder or one around it",
        )
    return found


def _index(folder: Path) -> list[_Call]:
    try:
        calls = msgspec.json.decode((folder / INDEX).read_bytes(), type=list[_Call])
    except (OSError, msgspec.DecodeError) as error:
        raise ConfigurationError("This is no recording", where=str(folder), found=str(error)) from error
    if outside := [call.file for call in calls if Path(call.file).name != call.file]:
        raise ConfigurationError("A recording names a file outside of its folder", where=str(folder), found=outside[0])
    return calls


def _target(url: str) -> str:
    path, _, query = url.partition("?")
    return f"{path}?{'&'.join(sorted(query.split('&')))}" if query else path


def _patched(body: bytes, operations: list[dict[str, Json]], url: str) -> bytes:
    try:
        opened = _inner(msgspec.json.decode(body), _opened)
        changed: Json = jsonpatch.apply_patch(opened, operations, in_place=True)
    except (jsonpatch.JsonPatchException, JsonPointerException, msgspec.DecodeError) as error:
        raise ConfigurationError("A patch does not fit the recorded answer", where=url, found=str(error)) from error
    return msgspec.json.encode(_inner(changed, _closed))


def _inner(value: Json, change: Callable[[Json], Json]) -> Json:
    """Return JSON with the manifests in it changed."""
    if isinstance(value, list):
        return [_inner(one, change) for one in value]
    if isinstance(value, dict):
        return {name: change(one) if name in _INNER else _inner(one, change) for name, one in value.items()}
    return value


def _opened(value: Json) -> Json:
    opened: Json = msgspec.json.decode(value) if isinstance(value, str) and value else value
    return opened


def _closed(value: Json) -> Json:
    return value if isinstance(value, str) or value is None else msgspec.json.encode(value).decode()
