"""What the forge answered before, with the ETags to ask for it again: GitHub says 304 where nothing has changed.

In memory for one run, and in a folder for the next ones, where one is given. A file is believed only where it was
written with the very token that asks now: to another token GitHub may show less, and it gives that one other ETags.
Nothing depends on it: what is not there, cannot be read or is not believed is asked for anew.
"""

from __future__ import annotations

import hmac
import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import msgspec
from msgspec import Struct

_FORM = b"gitops-bot answer 1\n"
_SUFFIX = ".answer"
_LARGEST_FILE = 8 * 2**20
_LARGEST_FOLDER = 64 * 2**20
_OLDEST = 7 * 86_400.0


class Answer(Struct, frozen=True, kw_only=True):
    """The JSON that stood at a URL at a Unix time, and its ETag."""

    url: str
    tag: str
    body: object
    at: float


class Answers:
    """Answers by URL; `folder` keeps them beyond the run, `now` gives the Unix time."""

    def __init__(self, folder: Path | None, token: str, now: Callable[[], float]) -> None:
        self._folder = folder
        self._key = token.encode()
        self._now = now
        self._held: dict[str, Answer] = {}

    def known(self, url: str) -> Answer | None:
        """Return the last answer from a URL with its query, None where there is none to be believed."""
        return self._held.get(url) or self._read(url)

    def keep(self, url: str, tag: str, body: object) -> None:
        """Remember an answer; one without an ETag cannot be asked for again."""
        if tag:
            self._held[url] = Answer(url=url, tag=tag, body=body, at=self._now())
            # A full disk, or text that is no Unicode: then it is remembered for this run alone.
            with suppress(OSError, ValueError):
                self._write(self._held[url])

    def _path(self, url: str) -> Path | None:
        return None if self._folder is None else self._folder / f"{self._sign(url.encode())[:32]}{_SUFFIX}"

    def _sign(self, text: bytes) -> str:
        return hmac.new(self._key, _FORM + text, "sha256").hexdigest()

    def _read(self, url: str) -> Answer | None:
        path = self._path(url)
        try:
            if path is None or not path.is_file() or path.stat().st_size > _LARGEST_FILE:
                return None
            signature, _, text = path.read_bytes().partition(b"\n")
            if not hmac.compare_digest(signature, self._sign(text).encode()):
                return None
            found = msgspec.json.decode(text, type=Answer)
        except (OSError, msgspec.DecodeError):
            return None
        return found if found.url == url and 0 <= self._now() - found.at <= _OLDEST else None

    def _write(self, answer: Answer) -> None:
        path = self._path(answer.url)
        text = msgspec.json.encode(answer) if path is not None else b""
        if path is None or len(text) > _LARGEST_FILE - 100:
            return
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Made for the owner alone (0600), and put in place whole.
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, suffix=".part")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(self._sign(text).encode() + b"\n" + text)
            Path(temporary).replace(path)
        except OSError:
            Path(temporary).unlink(missing_ok=True)
            raise
        self._prune(path.parent)

    @staticmethod
    def _prune(folder: Path) -> None:
        """Remove our oldest files until the rest fits."""
        present = [(one.stat(), one) for one in folder.glob(f"*{_SUFFIX}")]
        room = _LARGEST_FOLDER
        for status, path in sorted(present, key=lambda one: one[0].st_mtime, reverse=True):
            room -= status.st_size
            if room < 0:
                path.unlink(missing_ok=True)
