"""Kustomizations in the repository."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import msgspec

from gitops_bot.clients.rendering.flux.overlay import generated, overlaid
from gitops_bot.clients.rendering.kustomizations.references import (
    CONFIGURED,
    charts,
    configured_references,
    inline,
    is_remote,
    references,
)
from gitops_bot.clients.rendering.kustomize_options import edited, is_edited
from gitops_bot.clients.rendering.manifests import decode, objects
from gitops_bot.clients.rendering.programs.charts import schema_leads_out
from gitops_bot.clients.rendering.steps import KUSTOMIZATIONS, Step, join
from gitops_bot.clients.rendering.tools import Tools, required, run
from gitops_bot.clients.rendering.values import NotRenderable, ReadSet, SourceBroken
from gitops_bot.clients.workspace import Workspace
from gitops_bot.model.json import Json, mapping, sequence, text

_PASSED_OPTIONS = ("--load-restrictor", "--load_restrictor", "--enable-helm", "--reorder")


def read_set(workspace: Workspace, step: Step) -> ReadSet:
    """Return all files that the kustomization leads to; NotRenderable where it leads out of the repository.

    A path that is not there counts as a folder, or as a file where its name is that of one.
    """
    walk = _walked(workspace, step)
    return ReadSet(frozenset(walk.files), frozenset(walk.folders))


def build(workspace: Workspace, step: Step, tools: Tools, scratch: Path) -> list[dict[str, Json]]:
    """Return the objects that the kustomization gives."""
    root = workspace.root
    options = _build_options(step) if step.source.flux is None else _flux_options(workspace, step)
    if refusal := _walked(workspace, step).refusal:
        raise SourceBroken(refusal)
    if _is_edited(workspace, step):
        root = scratch / "repository"
        _copy(workspace, read_set(workspace, step), root)
        _edit(workspace, step, root)
    if "--enable-helm" in options and tools.helm:
        options += ["--helm-command", tools.helm[0]]
    command = [*required(tools.kustomize, "kustomize"), str(root / step.path), *options]
    output = run(command, folder=root, scratch=scratch, tools=tools, variables=step.variables)
    return objects(decode(output), f"the output of {step.path or '.'}")


class _Walk:
    """Follows what kustomizations name, from folder to folder."""

    def __init__(self, workspace: Workspace, step: Step) -> None:
        self.files: set[str] = set()
        self.folders: set[str] = set()
        # Whether a kustomization takes a file from beside or above its folder, and whether one runs transformers.
        self.beyond = False
        # What must not be built, though kustomize may do it: why.
        self.refusal = ""
        self.configured = False
        self._workspace = workspace
        self._step = step
        self._seen: set[str] = set()
        self._pending: list[str] = []

    def visit(self, folder: str) -> None:
        self._pending.append(folder)
        while self._pending:
            folder = self._pending.pop()
            if folder not in self._seen:
                self._seen.add(folder)
                self._look(folder)

    def _look(self, folder: str) -> None:
        names = [f"{folder}/{name}".lstrip("/") for name in KUSTOMIZATIONS]
        self.files.update(names)
        document, present = self._kustomization(folder)
        if folder == self._step.path:
            document = self._with_options(document if present else None)
        self.configured = self.configured or any(document.get(name) for name in CONFIGURED)
        for entry in references(document):
            self._follow(folder, entry)
        for configuration in [document, *self._configurations(folder, document)]:
            for entry in configured_references(configuration):
                self._follow(folder, entry)
            for home, chart in charts(configuration):
                self._chart(folder, home, chart)

    def _kustomization(self, folder: str) -> tuple[dict[str, Json], bool]:
        names = (f"{folder}/{name}".lstrip("/") for name in KUSTOMIZATIONS)
        content = next((found for name in names if (found := self._workspace.read(name)) is not None), None)
        documents = _parse(content or b"")
        return mapping(documents[0]) if documents else {}, content is not None

    def _configurations(self, folder: str, document: dict[str, Json]) -> Iterator[dict[str, Json]]:
        """Yield what configures plugins: inline, in files, and in the files that another kustomization lists."""
        contents = [entry.encode() for entry in inline(document)]
        for name in CONFIGURED:
            for path in (join(folder, text(entry)) for entry in sequence(document.get(name))):
                found = None if path is None else self._workspace.locate(path)
                listed = references(self._kustomization(path or "")[0]) if found is not None and found.is_dir() else ()
                inner = [path, *(join(path or "", entry) for entry in listed)]
                contents += [self._workspace.read(each) or b"" for each in inner if each is not None]
        for content in contents:
            yield from map(mapping, _parse(content))

    def _with_options(self, document: dict[str, Json] | None) -> dict[str, Json]:
        if document is None and self._step.source.flux is not None:
            self.folders.add(self._step.path)
        try:
            return _options_in(self._workspace, self._step, document)
        except SourceBroken:
            return document or {}

    def _follow(self, folder: str, entry: str) -> None:
        path = None if entry.startswith("/") else join(folder, entry)
        found = None if path is None else self._workspace.locate(path)
        if is_remote(entry, there=found is not None):
            raise NotRenderable(
                f"the kustomization in {folder or '.'} builds on {entry}, not on files of this repository"
            )
        if path is None:
            self.refusal = f"accumulating resources: {entry} in {folder or '.'} is outside the repository"
            return
        if found is not None and found.is_dir():
            # By its own name: through a link that leads upwards, a folder has names without end.
            own = join("", found.relative_to(self._workspace.root).as_posix()) or ""
            if own != path:
                self.files.add(path)
            self._pending.append(own)
            return
        self.beyond = self.beyond or (bool(folder) and not path.startswith(f"{folder}/"))
        if found is not None or Path(path).suffix:
            self.files.add(path)
        else:
            self.folders.add(path)

    def _chart(self, folder: str, home: str, chart: dict[str, Json]) -> None:
        where, name, release = folder or ".", text(chart.get("name")), text(chart.get("releaseName"))
        if "--enable-helm" not in self._step.request.build_options:
            asked = "which needs --enable-helm in Argo CD's kustomize.buildOptions"
            raise NotRenderable(f"the kustomization in {where} inflates Helm charts, {asked}")
        path = None if home.startswith("/") else join(folder, f"{home}/{name}")
        if path is None or self._workspace.locate(path) is None:
            raise NotRenderable(f"{where} inflates the Helm chart {name}, which is not in this repository")
        if release.startswith("-"):
            self.refusal = f"{where} inflates the Helm chart {name} with an option as release name: {release}"
        if any("{{" in text(chart.get(field)) for field in ("releaseName", "nameTemplate")):
            self.refusal = f"{where} inflates the Helm chart {name} with a template as release name"
        if schema_leads_out(self._workspace, [path]):
            raise NotRenderable(f"the schema of the Helm chart {name}, which {where} inflates, refers to other files")
        self.folders.add(path)
        for value in [chart.get("valuesFile"), *sequence(chart.get("additionalValuesFiles"))]:
            if text(value):
                self._follow(folder, text(value))


def _walked(workspace: Workspace, step: Step) -> _Walk:
    walk = _Walk(workspace, step)
    walk.visit(step.path)
    return walk


@lru_cache(maxsize=4096)
def _parse(content: bytes) -> tuple[Json, ...]:
    try:
        return tuple(decode(content))
    except SourceBroken:
        # Kustomize will say it better.
        return ()


def _copy(workspace: Workspace, reads: ReadSet, target: Path) -> None:
    """Put the files that are read beside the workspace, so that this source's options change nobody else's."""
    names = {path for folder in reads.folders for path in workspace.listing(folder)}
    names |= {path for path in reads.files if workspace.listing(path)}
    for path in workspace.listing() if workspace.has_links else sorted(names):
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        os.link(workspace.root / path, target / path, follow_symlinks=False)


def _file_in(workspace: Workspace, folder: str) -> str | None:
    names = (f"{folder}/{name}".lstrip("/") for name in KUSTOMIZATIONS)
    return next((name for name in names if workspace.read(name) is not None), None)


def _is_edited(workspace: Workspace, step: Step) -> bool:
    flux = step.source.flux
    made = flux is not None and (bool(flux.images) or _file_in(workspace, step.path) is None)
    return made or is_edited(step.source.kustomize)


def _edit(workspace: Workspace, step: Step, root: Path) -> None:
    name = _file_in(workspace, step.path)
    documents = decode(workspace.read(name) or b"") if name else []
    present = None if name is None else mapping(documents[0]) if documents else {}
    document = _options_in(workspace, step, present)
    file = root / (name or f"{step.path}/{KUSTOMIZATIONS[0]}".lstrip("/"))
    # The copy is a second name of the workspace's file: it must be replaced, not rewritten.
    file.unlink(missing_ok=True)
    file.write_bytes(msgspec.json.encode(document))


def _options_in(workspace: Workspace, step: Step, document: dict[str, Json] | None) -> dict[str, Json]:
    """Return the source's kustomization (None: it has none) with the source's options in it."""

    def exists(path: str) -> bool:
        found = join(step.path, path)
        return found is not None and workspace.locate(found) is not None

    if step.source.flux is not None:
        return overlaid(generated(workspace, step.path) if document is None else document, step, exists)
    if document is None:
        raise SourceBroken(f"Missing kustomization file in {step.path or '.'}")
    return edited(document, step, exists)


def _flux_options(workspace: Workspace, step: Step) -> list[str]:
    """Flux lets a kustomization take files from all over the repository; without need, kustomize's own guard stays."""
    walk = _walked(workspace, step)
    if walk.beyond and walk.configured:
        raise NotRenderable("its kustomizations take files from beside their folders and run transformers")
    return ["--load-restrictor", "LoadRestrictionsNone"] if walk.beyond else []


def _build_options(step: Step) -> list[str]:
    words = shlex.split(step.request.build_options)
    for word in words:
        if word.startswith("-") and word.partition("=")[0] not in _PASSED_OPTIONS:
            raise NotRenderable(f"Argo CD's kustomize.buildOptions have {word}, which is not supported here")
    return words


__all__ = ["build", "read_set"]
