"""One source of an Application, as Argo CD sees it: overrides merged in, and what kind it is."""

from __future__ import annotations

import posixpath
import re
from enum import StrEnum

import msgspec
from msgspec import Struct

from gitops_bot.clients.rendering.manifests import decode
from gitops_bot.clients.rendering.patterns import substitute
from gitops_bot.clients.rendering.urls import same_repository
from gitops_bot.clients.rendering.values import NotRenderable, ReadSet, RenderInput, SourceBroken
from gitops_bot.clients.workspace import Workspace
from gitops_bot.model.flux import UNKNOWN_SOURCE
from gitops_bot.model.json import Json
from gitops_bot.model.source import Source

KUSTOMIZATIONS = ("kustomization.yaml", "kustomization.yml", "Kustomization")
_PINNED = re.compile(r"^(?:[0-9a-f]{7,64}|refs/tags/.*|v?[0-9]+(?:\.[0-9x*]+)+\S*)$")


class Kind(StrEnum):
    """What makes manifests of a source."""

    HELM = "Helm"
    KUSTOMIZE = "Kustomize"
    DIRECTORY = "Directory"


class Step(Struct, frozen=True):
    """A source to be rendered: its merged options, its folder ("" for the root) and what it is."""

    request: RenderInput
    source: Source
    kind: Kind
    path: str
    commit: str

    def substitute(self, value: str) -> str:
        """Replace the build environment's variables (`$ARGOCD_APP_NAME` and its like) in a value."""
        return substitute(value, self.variables) if "$" in value and self.source.flux is None else value

    @property
    def variables(self) -> dict[str, str]:
        """The build environment; Flux gives none."""
        if self.source.flux is not None:
            return {}
        return {
            "ARGOCD_APP_NAME": self.request.application,
            "ARGOCD_APP_NAMESPACE": self.request.namespace,
            "ARGOCD_APP_PROJECT_NAME": self.request.project,
            "ARGOCD_APP_REVISION": self.commit,
            "ARGOCD_APP_REVISION_SHORT": self.commit[:7],
            "ARGOCD_APP_REVISION_SHORT_8": self.commit[:8],
            "ARGOCD_APP_SOURCE_REPO_URL": self.source.repo_url,
            "ARGOCD_APP_SOURCE_PATH": self.source.path,
            "ARGOCD_APP_SOURCE_TARGET_REVISION": self.source.target_revision,
        }


def join(folder: str, path: str) -> str | None:
    """Return `path` as seen from `folder`, relative to the root ("" is the root); None where it leaves the root.

    A path with a leading slash is seen from the root.
    """
    joined = posixpath.normpath(
        path.lstrip("/") or "." if path.startswith("/") else posixpath.join(folder, path) or "."
    )
    if joined == ".." or joined.startswith(("../", "/")):
        return None
    return "" if joined == "." else joined


def rendered_sources(request: RenderInput) -> tuple[Source, ...]:
    """Return the sources that give manifests; NotRenderable where one is not in this repository's files."""
    if not request.sources:
        raise NotRenderable("it has no source in Git (a `sourceHydrator` Application renders from a hydrated branch)")
    several = len(request.sources) > 1
    wanted = [
        source for source in request.sources if not (several and source.ref and not (source.path or source.chart))
    ]
    for source in wanted:
        refuse(request, source)
    return tuple(wanted)


