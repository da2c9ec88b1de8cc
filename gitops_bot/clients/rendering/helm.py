"""Helm charts in the repository."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from gitops_bot.clients.rendering.flux.charts import refuse_unknown, value_arguments
from gitops_bot.clients.rendering.manifests import decode, objects
from gitops_bot.clients.rendering.patterns import has_wildcard, path_glob
from gitops_bot.clients.rendering.programs.charts import copy_chart, schema_leads_out
from gitops_bot.clients.rendering.steps import Step, join, refuse
from gitops_bot.clients.rendering.tools import Tools, required, run
from gitops_bot.clients.rendering.values import NotRenderable, ReadSet, SourceBroken
from gitops_bot.clients.workspace import Workspace
from gitops_bot.model.json import Json, dig, sequence, text
from gitops_bot.model.source import HelmOptions

_URL = re.compile(r"^[a-zA-Z][a-zA-Z0-9+.-]*://")
_VERSION = re.compile(r"^v?\d+(?:\.\d+)*")
# In `--set-file NAME=PATH`, a name with one of these brings a path of its own.
_SECOND_ASSIGNMENT = re.compile(r"(?<!\\)[=,]")


class Dependency(Struct, frozen=True):
    """A chart that a chart needs and does not carry: its name and its folder in this repository."""

    name: str
    folder: str


def read_set(workspace: Workspace, step: Step) -> ReadSet:
    """Return the chart's folder, its local dependencies' and the value files.

    NotRenderable where a dependency or a value file must be fetched.
    """
    options = step.source.helm or HelmOptions()
    if step.source.flux is not None:
        refuse_unknown(step.source.flux)
    folders = {step.path, *(dependency.folder for dependency in missing_dependencies(workspace, step.path))}
    files: set[str] = set()
    for entry in options.value_files or ():
        path = _resolve(step, entry)
        files.update(_expand(workspace, path))
        if has_wildcard(path):
            folders.add(re.split(r"[^/]*[*?\[]", path, maxsplit=1)[0].rstrip("/"))
    files.update(_resolve(step, parameter.path) for parameter in options.file_parameters or ())
    return ReadSet(frozenset(files), frozenset(folders))


def build(workspace: Workspace, step: Step, tools: Tools, scratch: Path) -> list[dict[str, Json]]:
    """Return the objects that the chart gives."""
    command = [*required(tools.helm, "helm"), *arguments(workspace, step, scratch)]
    folder = workspace.root / step.path
    dependencies = missing_dependencies(workspace, step.path)
    replaced = replaces_defaults(step)
    if dependencies or replaced:
        folder = _with_dependencies(workspace, step.path, dependencies, scratch)
    if replaced:
        (folder / "values.yaml").unlink(missing_ok=True)
    output = run(
        command, folder=folder, scratch=scratch, tools=tools, readable=workspace.root, variables=step.variables
    )
    return objects(decode(output), f"the output of the chart {step.path or '.'}")


def arguments(workspace: Workspace, step: Step, scratch: Path) -> list[str]:
    """Return what `helm` is called with; inline values are written to a file in `scratch`."""
    options = step.source.helm or HelmOptions()
    release = options.release_name or step.request.application.rpartition("_")[2]
    if "{{" in release:
        # Helm fills it in, with functions that no chart has: one asks the network, one reads the environment.
        raise SourceBroken(f"the release name {release} is a template")
    found = ["template", ".", "--name-template", release]
    if namespace := options.namespace or step.request.namespace:
        found += ["--namespace", namespace]
    if version := _VERSION.match(options.kube_version or step.request.kube_version):
        found += ["--kube-version", version[0]]
    # By name, the last one of a name: as in Argo CD's own maps, but always in the same order.
    for flag, force in (("--set", False), ("--set-string", True)):
        chosen = {each.name: each.value for each in options.parameters or () if each.force_string is force}
        for name, value in chosen.items():
            found += [flag, f"{name}={_escape(step.substitute(value))}"]
    for parameter in options.file_parameters or ():
        if _SECOND_ASSIGNMENT.search(parameter.name):
            raise SourceBroken(f"the name of the file parameter {parameter.name} names a file itself")
        found += ["--set-file", f"{parameter.name}={_escape(str(workspace.root / _resolve(step, parameter.path)))}"]
    for path in value_files(workspace, step):
        found += ["--values", str(workspace.root / path)]
    if step.source.flux is not None:
        found += value_arguments(step.source.flux, scratch)
    if values := _inline_values(options):
        inline = scratch / "values.yaml"
        inline.write_bytes(values)
        found += ["--values", str(inline)]
    for version_name in options.api_versions or step.request.api_versions:
        found += ["--api-versions", version_name]
    folders = [step.path, *(dependency.folder for dependency in missing_dependencies(workspace, step.path))]
    flags = {
        "--include-crds": not options.skip_crds,
        "--skip-schema-validation": options.skip_schema_validation or schema_leads_out(workspace, folders),
        "--skip-tests": options.skip_tests,
    }
    return found + [flag for flag, wanted in flags.items() if wanted]


def value_files(workspace: Workspace, step: Step) -> list[str]:
    """Return the value files in the order in which they are laid over each other, later ones winning."""
    options = step.source.helm or HelmOptions()
    entries = [_resolve(step, entry) for entry in options.value_files or ()]
    explicit = {path for path in entries if not has_wildcard(path)}
    found: dict[str, None] = {}
    for path in entries:
        matches = _expand(workspace, path)
        if has_wildcard(path):
            if not matches and not options.ignore_missing_value_files:
                raise SourceBroken(f'values file glob "{path}" matched no files')
            found.update(dict.fromkeys(match for match in matches if match not in explicit))
        elif workspace.locate(path) is not None or not options.ignore_missing_value_files:
            found.setdefault(path)
    return list(found)


def replaces_defaults(step: Step) -> bool:
    """Return whether the value files take the place of the chart's own: Flux's do, unless they name them too."""
    own = f"{step.path}/values.yaml".lstrip("/")
    entries = (step.source.helm.value_files if step.source.helm else None) or ()
    return step.source.flux is not None and bool(entries) and own not in {_resolve(step, entry) for entry in entries}


def missing_dependencies(workspace: Workspace, path: str) -> tuple[Dependency, ...]:
    """Return the chart's dependencies that its `charts` folder lacks and that are local.

    NotRenderable where one is neither.
    """
    found = []
    present = set(_carried(workspace, path))
    for entry in _declared(workspace, path):
        name, place = text(dig(entry, "name")), text(dig(entry, "repository"))
        if "/" in name or name in (".", ".."):
            raise SourceBroken(f"its chart has a dependency with the name {name}, which is a path")
        if not name or not place or any(name == carried or _archive(name, carried) for carried in present):
            continue
        folder = join(path, place.removeprefix("file://")) if place.startswith("file://") else None
        if folder is None:
            raise NotRenderable(f"its chart needs {name} from {place}, which is not in the chart's charts folder")
        found.append(Dependency(name, folder))
    return tuple(found)


def _declared(workspace: Workspace, path: str) -> list[Json]:
    for name in ("Chart.yaml", "requirements.yaml"):
        content = workspace.read(f"{path}/{name}".lstrip("/"))
        try:
            documents = decode(content) if content is not None else []
        except SourceBroken:
            # Helm will say it better.
            documents = []
        if declared := sequence(dig(documents[0], "dependencies")) if documents else []:
            return declared
    return []


def _carried(workspace: Workspace, path: str) -> Iterator[str]:
    """Return the names of the charts in the `charts` folder: of folders by their Chart.yaml, of archives the file's."""
    prefix = f"{path}/charts/".lstrip("/")
    for file in workspace.listing(prefix):
        inner = file.removeprefix(prefix)
        if inner.endswith(".tgz") and "/" not in inner:
            yield inner
        elif inner.endswith("/Chart.yaml") and inner.count("/") == 1:
            yield inner.partition("/")[0]
            documents = decode(workspace.read(file) or b"")
            yield text(dig(documents[0], "name")) if documents else ""


