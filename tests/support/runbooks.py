"""The real runbooks of the shared folder and the questions asked of them: for tests and the bench."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from msgspec import Struct

from gitops_bot.clients.retrieval import Document, read_folder, read_markdown
from gitops_bot.model.dialogue import Library

ROOT = Path(__file__).parents[2]
RUNBOOKS = ROOT.parent / "shared" / "runbooks"
FIXTURES = ROOT / "fixtures" / "runbooks"
MISSING = f"{RUNBOOKS.relative_to(ROOT.parent)} is not beside the repository"
# What the vocabulary was written against; what it was measured with; what was written when it was closed.
PARTS = ("development", "held-out", "blind")
KINDS = ("alert_and_annotations", "annotations", "summary")


class Question(Struct, frozen=True):
    """A query and the pages that are right; none where no page is."""

    query: str
    right: tuple[str, ...] = ()


def pages() -> tuple[Document, ...]:
    """Return the runbooks as they are."""
    return read_folder(RUNBOOKS)


def masked_pages() -> dict[str, Document]:
    """Return the runbooks without their names, by their real paths: no title, a number for the file's name, and the
    alert's name nowhere in the text."""
    return {page.path: _masked(page, number) for number, page in enumerate(pages())}


def _masked(page: Document, number: int) -> Document:
    nameless = re.sub(re.escape(PurePosixPath(page.path).stem), "", page.text, flags=re.IGNORECASE)
    return read_markdown(f"pages/p{number:03}.md", re.sub(r"\A\s*#[^\n]*\n", "", nameless))


def alerts(kind: str) -> list[Question]:
    """Return the alerts' queries of one kind of KINDS."""
    entries = _lines(RUNBOOKS / "queries.jsonl")
    return [Question(entry[kind], tuple(entry["expected"])) for entry in entries]


def paraphrases(part: str) -> list[Question]:
    """Return what people say who do not know an alert's name, one part of them."""
    entries = _lines(FIXTURES / "paraphrases.jsonl")
    return [Question(entry["query"], tuple(entry["expected"])) for entry in entries if entry["part"] == part]


def without_page(part: str) -> list[Question]:
    """Return queries that no page answers, one part of them."""
    return [Question(entry["query"]) for entry in _lines(FIXTURES / "no-page.jsonl") if entry["part"] == part]


def recall(
    library: Library, questions: Sequence[Question], most: int = 1, renamed: Mapping[str, Document] | None = None
) -> float:
    """Return the share of questions for which a right page is among the first `most`."""
    found = 0
    for question in questions:
        right = {path if renamed is None else renamed[path].path for path in question.right}
        found += bool(right.intersection(page.path for page in library.search(question.query, most)))
    return found / len(questions)


def abstention(library: Library, questions: Sequence[Question]) -> float:
    """Return the share of questions for which nothing is found."""
    return sum(not library.search(question.query) for question in questions) / len(questions)


def _lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
