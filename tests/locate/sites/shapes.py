"""The fixture repositories: one folder a shape, with its Applications and the questions that are asked about it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

import msgspec

from gitops_bot.clients.fleet import Fleet
from gitops_bot.locate.sites import Answer, Site, find_sites, open_fleet, read_applications
from gitops_bot.model.application import Application
from gitops_bot.model.resource import ResourceKey
from tests.support.repository import Repository

ROOT = Path(__file__).parents[3]
SHAPES = ROOT / "fixtures" / "shapes"
NAMES = tuple(sorted(folder.name for folder in SHAPES.iterdir() if folder.is_dir()))
TOOLS_PATH = f"{os.environ['PATH']}{os.pathsep}{ROOT / '.tools' / 'bin'}"
Json = dict[str, object]


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """A field, and what the answer must be: the sites, the best first, or a part of the reason why there are none."""

    application: str
    resource: str
    pointer: str
    expressible: bool = True
    reason: str = ""
    sites: list[Json] | None = None
    shared_by: list[str] | None = None
    read_only: list[str] | None = None

    @property
    def key(self) -> ResourceKey:
        group, kind, namespace, name = self.resource.split("/")
        return ResourceKey("" if group == "core" else group, kind, namespace, name)

    def __str__(self) -> str:
        return f"{self.application}: {self.resource} {self.pointer}"


def questions(shape: str) -> list[Question]:
    return msgspec.json.decode((SHAPES / shape / "questions.json").read_bytes(), type=list[Question])


def applications(shape: str) -> tuple[Application, ...]:
    return read_applications(SHAPES / shape / "applications.json")


def checkout(shape: str, folder: Path) -> Path:
    """Commit a shape's files to a new repository and return its folder."""
    files = SHAPES / shape / "repository"
    repository = Repository(folder / shape)
    repository.commit(
        {path.relative_to(files).as_posix(): path.read_bytes() for path in sorted(files.rglob("*")) if path.is_file()}
    )
    return repository.path


class Shape:
    """One shape's fleet, with its questions and the answers that were found to them."""

    def __init__(self, name: str, fleet: Fleet) -> None:
        self.name = name
        self.fleet = fleet

    @cached_property
    def answers(self) -> list[tuple[Question, Answer]]:
        return [(question, ask(self.fleet, question)) for question in questions(self.name)]

    @property
    def provable(self) -> list[tuple[Question, Answer]]:
        """Those with sites; without fields of an Application itself, which its own render does not show."""
        return [
            (question, answer)
            for question, answer in self.answers
            if question.expressible and not self._asks_itself(question)
        ]

    def _asks_itself(self, question: Question) -> bool:
        key = self.fleet.applications[question.application].key
        return (question.key.kind, question.key.name) == (key.kind, key.name)


@contextmanager
def opened(shape: str, folder: Path) -> Iterator[Shape]:
    with open_fleet(checkout(shape, folder), applications(shape), TOOLS_PATH) as fleet:
        yield Shape(shape, fleet)


def ask(fleet: Fleet, question: Question) -> Answer:
    return find_sites(fleet, fleet.applications[question.application], question.key, question.pointer)


def shown(site: Site) -> Json:
    """Return a site as `questions.json` writes it: what is usual is left out."""
    found: Json = {
        "path": site.place.path,
        "document": site.place.document,
        "pointer": site.place.pointer,
        "line": site.line,
    }
    if site.place.inside:
        found["inside"] = list(site.place.inside)
    if not site.exists:
        found["exists"] = False
    if site.mapping.part:
        found["part"] = site.mapping.part
    if site.also_moves:
        found["also_moves"] = len(site.also_moves)
    return found
