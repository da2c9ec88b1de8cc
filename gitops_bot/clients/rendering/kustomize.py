"""Kustomizations in the repository."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import msgspec

from gitops_bot.clients.rendering.kustomize_options import edited, is_edited
from gitops_bot.clients.rendering.manifests import decode, objects
from gitops_bot.clients.rendering.steps import KUSTOMIZATIONS, Step, join
from gitops_bot.clients.rendering.tools import Tools, required, run
from gitops_bot.clients.rendering.values import NotRenderable, ReadSet, SourceBroken
from gitops_bot.clients.workspace import Workspace
from gitops_bot.model.json import Json, dig, mapping, sequence, text

_REMOTE = re.compile(r"^(?:git::|(?:ssh|https?|file)://|github\.com[:/])", re.IGNORECASE)
_REMOTE_BY_SSH = re.compile(r"^[A-Za-z][\w.-]*@[\w.-]+[:/]")
_RESOURCES = ("resources", "bases", "components", "crds", "configurations", "generators", "transformers", "validators")
_PATCHES = ("patches", "patchesJson6902", "replacements")
_GENERATORS = ("configMapGenerator", "secretGenerator")
_PASSED_OPTIONS = ("--load-restrictor", "--load_restrictor", "--enable-helm", "--reorder")


def read_set(workspace: Workspace, step: Step) -> ReadSet:
    """Return all files that the kustomization leads to; NotRenderable where it leads out of the repository.

    A path that is not there counts as a folder, or as a file where its name is that of one.
    """
    walk = _Walk(workspace, step)
    walk.visit(step.path)
    return ReadSet(frozenset(walk.files), frozenset(walk.folders))


def build(workspace: Workspace, step: Step, tools: Tools, scratch: Path) -> list[dict[str, Json]]:
    """Return the objects that the kustomization gives."""
    root = workspace.root
    if is_edited(step.source.kustomize):
        root = scratch / "repository"
        _copy(workspace, read_set(workspace, step), root)
        _edit(workspace, step, root)
    options = _build_options(step)
    if "--enable-helm" in options and tools.helm:
        options += ["--helm-command", tools.helm[0]]
    command = [*required(tools.kustomize, "kustomize"), str(root / step.path), *options]
    output = run(command, folder=root, scratch=scratch, variables=step.variables)
    return objects(decode(output), f"the output of {step.path or '.'}")


class _Walk:
    """Follows what kustomizations name, from folder to folder."""

    def __init__(self, workspace: Workspace, step: Step) -> None:
        self.files: set[str] = set()
        self.folders: set[str] = set()
        self._workspace = workspace
        self._step = step
        self._seen: set[str] = set()

    def visit(self, folder: str) -> None:
        if folder in self._seen:
            return
        self._seen.add(folder)
        names = [f"{folder}/{name}".lstrip("/") for name in KUSTOMIZATIONS]
        self.files.update(names)
        content = next((found for name in names if (found := self._workspace.read(name)) is not None), None)
        document = _parse(content) if content is not None else {}
        if folder == self._step.path:
            document = self._with_options(document)
        for entry in _references(document):
            self._follow(folder, entry)
        if sequence(document.get("helmCharts")) or sequence(document.get("helmChartInflationGenerator")):
            self._charts(folder, document)

    def _with_options(self, document: dict[str, Json]) -> dict[str, Json]:
        try:
            return edited(document, self._step, self._exists)
        except SourceBroken:
            return document

    def _exists(self, path: str) -> bool:
        found = join(self._step.path, path)
        return found is not None and self._workspace.locate(found) is not None

    def _follow(self, folder: str, entry: str) -> None:
        path = None if entry.startswith("/") else join(folder, entry)
        found = None if path is None else self._workspace.locate(path)
        if _REMOTE.match(entry) or (found is None and _REMOTE_BY_SSH.match(entry)):
            raise NotRenderable(
                f"the kustomization in {folder or '.'} builds on {entry}, not on files of this repository"
            )
        if path is None:
            return
        if found is not None and found.is_dir():
            self.visit(path)
        elif found is not None or Path(path).suffix:
            self.files.add(path)
        else:
            self.folders.add(path)

    def _charts(self, folder: str, document: dict[str, Json]) -> None:
        if "--enable-helm" not in self._step.request.build_options:
            asked = "which needs --enable-helm in Argo CD's kustomize.buildOptions"
            raise NotRenderable(f"the kustomization in {folder or '.'} inflates Helm charts, {asked}")
        home = text(dig(document, "helmGlobals", "chartHome")) or "charts"
        for chart in sequence(document.get("helmCharts")):
            name = text(dig(chart, "name"))
            path = join(folder, f"{home}/{name}")
            if path is None or self._workspace.locate(path) is None:
                raise NotRenderable(f"{folder or '.'} inflates the Helm chart {name}, which is not in this repository")
            self.folders.add(path)
            values = [dig(chart, "valuesFile"), *sequence(dig(chart, "additionalValuesFiles"))]
            for value in values:
                if text(value):
                    self._follow(folder, text(value))


def _references(document: dict[str, Json]) -> Iterator[str]:
    """Return the paths that a kustomization names; inline content is none."""
    for name in (*_RESOURCES, "patchesStrategicMerge"):
        for entry in sequence(document.get(name)):
            if text(entry) and "\n" not in text(entry):
                yield text(entry)
    for name in _PATCHES:
        for entry in sequence(document.get(name)):
            if path := text(dig(entry, "path")):
                yield path
    for name in _GENERATORS:
        for generator in sequence(document.get(name)):
            yield from _generated(mapping(generator))
    if path := text(dig(document, "openapi", "path")):
        yield path


def _generated(generator: dict[str, Json]) -> Iterator[str]:
    for entry in sequence(generator.get("files")):
        key, equals, path = text(entry).partition("=")
        if path or key:
            yield path if equals else key
    for entry in [*sequence(generator.get("envs")), generator.get("env")]:
        if text(entry):
            yield text(entry)


@lru_cache(maxsize=4096)
def _parse(content: bytes) -> dict[str, Json]:
    try:
        documents = decode(content)
    except SourceBroken:
        # Kustomize will say it better.
        return {}
    return mapping(documents[0]) if documents else {}


def _copy(workspace: Workspace, reads: ReadSet, target: Path) -> None:
    """Put the files that are read beside the workspace, so that this source's options change nobody else's."""
    names = {path for folder in reads.folders for path in workspace.listing(folder)}
    names |= {path for path in reads.files if workspace.listing(path)}
    for path in workspace.listing() if workspace.has_links else sorted(names):
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        os.link(workspace.root / path, target / path, follow_symlinks=False)


def _edit(workspace: Workspace, step: Step, root: Path) -> None:
    folder = root / step.path
    file = next((folder / name for name in KUSTOMIZATIONS if (folder / name).is_file()), None)
    if file is None:
        raise SourceBroken(f"Missing kustomization file in {step.path or '.'}")
    documents = decode(file.read_bytes())
    document = edited(mapping(documents[0]) if documents else {}, step, lambda path: _inside(workspace, step, path))
    # The copy is a second name of the workspace's file: it must be replaced, not rewritten.
    file.unlink()
    file.write_bytes(msgspec.json.encode(document))


def _inside(workspace: Workspace, step: Step, path: str) -> bool:
    found = join(step.path, path)
    return found is not None and workspace.locate(found) is not None


def _build_options(step: Step) -> list[str]:
    words = shlex.split(step.request.build_options)
    for word in words:
        if word.startswith("-") and word.partition("=")[0] not in _PASSED_OPTIONS:
            raise NotRenderable(f"Argo CD's kustomize.buildOptions have {word}, which is not supported here")
    return words


__all__ = ["build", "read_set"]
