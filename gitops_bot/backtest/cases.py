"""Cases on disk: what was seen of one incident (or of none), and what should be concluded from it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from msgspec import Struct

from gitops_bot.backtest.expectation import NOTHING, Expected, expectation
from gitops_bot.backtest.inputs import named_inputs
from gitops_bot.backtest.recorded import is_recording
from gitops_bot.errors import ConfigurationError
from gitops_bot.model.json import Json, text

LARGEST_CASE = 32 * 1024 * 1024
FOLDER_CASE = "case.json"
_SHAPE = '{"inputs": {NAME: text or object}, "expected": {"class", "resource", "action", "remedy"}}'


class Case(Struct, frozen=True, kw_only=True):
    """One case.

    `inputs` name the evidence: a text (what kubectl, a log, an alert says), an object (an Application of Argo CD, a
    Kubernetes object or list), or `recording`, a folder of Argo CD's recorded answers beside or above the case's file,
    with `application` for the one that is asked about and `patches` (RFC 6902 operations for each recorded URL). `now`
    is the moment at which it was seen, UTC; without it the latest moment that the inputs name. `split` is a name, or
    else `development` or `held-out` by the name's hash.
    """

    name: str
    inputs: dict[str, Json]
    expected: Expected = Expected()
    split: str = ""
    now: datetime | None = None
    folder: Path = Path()

    @property
    def healthy(self) -> bool:
        """Whether nothing should be done."""
        return self.expected.action == NOTHING


def read_cases(folder: Path) -> tuple[Case, ...]:
    """Return the cases in a folder, or of one file, by name.

    A `.json` file holds one case or a list of them, a `.jsonl` file one a line. Where a folder has a `case.json`, all
    else below it is that case's evidence. Recordings, and what begins with `_` or a dot, hold no cases.
    ConfigurationError names the file, and the line, that is no case, or a folder without any.
    """
    root = folder if folder.is_dir() else folder.parent
    files = _files(folder) if folder.is_dir() else [folder]
    cases = [case for file in files for case in _read(file, root)]
    if not cases:
        raise ConfigurationError(
            "There are no cases",
            where=str(folder),
            found="no .json or .jsonl file in it",
            expected=_SHAPE,
            advice="Name a folder of cases; docs/backtest.md tells what one looks like.",
        )
    return tuple(sorted(cases, key=lambda case: case.name))


def split_of(name: str) -> str:
    """Return the half that a case is in which names none: as good as random, and the same for ever."""
    return "held-out" if hashlib.sha256(name.encode()).digest()[0] % 2 else "development"


def _files(folder: Path) -> list[Path]:
    """Return the files below a folder that hold cases."""
    if (folder / FOLDER_CASE).is_file():
        return [folder / FOLDER_CASE]
    if is_recording(folder):
        return []
    found: list[Path] = []
    for entry in sorted(folder.iterdir()):
        if entry.name.startswith(("_", ".")):
            continue
        if entry.is_dir() and not entry.is_symlink():
            found += _files(entry)
        elif entry.suffix in {".json", ".jsonl"}:
            found.append(entry)
    return found


def _read(file: Path, root: Path) -> list[Case]:
    try:
        content = file.read_bytes()
    except OSError as error:
        raise ConfigurationError("The case cannot be read", where=str(file), found=str(error)) from error
    if len(content) > LARGEST_CASE:
        raise ConfigurationError("The case is too large", where=str(file), expected="at most 32 MiB")
    name = file.parent.name if file.name == FOLDER_CASE else file.stem
    if file.suffix == ".jsonl":
        lines = [(number, line) for number, line in enumerate(content.splitlines(), 1) if line.strip()]
        told = [(_decoded(line, f"{file}, line {number}"), f"{name}-{number}") for number, line in lines]
    else:
        body = _decoded(content, str(file))
        several = body if isinstance(body, list) else None
        told = [(one, f"{name}-{number}") for number, one in enumerate(several, 1)] if several else [(body, name)]
    return [_case(body, name, file, root) for body, name in told]


def _decoded(content: bytes, where: str) -> Json:
    try:
        body: Json = msgspec.json.decode(content.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ConfigurationError("This is no case", where=where, found=str(error), expected=_SHAPE) from error
    return body


def _case(told: Json, name: str, file: Path, root: Path) -> Case:
    where = f"{file} ({name})" if name not in {file.stem, file.parent.name} else str(file)
    inputs = told.get("inputs") if isinstance(told, dict) else None
    if not isinstance(told, dict) or not isinstance(inputs, (dict, list, str)):
        found = f"no `inputs` but {', '.join(told) or 'nothing'}" if isinstance(told, dict) else type(told).__name__
        raise ConfigurationError("This is no case", where=where, found=found, expected=_SHAPE)
    name = text(told.get("name")) or name
    return Case(
        name=name,
        inputs=named_inputs(inputs, file.parent, root),
        expected=_expected(told),
        split=text(told.get("split")) or split_of(name),
        now=_moment(told["now"], where) if told.get("now") else None,
        folder=file.parent,
    )


def _expected(told: Mapping[str, Json]) -> Expected:
    expected = told.get("expected")
    return expectation(expected if isinstance(expected, dict) else told)


def _moment(value: Json, where: str) -> datetime:
    try:
        return datetime.fromisoformat(text(value)).astimezone(UTC)
    except ValueError as error:
        raise ConfigurationError(
            "`now` is no moment", where=where, found=repr(value), expected="2026-11-23T10:30:00Z"
        ) from error
