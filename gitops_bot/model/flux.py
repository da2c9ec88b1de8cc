"""Flux's Kustomizations and HelmReleases, and each as the Application that it amounts to.

The structures hold the fields that all served versions of the kinds share (kustomize.toolkit.fluxcd.io v1beta1 to v1,
helm.toolkit.fluxcd.io v2beta1 to v2).
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from msgspec import field

from gitops_bot.model.application import (
    Application,
    ApplicationSpec,
    ApplicationStatus,
    Destination,
    Metadata,
    SyncStatus,
)
from gitops_bot.model.json import Json, dig, mapping, text
from gitops_bot.model.source import (
    FluxMetadata,
    FluxOptions,
    FluxReference,
    HelmOptions,
    KustomizeOptions,
    Source,
    Wire,
)

KUSTOMIZE_GROUP = "kustomize.toolkit.fluxcd.io"
HELM_GROUP = "helm.toolkit.fluxcd.io"
SOURCE_GROUP = "source.toolkit.fluxcd.io"
KINDS = {"Kustomization": KUSTOMIZE_GROUP, "HelmRelease": HELM_GROUP}

# In place of the URL of a source that only its name is known of.
UNKNOWN_SOURCE = "flux:"
# What Flux follows where a GitRepository names no revision.
_DEFAULT_BRANCH = "master"


class SourceReference(Wire, frozen=True):
    """`sourceRef` or `chartRef`; without a namespace it is the referring object's."""

    kind: str = ""
    name: str = ""
    namespace: str = ""


class PostBuild(Wire, frozen=True):
    """`spec.postBuild` of a Kustomization."""

    substitute: dict[str, str] | None = None
    substitute_from: list[FluxReference] | None = None


class Json6902Patch(Wire, frozen=True):
    """An entry of the older `spec.patchesJson6902`."""

    patch: list[Json] = field(default_factory=list)
    target: dict[str, Json] | None = None


class KustomizationSpec(Wire, frozen=True):
    """`spec` of a Kustomization."""

    path: str = ""
    source_ref: SourceReference = SourceReference()
    target_namespace: str = ""
    name_prefix: str = ""
    name_suffix: str = ""
    images: list[dict[str, Json]] | None = None
    patches: list[dict[str, Json]] | None = None
    patches_strategic_merge: list[dict[str, Json]] | None = None
    patches_json6902: list[Json6902Patch] | None = field(default=None, name="patchesJson6902")
    components: list[str] | None = None
    ignore_missing_components: bool = False
    post_build: PostBuild | None = None
    common_metadata: FluxMetadata | None = None


class ChartSpec(Wire, frozen=True):
    """`spec.chart.spec` of a HelmRelease; `chart` is a path where the chart is in a Git repository."""

    chart: str = ""
    version: str = ""
    source_ref: SourceReference = SourceReference()
    values_file: str = ""
    values_files: list[str] | None = None
    ignore_missing_values_files: bool = False


class ChartTemplate(Wire, frozen=True):
    """`spec.chart` of a HelmRelease."""

    spec: ChartSpec = ChartSpec()


class HelmReleaseSpec(Wire, frozen=True):
    """`spec` of a HelmRelease."""

    chart: ChartTemplate | None = None
    chart_ref: SourceReference | None = None
    release_name: str = ""
    target_namespace: str = ""
    values: dict[str, Json] | None = None
    values_from: list[FluxReference] | None = None
    post_renderers: list[dict[str, Json]] | None = None
    common_metadata: FluxMetadata | None = None


class GitSource(Wire, frozen=True):
    """A GitRepository's address, and what it follows there, in the form of a `targetRevision`."""

    repo_url: str
    target_revision: str


Sources = dict[SourceReference, GitSource]


def is_flux(body: Json) -> bool:
    """Return whether an object is a Flux Kustomization or HelmRelease."""
    group, _, version = text(dig(body, "apiVersion")).partition("/")
    return bool(version) and group == KINDS.get(text(dig(body, "kind")))


def event_name(kind: str, namespace: str, name: str) -> str:
    """Return how Flux's own events and command name an object: `Kustomization/apps.flux-system`."""
    return f"{kind}/{name}.{namespace}"


def plain_name(name: str) -> str:
    """Return the object's own name of an `event_name`; another name as it is."""
    kind, _, rest = name.partition("/")
    return rest.rpartition(".")[0] if kind in KINDS else name


def git_sources(bodies: Iterable[Json]) -> Sources:
    """Return what the GitRepositories among some objects are, by the reference that leads to each."""
    found: Sources = {}
    for body in bodies:
        if dig(body, "kind") == "GitRepository" and text(dig(body, "apiVersion")).startswith(f"{SOURCE_GROUP}/"):
            reference = SourceReference(
                kind="GitRepository",
                name=text(dig(body, "metadata", "name")),
                namespace=text(dig(body, "metadata", "namespace")),
            )
            spec = mapping(dig(body, "spec"))
            found[reference] = GitSource(repo_url=text(spec.get("url")), target_revision=_revision(spec.get("ref")))
    return found


def _revision(ref: Json) -> str:
    """Return what a GitRepository follows: of several fields, the one that Flux takes."""
    tag = text(dig(ref, "tag"))
    named = (text(dig(ref, "commit")), text(dig(ref, "name")), text(dig(ref, "semver")), tag and f"refs/tags/{tag}")
    return next(filter(None, named), "") or text(dig(ref, "branch")) or _DEFAULT_BRANCH


