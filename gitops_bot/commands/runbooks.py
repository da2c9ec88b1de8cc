"""`gitops-bot runbooks`: the runbook that fits an alert, a log line or a few words. Reads files alone."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from gitops_bot.errors import ConfigurationError
from gitops_bot.model.dialogue import Library, Page

LONGEST_LINE = 64 * 1024
MOST_PAGES = 5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("folder", type=Path, metavar="DIR", help="the folder with the runbooks, as Markdown files")
    parser.add_argument(
        "query", nargs="*", metavar="WORD", help="what to look for: an alert's name and text, a few words"
    )
    parser.add_argument("--stdin", action="store_true", help="read one query a line and answer each at once")
    parser.add_argument(
        "--json", action="store_true", help="print one JSON object a query instead of a text for people"
    )
    parser.add_argument(
        "--pattern",
        action="append",
        metavar="GLOB",
        help="which files below DIR are runbooks (default: every Markdown file); may be repeated",
    )
    parser.add_argument(
        "--most",
        type=_positive,
        default=MOST_PAGES,
        metavar="N",
        help=f"at most so many pages a query (default {MOST_PAGES})",
    )


def run(arguments: argparse.Namespace) -> int:
    """Answer the queries. Returns 0 for every answer, also where no runbook fits."""
    from gitops_bot.clients.retrieval import EVERY_PAGE, WordLibrary, read_folder

    words = " ".join(arguments.query)
    if bool(words) == arguments.stdin:
        raise ConfigurationError(
            "There is nothing to look for" if not words else "A query and --stdin exclude each other",
            expected="either words after DIR or --stdin",
        )
    library = WordLibrary(read_folder(arguments.folder, arguments.pattern or EVERY_PAGE))
    show = _as_json if arguments.json else _as_text
    for query in _lines(sys.stdin.buffer) if arguments.stdin else [words]:
        print(show(query, _found(library, query, arguments.most)), flush=True)
    return 0


def _found(library: Library, query: str, most: int) -> tuple[Page, ...]:
    return library.search(query, most) if query.strip() else ()


def _lines(stream: BinaryIO) -> Iterator[str]:
    """Yield each line without its end; of a huge one its beginning; what is no UTF-8 replaced."""
    while line := stream.readline(LONGEST_LINE):
        rest = line
        while rest and not rest.endswith(b"\n"):
            rest = stream.readline(LONGEST_LINE)
        yield line.decode("utf-8", errors="replace").rstrip("\r\n")


def _as_json(_: str, pages: Iterable[Page]) -> str:
    import msgspec

    shown = [{"path": page.path, "score": page.score, "heading": page.heading} for page in pages]
    return msgspec.json.encode({"pages": shown}).decode()


def _as_text(query: str, pages: tuple[Page, ...]) -> str:
    from gitops_bot.untrusted import for_log, one_line

    if not pages:
        return for_log(f"No runbook fits: {one_line(query, 100)}")
    return for_log(
        "\n".join(f"{page.score:7.2f}  {one_line(page.path)}  {one_line(page.heading, 100)}" for page in pages)
    )


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number of at least 1")
    return int(text)
