"""Where an Application takes its manifests from, field for field as Argo CD's API names it.

The structures decode from Argo CD's JSON and from an Application's YAML in Git alike (`msgspec.convert`); unknown
fields are passed over.
"""

from __future__ import annotations

from msgspec import Struct, field

from gitops_bot.model.json import Json
from gitops_bot.model.resource import ResourceKey


class Wire(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """A value whose JSON names are the camel-case form of its own."""


class HelmParameter(Wire, frozen=True):
    """One `--set`."""

    name: str = ""
    value: str = ""
    force_string: bool = False


class HelmFileParameter(Wire, frozen=True):
    """One `--set-file`."""

    name: str = ""
    path: str = ""


class HelmOptions(Wire, frozen=True):
    """`spec.source.helm`; `values` wins over nothing when `values_object` is set: Argo CD takes the object then."""

    release_name: str = ""
    value_files: list[str] | None = None
    values: str = ""
    values_object: dict[str, Json] | None = None
    parameters: list[HelmParameter] | None = None
    file_parameters: list[HelmFileParameter] | None = None
    ignore_missing_value_files: bool = False
    skip_crds: bool = False
    skip_tests: bool = False
    skip_schema_validation: bool = False
    namespace: str = ""
    kube_version: str = ""
    api_versions: list[str] | None = None
    version: str = ""


class KustomizeReplica(Wire, frozen=True):
    """One entry of `spec.source.kustomize.replicas`."""

    name: str = ""
    count: int | str = 0


class KustomizeOptions(Wire, frozen=True):
    """`spec.source.kustomize`."""

    name_prefix: str = ""
    name_suffix: str = ""
    images: list[str] | None = None
    replicas: list[KustomizeReplica] | None = None
    common_labels: dict[str, str] | None = None
    common_annotations: dict[str, str] | None = None
    force_common_labels: bool = False
    force_common_annotations: bool = False
    label_without_selector: bool = False
    label_include_templates: bool = False
    common_annotations_envsubst: bool = False
    namespace: str = ""
    patches: list[dict[str, Json]] | None = None
    components: list[str] | None = None
    ignore_missing_components: bool = False
    version: str = ""


class DirectoryOptions(Wire, frozen=True):
    """`spec.source.directory`; a `jsonnet` block says that manifests are computed, not written."""

    recurse: bool = False
    include: str = ""
    exclude: str = ""
    jsonnet: dict[str, Json] | None = None


class FluxReference(Wire, frozen=True):
    """A ConfigMap or Secret that a Flux object takes variables or values from.

    `data` is what Git says that it holds, None where Git does not say: it is no field of Flux's own.
    """

    kind: str = ""
    name: str = ""
    optional: bool = False
    values_key: str = ""
    target_path: str = ""
    data: dict[str, str] | None = None


class FluxMetadata(Wire, frozen=True):
    """`spec.commonMetadata`: what each object gets."""

    labels: dict[str, str] | None = None
    annotations: dict[str, str] | None = None


class FluxOptions(Wire, frozen=True):
    """What a Flux Kustomization or HelmRelease says beyond what Argo CD has a field for; no part of Argo CD's API.

    The first four name the object; `source` is KIND/NAMESPACE/NAME of what it takes its files from.
    """

    group: str = ""
    kind: str = ""
    namespace: str = ""
    name: str = ""
    source: str = ""
    images: list[dict[str, Json]] | None = None
    common_metadata: FluxMetadata | None = None
    substitute: dict[str, str] | None = None
    substitute_from: list[FluxReference] | None = None
    values_from: list[FluxReference] | None = None
    post_renderers: list[dict[str, Json]] | None = None

    @property
    def key(self) -> ResourceKey:
        """The Flux object."""
        return ResourceKey(self.group, self.kind, self.namespace, self.name)


class Source(Wire, frozen=True):
    """One source of an Application; `flux` is given where it is a Flux object that stands for one."""

    repo_url: str = field(default="", name="repoURL")
    path: str = ""
    target_revision: str = ""
    chart: str = ""
    ref: str = ""
    name: str = ""
    helm: HelmOptions | None = None
    kustomize: KustomizeOptions | None = None
    directory: DirectoryOptions | None = None
    plugin: dict[str, Json] | None = None
    # No name that Argo CD's API could have: nobody's Application is taken for a Flux object.
    flux: FluxOptions | None = field(default=None, name="gitops-bot/flux")