def flux_application(body: Json, sources: Sources) -> Application:
    """Return a Flux object, as the Kubernetes API or a manifest gives it, as an Application (msgspec.ValidationError).

    Its name is `event_name`; its revision, of a Kustomization, the commit that was last tried. A source that is not
    among `sources` has a URL that begins with UNKNOWN_SOURCE.
    """
    metadata = msgspec.convert(dig(body, "metadata"), Metadata, strict=False)
    kind, namespace = text(dig(body, "kind")), metadata.namespace
    options = FluxOptions(group=KINDS[kind], kind=kind, namespace=namespace, name=metadata.name)
    if kind == "Kustomization":
        kustomization = msgspec.convert(dig(body, "spec"), KustomizationSpec, strict=False)
        source = _kustomization_source(kustomization, options, sources)
        target = kustomization.target_namespace
        attempted = text(dig(body, "status", "lastAttemptedRevision")).rpartition(":")[2]
    else:
        release = msgspec.convert(dig(body, "spec"), HelmReleaseSpec, strict=False)
        source = _release_source(release, options, sources)
        target = release.target_namespace or namespace
        attempted = ""
    return Application(
        metadata=msgspec.structs.replace(metadata, name=event_name(kind, namespace, metadata.name)),
        spec=ApplicationSpec(destination=Destination(namespace=target), source=source),
        status=ApplicationStatus(sync=SyncStatus(revision=attempted)),
    )


def _kustomization_source(spec: KustomizationSpec, options: FluxOptions, sources: Sources) -> Source:
    build = spec.post_build or PostBuild()
    return _from_git(
        spec.source_ref,
        sources,
        path=_plain(spec.path),
        kustomize=KustomizeOptions(
            name_prefix=spec.name_prefix,
            name_suffix=spec.name_suffix,
            namespace=spec.target_namespace,
            patches=_patches(spec) or None,
            components=spec.components,
            ignore_missing_components=spec.ignore_missing_components,
        ),
        flux=msgspec.structs.replace(
            options,
            images=spec.images,
            common_metadata=spec.common_metadata,
            substitute=build.substitute,
            substitute_from=build.substitute_from,
        ),
    )


def _patches(spec: KustomizationSpec) -> list[dict[str, Json]]:
    older = [{"patch": msgspec.json.encode(one).decode()} for one in spec.patches_strategic_merge or ()]
    oldest = [
        {"patch": msgspec.json.encode(one.patch).decode(), "target": one.target} for one in spec.patches_json6902 or ()
    ]
    return [*(spec.patches or ()), *older, *oldest]


def _release_source(spec: HelmReleaseSpec, options: FluxOptions, sources: Sources) -> Source:
    flux = msgspec.structs.replace(
        options,
        common_metadata=spec.common_metadata,
        values_from=spec.values_from,
        post_renderers=spec.post_renderers,
    )
    chart = spec.chart.spec if spec.chart else ChartSpec()
    # Of a chart in Git, these files are named from the repository's root, and take the place of the chart's own.
    files = [*(chart.values_files or ()), *([chart.values_file] if chart.values_file else ())]
    prefix = f"{spec.target_namespace}-" if spec.target_namespace else ""
    helm = HelmOptions(
        release_name=spec.release_name or f"{prefix}{options.name}",
        namespace=spec.target_namespace or options.namespace,
        value_files=[f"/{_plain(file)}" for file in files] or None,
        values_object=spec.values,
        ignore_missing_value_files=chart.ignore_missing_values_files,
        skip_tests=True,
    )
    if spec.chart_ref is not None or chart.source_ref.kind != "GitRepository":
        reference = spec.chart_ref or chart.source_ref
        url = f"{UNKNOWN_SOURCE}{reference.kind}/{reference.name}"
        return Source(
            repo_url=url, chart=chart.chart or reference.name, target_revision=chart.version, helm=helm, flux=flux
        )
    return _from_git(chart.source_ref, sources, path=_plain(chart.chart), helm=helm, flux=flux)


def _from_git(
    reference: SourceReference,
    sources: Sources,
    *,
    path: str,
    flux: FluxOptions,
    helm: HelmOptions | None = None,
    kustomize: KustomizeOptions | None = None,
) -> Source:
    full = msgspec.structs.replace(reference, namespace=reference.namespace or flux.namespace)
    name = f"{full.kind}/{full.namespace}/{full.name}"
    known = sources.get(full, GitSource(repo_url=f"{UNKNOWN_SOURCE}{name}", target_revision=""))
    return Source(
        repo_url=known.repo_url,
        target_revision=known.target_revision,
        path=path,
        helm=helm,
        kustomize=kustomize,
        flux=msgspec.structs.replace(flux, source=name),
    )


def _plain(path: str) -> str:
    """Return a path as it is seen from the repository's root: Flux takes `./apps`, `/apps` and `apps` alike."""
    return path.removeprefix("./").strip("/") if path not in (".", "./") else ""


__all__ = [
    "HELM_GROUP",
    "KINDS",
    "KUSTOMIZE_GROUP",
    "SOURCE_GROUP",
    "UNKNOWN_SOURCE",
    "GitSource",
    "Sources",
    "event_name",
    "flux_application",
    "git_sources",
    "is_flux",
    "plain_name",
]