def refuse(request: RenderInput, source: Source) -> None:
    """Raise NotRenderable where the source's files are not those of the workspace."""
    if source.flux is not None and not source.chart:
        _refuse_artifact(source)
    if source.chart or source.repo_url.startswith("oci://"):
        place = source.repo_url.removeprefix(UNKNOWN_SOURCE)
        raise NotRenderable(f"the chart {source.chart or place} is in a registry ({place}), not in Git")
    if source.plugin is not None:
        raise NotRenderable("a config management plugin makes its manifests")
    own = not request.repository_urls or any(same_repository(source.repo_url, url) for url in request.repository_urls)
    # Of a Flux source that nobody has told the address of, this repository is assumed.
    own = own or source.repo_url.startswith(UNKNOWN_SOURCE)
    if not own:
        raise NotRenderable(f"its source is another repository ({source.repo_url})")
    revision = source.target_revision.removeprefix("refs/heads/")
    branch = request.branch.removeprefix("refs/heads/")
    moving = revision in ("", "HEAD", branch) if branch else not _PINNED.match(source.target_revision)
    if not moving:
        raise NotRenderable(f"its source is pinned to {source.target_revision}, not to the branch at hand")


def _refuse_artifact(source: Source) -> None:
    kind, _, name = source.repo_url.removeprefix(UNKNOWN_SOURCE).partition("/")
    if source.repo_url.startswith(UNKNOWN_SOURCE) and kind != "GitRepository":
        raise NotRenderable(f"its source is the {kind} {name}, not Git")


def plan(workspace: Workspace, request: RenderInput, source: Source) -> tuple[Step, ReadSet]:
    """Return how a source is rendered, and what was looked at to tell.

    SourceBroken where its folder is not there or its options contradict each other.
    """
    path = join("", source.path)
    if path is None or source.path.startswith("/"):
        raise SourceBroken(f"{source.path}: app path is not inside the repository")
    names = (".argocd-source.yaml", f".argocd-source-{request.application}.yaml")
    overrides = [f"{path}/{name}".lstrip("/") for name in names]
    markers = [f"{path}/{name}".lstrip("/") for name in ("Chart.yaml", *KUSTOMIZATIONS)]
    reads = ReadSet(files=frozenset([*overrides, *markers]))
    folder = workspace.locate(path)
    if folder is None or not folder.is_dir():
        return Step(request, source, Kind.DIRECTORY, path, workspace.commit), ReadSet(folders=frozenset({path}))
    if source.flux is not None:
        kind = Kind.KUSTOMIZE if source.flux.kind == "Kustomization" else Kind.HELM
        return Step(request, source, kind, path, workspace.commit), ReadSet()
    merged = _merged(workspace, source, overrides)
    return Step(request, merged, _kind(workspace, merged, path), path, workspace.commit), reads


def _merged(workspace: Workspace, source: Source, overrides: list[str]) -> Source:
    merged = source
    for path in overrides:
        content = workspace.read(path)
        if content is None:
            continue
        documents = [document for document in decode(content) if document is not None]
        current: Json = msgspec.to_builtins(merged)
        try:
            merged = msgspec.convert(_merge_patch(current, documents[0] if documents else {}), Source)
        except msgspec.ValidationError as error:
            raise SourceBroken(f"{path}: {error}") from None
    # Only options of the tools may be overridden: Argo CD puts the place back.
    return msgspec.structs.replace(
        merged,
        chart=source.chart,
        path=source.path,
        repo_url=source.repo_url,
        target_revision=source.target_revision,
    )


def _merge_patch(target: Json, patch: Json) -> Json:
    """RFC 7386."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = _merge_patch(result.get(key), value)
    return result


def _kind(workspace: Workspace, source: Source, path: str) -> Kind:
    options = {Kind.KUSTOMIZE: source.kustomize, Kind.HELM: source.helm, Kind.DIRECTORY: source.directory}
    given = [kind for kind, value in options.items() if value is not None]
    if source.plugin is not None:
        raise NotRenderable("a config management plugin makes its manifests")
    if len(given) > 1:
        raise SourceBroken(f"multiple application sources defined: {','.join(given)}")
    if given:
        return given[0]
    folder = workspace.locate(path)
    names = {entry.name for entry in folder.iterdir() if not entry.is_dir()} if folder else set()
    if names.intersection(KUSTOMIZATIONS):
        return Kind.KUSTOMIZE
    if any(name.endswith("Chart.yaml") for name in names):
        return Kind.HELM
    return Kind.DIRECTORY
