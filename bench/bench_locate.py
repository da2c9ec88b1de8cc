"""`locate` on every question of `fixtures/shapes`: how many are right, what an answer costs, and the command's time.

Goals: all right (98 % on repositories nobody has seen), at most 1 s for a first answer about an Application and 0.3 s
for the next ones, a handful of renders.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import msgspec

from gitops_bot.clients.fleet import Fleet
from gitops_bot.commands.locate import read_resource
from gitops_bot.locate.sites import Answer, find_sites, open_fleet, read_applications

ROOT = Path(__file__).parents[1]
SHAPES = ROOT / "fixtures" / "shapes"
TOOLS = f"{ROOT / '.tools' / 'bin'}{os.pathsep}{os.environ['PATH']}"
COMMAND_ROUNDS = 5


class Question(msgspec.Struct):
    """One entry of `questions.json`."""

    application: str
    resource: str
    pointer: str
    expressible: bool = True
    sites: list[dict[str, object]] = []


def commit(shape: Path, folder: Path) -> Path:
    """Return a new repository with a shape's files."""
    repository = folder / shape.name
    subprocess.run(["cp", "-r", str(shape / "repository"), str(repository)], check=True)
    for words in (
        ["init", "-q", "-b", "main"],
        ["add", "-A"],
        ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "x"],
    ):
        subprocess.run(["git", *words], cwd=repository, check=True)
    return repository


def right(question: Question, answer: Answer) -> bool:
    """Return whether the best site is the right one, or there is none where there must be none."""
    if not question.expressible or not answer.expressible:
        return question.expressible == answer.expressible
    best, place = question.sites[0], answer.sites[0].place
    return (best["path"], best["document"], best["pointer"]) == (place.path, place.document, place.pointer)


def ask(fleet: Fleet, question: Question) -> tuple[Answer, float]:
    """Return the answer and the seconds that it took."""
    start = time.perf_counter()
    application = fleet.applications[question.application]
    answer = find_sites(fleet, application, read_resource(question.resource), question.pointer)
    return answer, time.perf_counter() - start


def measure(shape: Path, repository: Path) -> tuple[int, list[float], list[float], list[int]]:
    """Return how many answers are right, the seconds of first and of later ones about an Application, and renders."""
    questions = msgspec.json.decode((shape / "questions.json").read_bytes(), type=list[Question])
    correct, first, later, renders = 0, [], [], []
    seen: set[str] = set()
    with open_fleet(repository, read_applications(shape / "applications.json"), TOOLS) as fleet:
        for question in questions:
            answer, seconds = ask(fleet, question)
            correct += right(question, answer)
            renders.append(answer.renders)
            (later if question.application in seen else first).append(seconds)
            seen.add(question.application)
    return correct, first, later, renders


def command_seconds(shape: Path, repository: Path, folder: Path) -> float:
    """Return the median seconds of the whole command for a shape's first question."""
    question = msgspec.json.decode((shape / "questions.json").read_bytes(), type=list[Question])[0]
    applications = json.loads((shape / "applications.json").read_text(encoding="utf-8"))
    file = folder / "application.json"
    file.write_text(json.dumps(next(one for one in applications if one["metadata"]["name"] == question.application)))
    words = ["--application", str(file), "--resource", question.resource, "--pointer", question.pointer, "--json"]
    taken = []
    for _ in range(COMMAND_ROUNDS):
        start = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "gitops_bot", "locate", "--repo", str(repository), *words],
            env={**os.environ, "PATH": TOOLS, "PYTHONPATH": str(ROOT)},
            check=True,
            stdout=subprocess.DEVNULL,
        )
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def main() -> None:
    """Measure and print."""
    total = correct = 0
    first: list[float] = []
    later: list[float] = []
    renders: list[int] = []
    with tempfile.TemporaryDirectory() as folder:
        shapes = sorted(path for path in SHAPES.iterdir() if path.is_dir())
        for shape in shapes:
            repository = commit(shape, Path(folder))
            found, begun, gone_on, rendered = measure(shape, repository)
            print(f"{shape.name:20} {found:3} of {len(rendered):3} right, first {max(begun):.2f} s", end="")
            print(f", next p50 {statistics.median(gone_on):.2f} s, max {max(gone_on):.2f} s" if gone_on else "")
            total, correct = total + len(rendered), correct + found
            first, later, renders = first + begun, later + gone_on, renders + rendered
        for name in ("kustomize-overlays", "helm-values"):
            seconds = command_seconds(SHAPES / name, Path(folder) / name, Path(folder))
            print(f"the command, {name}: {seconds:.2f} s")
    later.sort()
    print(f"right: {correct} of {total} ({correct / total:.1%})")
    print(f"first answer about an application: p50 {statistics.median(first):.2f} s, max {max(first):.2f} s (goal 1 s)")
    print(f"next answers: p50 {statistics.median(later):.2f} s, p95 {later[int(len(later) * 0.95)]:.2f} s (goal 0.3 s)")
    print(f"renders an answer: mean {statistics.mean(renders):.1f}, max {max(renders)}")


if __name__ == "__main__":
    main()
