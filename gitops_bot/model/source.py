"""Where an Application takes its manifests from, field for field as Argo CD's API names it.

The structures decode from Argo CD's JSON and from an Application's YAML in Git alike (`msgspec.convert`); unknown
fields are passed over.
"""

from __future__ import annotations

from msgspec import Struct, field

from gitops_bot.model.json import Json


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


class Source(Wire, frozen=True):
    """One source of an Application."""

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
