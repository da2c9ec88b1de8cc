"""Runbooks from folders: the config repository's, and those of other repositories that are checked out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from gitops_bot.clients.retrieval.documents import LONGEST_TEXT, Document, read_markdown
from gitops_bot.errors import ConfigurationError

EVERY_PAGE = ("**/*.md", "**/*.markdown")
MOST_FILES = 20_000
_OVERVIEWS = frozenset({"readme", "index", "_index", "contributing", "changelog", "license", "code_of_conduct"})


def read_folder(root: Path, patterns: Sequence[str] = EVERY_PAGE, *, prefix: str = "") -> tuple[Document, ...]:
    """Return the runbooks that the patterns (globs below `root`, such as `runbooks/**/*.md`) find, in path order.

    A document's path is relative to `root`, after `prefix`, which tells a second repository's pages apart. A file that
    cannot be read, lies outside `root` through a link, or is no file is left out; of a long one, its beginning is read.
    A README or an index beside or above other pages speaks of those pages, and is left out as well.
    Raises ConfigurationError where there is no such folder or a pattern is none.
    """
    if not root.is_dir():
        raise ConfigurationError(
            "The folder of runbooks is not there",
            where=str(root),
            found="a file" if root.exists() else "nothing",
            expected="a folder with Markdown files",
        )
    inside = root.resolve()
    documents = (_read(path, path.relative_to(root).as_posix(), inside, prefix) for path in _files(root, patterns))
    return tuple(document for document in documents if document is not None)


def _files(root: Path, patterns: Sequence[str]) -> Iterator[Path]:
    found: dict[Path, None] = {}
    for pattern in patterns:
        try:
            # `runbooks/**.md`, as people write it, means the folders below as well.
            found.update(dict.fromkeys(root.glob(pattern.replace("**.", "**/*."))))
        except (ValueError, NotImplementedError) as error:
            raise ConfigurationError(
                "A pattern for runbooks cannot be used",
                found=f"{pattern!r} ({error})",
                expected="such as runbooks/**/*.md",
            ) from error
    pages = sorted(path for path in found if path.stem.lower() not in _OVERVIEWS)
    above = {folder for page in pages for folder in page.parents}
    overviews = (path for path in found if path.stem.lower() in _OVERVIEWS)
    yield from sorted([*pages, *(path for path in overviews if path.parent not in above)])[:MOST_FILES]


def _read(path: Path, name: str, inside: Path, prefix: str) -> Document | None:
    try:
        if not path.is_file() or not path.resolve().is_relative_to(inside):
            return None
        with path.open("rb") as file:
            content = file.read(4 * LONGEST_TEXT)
    except (OSError, RuntimeError):  # RuntimeError: a link that leads to itself
        return None
    return read_markdown(f"{prefix}{name}", content.decode("utf-8", errors="replace"))
