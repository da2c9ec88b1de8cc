"""Which of 3,000 applications read a file, in a monorepo of 20,000 files: the index of one run, and an answer from it.

Beside it, in the same run, the time that git takes to list the same files; then the index at a second commit, which
changes a hundred applications' files, and back. Goal: the index in at most 5 s.
"""

from __future__ import annotations

import subprocess
import tempfile
import time
from pathlib import Path

from gitops_bot.clients.fleet import Fleet
from gitops_bot.clients.rendering import Renderer, Tools
from gitops_bot.clients.repository import ConfigRepository
from gitops_bot.clients.workspace import Workspace
from gitops_bot.model.application import Application, ApplicationSpec, Destination, Metadata
from gitops_bot.model.source import HelmOptions, Source

APPLICATIONS = 3000
FILES = 20_000
URL = "https://forge.example/acme/monorepo"
DEPLOYMENT = """apiVersion: apps/v1
kind: Deployment
metadata: {{name: {name}}}
spec:
  replicas: 2
  template: {{spec: {{containers: [{{name: app, image: "registry.example.com/{name}:1.0.0"}}]}}}}
"""


def write(path: Path, text: str) -> None:
    """Write one file and its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def populate(root: Path) -> list[Application]:
    """Write a monorepo in which a third of the applications is Kustomize's, a third Helm's and a third plain."""
    write(root / "bases/web/kustomization.yaml", "resources: [deployment.yaml]\n")
    write(root / "bases/web/deployment.yaml", DEPLOYMENT.format(name="web"))
    write(root / "charts/web/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n")
    write(root / "charts/web/values.yaml", "replicas: 1\n")
    write(root / "charts/web/templates/deployment.yaml", DEPLOYMENT.format(name="{{ .Release.Name }}"))
    sources = []
    for number in range(APPLICATIONS):
        folder = f"apps/team-{number % 60}/app-{number}"
        if number % 3 == 0:
            write(root / folder / "kustomization.yaml", f"resources: [../../../bases/web]\nnameSuffix: -{number}\n")
            sources.append(Source(repo_url=URL, path=folder))
        elif number % 3 == 1:
            write(root / folder / "values.yaml", f"replicas: {number % 5}\n")
            options = HelmOptions(value_files=[f"/{folder}/values.yaml"])
            sources.append(Source(repo_url=URL, path="charts/web", helm=options))
        else:
            write(root / folder / "deployment.yaml", DEPLOYMENT.format(name=f"app-{number}"))
            sources.append(Source(repo_url=URL, path=folder))
    for number in range(FILES - APPLICATIONS - 5):
        write(root / f"docs/section-{number % 200}/page-{number}.md", f"# Page {number}\n")
    return [
        Application(
            metadata=Metadata(name=f"app-{number}", namespace="argocd"),
            spec=ApplicationSpec(destination=Destination(namespace=f"app-{number}"), source=source),
        )
        for number, source in enumerate(sources)
    ]


def change(root: Path) -> None:
    """Give a hundred of Kustomize's applications another suffix."""
    for number in range(0, 300, 3):
        folder = f"apps/team-{number % 60}/app-{number}"
        write(root / folder / "kustomization.yaml", f"resources: [../../../bases/web]\nnameSuffix: -v{number}\n")


def commit(root: Path) -> None:
    """Commit all of it."""
    identity = ["-c", "user.name=bench", "-c", "user.email=bench@example.com"]
    begin = [] if (root / ".git").exists() else [["init", "-q", "-b", "main"]]
    for words in (*begin, ["add", "-A"], [*identity, "commit", "-q", "-m", "monorepo"]):
        subprocess.run(["git", *words], cwd=root, check=True)


def timed(fleet: Fleet, path: str) -> tuple[float, list[str]]:
    """Ask who reads a file; return the seconds that it took, and the names."""
    start = time.perf_counter()
    found = fleet.readers([path])
    return time.perf_counter() - start, [one.name for one in found]


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "monorepo"
        root.mkdir()
        applications = populate(root)
        commit(root)
        start = time.perf_counter()
        subprocess.run(["git", "ls-tree", "-r", "HEAD"], cwd=root, check=True, capture_output=True)
        listing = time.perf_counter() - start
        change(root)
        commit(root)
        with ConfigRepository.open(root) as repository:
            start = time.perf_counter()
            head = repository.head("main")
            workspace = Workspace(repository, head, Path(folder) / "workspace")
            files = time.perf_counter() - start
            renderer = Renderer(workspace, Tools())
            fleet = Fleet(applications, repository, workspace, renderer, commit=head, branch="main", urls=(URL,))
            index, shared = timed(fleet, "bases/web/deployment.yaml")
            answer, own = timed(fleet, "apps/team-7/app-7/values.yaml")
            with workspace.at(repository.parent(head) or head):
                second, before = timed(fleet, "bases/web/deployment.yaml")
            back, after = timed(fleet, "bases/web/deployment.yaml")
    assert len(shared) == APPLICATIONS // 3
    assert before == shared == after
    assert own == ["app-7"]
    print(f"{FILES} files on disk: {files:.2f} s")
    print(f"index of who reads what: {index:.2f} s, {index / listing:.0f} x git's own list of the files (goal: <= 5 s)")
    print(f"an answer from it: {answer * 1000:.2f} ms")
    print(f"index at a second commit: {second * 1000:.0f} ms, and back: {back * 1000:.0f} ms")


if __name__ == "__main__":
    main()