def _archive(name: str, file: str) -> bool:
    return re.fullmatch(rf"{re.escape(name)}-v?\d.*\.tgz", file) is not None


def _with_dependencies(workspace: Workspace, path: str, dependencies: tuple[Dependency, ...], scratch: Path) -> Path:
    chart = scratch / "chart"
    copy_chart(workspace.root / path, chart)
    for dependency in dependencies:
        source = workspace.locate(dependency.folder)
        if source is None:
            raise SourceBroken(f"the chart's dependency {dependency.name} is not at {dependency.folder}")
        target = chart / "charts" / dependency.name
        if not target.exists():  # one chart may stand under several aliases
            copy_chart(source, target)
    return chart


def _resolve(step: Step, entry: str) -> str:
    """Return a value file's path from the root, wildcards and all."""
    name, _, rest = entry.partition("/")
    refs = {f"${source.ref}": source for source in step.request.sources if source.ref}
    if name in refs:
        refuse(step.request, refs[name])
        path = join("", step.substitute(rest).lstrip("/"))
    else:
        value = step.substitute(entry)
        if _URL.match(value):
            raise NotRenderable(f"the value file {value} is not in Git")
        path = join(step.path, value)
    if not path:
        raise SourceBroken(f"value file path {entry} resolved to outside repository root")
    return path


def _expand(workspace: Workspace, path: str) -> list[str]:
    if not has_wildcard(path):
        return [path]
    folder = re.split(r"[^/]*[*?\[]", path, maxsplit=1)[0].rstrip("/")
    return [name for name in workspace.listing(folder) if path_glob(path, name)]


def _inline_values(options: HelmOptions) -> bytes:
    if options.values_object is not None:
        return msgspec.json.encode(options.values_object)
    return options.values.encode()


def _escape(value: str) -> str:
    if value.startswith("{") and value.endswith("}"):
        return value
    return re.sub(r"(?<!\\),", r"\\,", value)


__all__ = ["Dependency", "arguments", "build", "missing_dependencies", "read_set", "replaces_defaults", "value_files"]
