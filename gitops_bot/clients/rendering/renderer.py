"""Renders Applications from the files of a workspace, as Argo CD would."""

from __future__ import annotations

import hashlib
import tempfile
import time
from concurrent.futures import Future
from pathlib import Path
from threading import Lock

import msgspec

from gitops_bot.clients.rendering import directory, helm, kustomize
from gitops_bot.clients.rendering.flux.finishing import finished
from gitops_bot.clients.rendering.manifests import named
from gitops_bot.clients.rendering.steps import Kind, Step, join, plan, rendered_sources
from gitops_bot.clients.rendering.tools import LimitReached, Tools
from gitops_bot.clients.rendering.values import (
    NotRenderable,
    ReadSet,
    Rendered,
    RenderFailed,
    RenderInput,
    SourceBroken,
)
from gitops_bot.clients.workspace import Workspace
from gitops_bot.errors import GitopsBotError
from gitops_bot.model.json import Json

_READERS = {Kind.HELM: helm.read_set, Kind.KUSTOMIZE: kustomize.read_set, Kind.DIRECTORY: directory.read_set}
_BUILDERS = {Kind.HELM: helm.build, Kind.KUSTOMIZE: kustomize.build}
_REMEMBERED = 512


class Renderer:
    """Renders the sources of Applications at a workspace's present state; the same question is answered once.

    Several threads may render at a time, as long as the workspace does not change meanwhile. `render_count` says how
    often a render was not answered from memory.
    """

    def __init__(self, workspace: Workspace, tools: Tools) -> None:
        self.render_count = 0
        self._workspace = workspace
        self._tools = tools
        self._lock = Lock()
        self._answers: dict[str, Future[Rendered]] = {}
        self._strained: set[str] = set()

    @property
    def tools(self) -> Tools:
        """The programs that it renders with."""
        return self._tools

    def render(self, request: RenderInput) -> Rendered:
        """Return the objects that Argo CD would compare.

        RenderFailed where the sources are wrong, NotRenderable where they are not all in this repository, ToolMissing
        where a program that they need is not installed.
        """
        try:
            steps, reads = self._plan(request)
        except SourceBroken as broken:
            raise RenderFailed(broken.message, self._around(request)) from None
        name = self._name(request, reads)
        with self._lock:
            answer = self._answers.get(name)
            mine = answer is None
            if answer is None:
                while len(self._answers) >= _REMEMBERED:
                    del self._answers[next(iter(self._answers))]
                answer = self._answers[name] = Future()
                self.render_count += 1
        if mine:
            self._answer(answer, name, request, steps, reads)
        return answer.result()

    def reads(self, request: RenderInput) -> ReadSet:
        """Return what a render would read, without running a tool; NotRenderable where it could not start.

        Sources that are wrong give what was looked at: with a base that is missing, the path where it was looked for.
        """
        try:
            return self._plan(request)[1]
        except SourceBroken:
            return self._around(request)

    def _plan(self, request: RenderInput) -> tuple[list[Step], ReadSet]:
        steps: list[Step] = []
        total = ReadSet()
        for source in rendered_sources(request):
            step, reads = plan(self._workspace, request, source)
            total = total | reads | _READERS[step.kind](self._workspace, step)
            steps.append(step)
        return steps, total

    def _around(self, request: RenderInput) -> ReadSet:
        """Return the sources' folders: what a source reads whose options are wrong."""
        return ReadSet(folders=frozenset(join("", source.path) or "" for source in rendered_sources(request)))

    def _name(self, request: RenderInput, reads: ReadSet) -> str:
        content = self._workspace.digest([*reads.files, *reads.folders])
        return hashlib.sha256(msgspec.json.encode(request) + content.encode()).hexdigest()

    def _answer(
        self, answer: Future[Rendered], name: str, request: RenderInput, steps: list[Step], reads: ReadSet
    ) -> None:
        try:
            bodies: list[dict[str, Json]] = []
            over = time.monotonic() + self._tools.limits.seconds
            for step in steps:
                bodies.extend(self._build(step, self._tools.within(over - time.monotonic())))
            answer.set_result(Rendered(named(bodies, request.namespace), reads))
        except SourceBroken as broken:
            if isinstance(broken, LimitReached) and self._may_succeed(name):
                self._forget(name)
            answer.set_exception(RenderFailed(broken.message, reads))
        except (NotRenderable, GitopsBotError, OSError) as error:
            self._forget(name)
            answer.set_exception(error)
        finally:
            # A bug or an interrupt: whoever waits for the same answer must not wait for ever.
            if not answer.done():
                self._forget(name)
                answer.cancel()

    def _may_succeed(self, name: str) -> bool:
        """Return whether a render that met a limit is worth another try: the first time, but not each time."""
        with self._lock:
            first = name not in self._strained
            self._strained.add(name)
        return first

    def _build(self, step: Step, tools: Tools) -> list[dict[str, Json]]:
        with tempfile.TemporaryDirectory(dir=self._workspace.root.parent) as folder:
            scratch = Path(folder)
            try:
                if step.kind in _BUILDERS:
                    bodies = _BUILDERS[step.kind](self._workspace, step, tools, scratch)
                    flux = step.source.flux
                    return bodies if flux is None else finished(bodies, flux, self._tools, scratch)
                return directory.build(self._workspace, directory.read_set(self._workspace, step))
            except LimitReached:
                raise
            except SourceBroken as broken:
                raise SourceBroken(self._plain(broken.message, scratch)) from None

    def _plain(self, message: str, scratch: Path) -> str:
        """Return the message with paths as they are in the repository."""
        for folder in (scratch / "repository", scratch / "chart", scratch, self._workspace.root):
            message = message.replace(f"{folder}/", "").replace(str(folder), ".")
        return message

    def _forget(self, name: str) -> None:
        with self._lock:
            self._answers.pop(name, None)
