"""A recording: the answers that a real Argo CD gave, in a folder with an `index.json`, one file a body."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, unquote

import msgspec

from gitops_bot.errors import ConfigurationError

LIST_PATH = "/api/v1/applications"
_EXPECTED_FOLDER = "a folder with index.json, a list of {method, url, status, file}"

_ANY_JSON = msgspec.json.Decoder(msgspec.Raw)

Query = tuple[tuple[str, str], ...]


class _IndexEntry(msgspec.Struct, frozen=True):
    method: str
    url: str
    status: int
    file: str


@dataclass(frozen=True)
class RecordedCall:
    """One recorded answer: the decoded path, the query without empty values in sorted order, and where the body is."""

    path: str
    query: Query
    status: int
    file: Path


def normalised_query(pairs: Iterable[tuple[str, str]], without: frozenset[str] = frozenset()) -> Query:
    """Query pairs made comparable: sorted, without empty values (unset to Argo CD) and without `without`."""
    return tuple(sorted((name, value) for name, value in pairs if value and name not in without))


class Recording:
    """The recorded GET answers of one moment. Bodies are read from disk when they are asked for."""

    def __init__(self, path: Path, calls: Mapping[tuple[str, Query], RecordedCall]) -> None:
        self.path = path
        self.calls = calls

    @classmethod
    def open(cls, path: Path) -> Recording:
        """Read the index of the folder `path` and check every file that it names.

        Where a URL was recorded twice the later answer counts. Raises ConfigurationError where the folder is no
        recording, a file is missing or a body of status 200 is no JSON.
        """
        calls: dict[tuple[str, Query], RecordedCall] = {}
        for entry in _read_index(path):
            if entry.method.upper() != "GET":
                continue
            target, _, query = entry.url.partition("?")
            call = RecordedCall(
                unquote(target), normalised_query(parse_qsl(query)), entry.status, _body_file(path, entry)
            )
            calls[call.path, call.query] = call
        if (LIST_PATH, ()) not in calls:
            raise ConfigurationError(
                "the recording holds no list of applications",
                where=str(path),
                expected=f"GET {LIST_PATH} among the recorded calls",
                advice="Record that call too.",
            )
        return cls(path, calls)

    def find(self, path: str, query: Query = ()) -> RecordedCall | None:
        """The answer recorded for a decoded path and a normalised query, or None."""
        return self.calls.get((path, query))


def _read_index(path: Path) -> list[_IndexEntry]:
    index = path / "index.json"
    try:
        return msgspec.json.decode(index.read_bytes(), type=list[_IndexEntry])
    except OSError as error:
        raise ConfigurationError(
            "not a recording",
            where=str(path),
            found="no index.json that can be read" if path.is_dir() else "no folder",
            expected=_EXPECTED_FOLDER,
            advice="Check the path given with --recording.",
        ) from error
    except msgspec.DecodeError as error:
        raise ConfigurationError(
            "the recording's index cannot be read", where=str(index), found=str(error), expected=_EXPECTED_FOLDER
        ) from error


def _check_json(body: bytes, *, several: bool) -> None:
    """Raise msgspec.DecodeError where a body is not JSON: one value, or several one after another (a log)."""
    if several:
        _ANY_JSON.decode_lines(body)
    else:
        _ANY_JSON.decode(body)


def _body_file(path: Path, entry: _IndexEntry) -> Path:
    file = path / entry.file
    if not file.resolve().is_relative_to(path.resolve()):
        raise ConfigurationError(
            "the recording's index names a file outside its folder", where=str(path / "index.json"), found=entry.file
        )
    try:
        body = file.read_bytes()
        if entry.status == 200 and body:
            _check_json(body, several=entry.url.partition("?")[0].endswith("/logs"))
    except OSError as error:
        raise ConfigurationError(
            "the recording's index names a file that cannot be read",
            where=str(path / "index.json"),
            found=f"no {entry.file} for {entry.url}",
            advice="Copy the recording again, whole.",
        ) from error
    except msgspec.DecodeError as error:
        raise ConfigurationError(
            "a recorded body is broken", where=str(file), found=f"no valid JSON: {error}", advice="Record it again."
        ) from error
    return file
