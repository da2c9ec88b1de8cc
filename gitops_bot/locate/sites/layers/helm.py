"""The layers of a Helm chart in Git: the values of the chart and of the charts in it, and the value files over them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from gitops_bot.clients.rendering.helm import missing_dependencies, replaces_defaults, value_files
from gitops_bot.clients.rendering.steps import Step, join
from gitops_bot.clients.rendering.values import NotRenderable, SourceBroken
from gitops_bot.clients.workspace import Workspace
from gitops_bot.locate.sites.layers.archive import archived_layers
from gitops_bot.locate.sites.layers.kustomize import manifest_layers
from gitops_bot.locate.sites.layers.layer import Layer, LayerKind, Line, Templates
from gitops_bot.locate.sites.places import Place, Tokens, documents
from gitops_bot.model.json import Json, dig, sequence, text

_DEEPEST = 6


def helm_layers(workspace: Workspace, step: Step) -> tuple[list[Layer], list[Templates]]:
    """Return the layers of a chart, the weakest first, and where its templates and those of the charts in it are."""
    layers: list[Layer] = []
    templates: list[Templates] = []
    for folder, prefix in sorted(_charts(workspace, step.path, (), 0), key=lambda chart: -len(chart[1])):
        templates.append(Templates(folder, prefix))
        for packed, texts in archived_layers(workspace, folder, prefix, _aliases(workspace, folder)):
            layers.append(packed)
            templates.append(Templates(folder, packed.prefix, texts or ("",)))
        layers += _chart_layers(workspace, folder, prefix)
    try:
        chosen = value_files(workspace, step)
    except SourceBroken:
        chosen = []
    own = f"{step.path}/values.yaml".lstrip("/")
    if own in chosen or replaces_defaults(step):
        layers = [layer for layer in layers if layer.place.path != own]
    for path in chosen:
        title = "chart's default values" if path == own and len(chosen) > 1 else "values file"
        default = path == own and len(chosen) > 1
        named = _values(workspace, path, title, (), default=default)
        # What a HelmRelease says itself is its environment's; these files are the chart's, for all that use it.
        layers += (msgspec.structs.replace(layer, own=layer.own and step.source.flux is None) for layer in named)
    templates.sort(key=lambda one: len(one.prefix))
    return layers, templates


def _chart_layers(workspace: Workspace, folder: str, prefix: Tokens) -> Iterator[Layer]:
    noun = "subchart" if prefix else "chart"
    path = f"{folder}/Chart.yaml".lstrip("/")
    found = documents(workspace.read(path) or b"")
    if found:
        yield Layer(
            kind=LayerKind.CHART,
            title=f"{noun}'s Chart.yaml",
            place=Place(path),
            value=found[0],
            prefix=prefix,
            own=False,
            default=True,
        )
    path = f"{folder}/values.yaml".lstrip("/")
    yield from _values(workspace, path, f"{noun}'s default values", prefix, default=True)
    for place in ("templates", "crds"):
        for path in workspace.listing(f"{folder}/{place}".lstrip("/")):
            if path.endswith((".yaml", ".yml")) and b"{{" not in (workspace.read(path) or b""):
                yield from manifest_layers(workspace, path, own=True, default=False, folder=folder)


def _values(workspace: Workspace, path: str, title: str, prefix: Tokens, *, default: bool) -> Iterator[Layer]:
    content = workspace.read(path)
    if content is None:
        return
    found = documents(content)
    yield Layer(
        kind=LayerKind.VALUES,
        title=title,
        place=Place(path),
        value=found[0] if found else None,
        prefix=prefix,
        own=not default,
        default=default,
    )


def _charts(workspace: Workspace, folder: str, prefix: Tokens, depth: int) -> Iterator[tuple[str, Tokens]]:
    """Yield a chart's folder and those of the charts in it, with where their values stand."""
    yield folder, prefix
    if depth > _DEEPEST:
        return
    aliases = _aliases(workspace, folder)
    try:
        missing = {one.name: one.folder for one in missing_dependencies(workspace, folder)}
    except (NotRenderable, SourceBroken):
        missing = {}
    carried = {}
    start = f"{folder}/charts/".lstrip("/")
    for path in workspace.listing(start):
        inner = path.removeprefix(start)
        if inner.endswith("/Chart.yaml") and inner.count("/") == 1:
            named = documents(workspace.read(path) or b"")
            carried[text(dig(named[0], "name")) if named else ""] = join(start, inner.partition("/")[0]) or ""
    for name, place in {**missing, **carried}.items():
        for key in aliases.get(name, [name]):
            yield from _charts(workspace, place, (*prefix, key), depth + 1)


def _aliases(workspace: Workspace, folder: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in ("Chart.yaml", "requirements.yaml"):
        content = documents(workspace.read(f"{folder}/{name}".lstrip("/")) or b"")
        for entry in sequence(dig(content[0], "dependencies")) if content else []:
            chart = text(dig(entry, "name"))
            found.setdefault(chart, []).append(text(dig(entry, "alias")) or chart)
    return found


_REFERENCE = re.compile(r"\.Values((?:\.[A-Za-z_]\w*)+)")
_INDEXED = re.compile(r"index\s+\$?\.Values((?:\.\w+)*)((?:\s+\"[^\"]+\")+)")


def references(line: str) -> Iterator[tuple[str, ...]]:
    """Yield the paths into the values that a template's line names."""
    for match in _REFERENCE.finditer(line):
        yield tuple(match[1][1:].split("."))
    for match in _INDEXED.finditer(line):
        yield (*(part for part in match[1].split(".") if part), *re.findall(r'"([^"]+)"', match[2]))


def template_lines(workspace: Workspace, templates: tuple[Templates, ...]) -> Iterator[tuple[Templates, Line]]:
    """Yield the lines of all templates, each with its chart."""
    for chart in templates:
        for content in chart.texts:
            yield from ((chart, Line("", 0, line)) for line in content.split("\n"))
        for path in () if chart.texts else workspace.listing(f"{chart.folder}/templates".lstrip("/")):
            if path.endswith((".yaml", ".yml", ".tpl", ".json")):
                content = (workspace.read(path) or b"").decode("utf-8", "replace")
                for number, line in enumerate(content.split("\n"), 1):
                    yield chart, Line(path, number, line)


def lookup(layers: tuple[Layer, ...], path: Tokens) -> list[tuple[Layer, Json]]:
    """Return the value layers that set a path of the outermost chart's values, the strongest first."""
    found: list[tuple[Layer, Json]] = []
    for layer in reversed(layers):
        if layer.kind is LayerKind.VALUES and path[: len(layer.prefix)] == layer.prefix:
            value = dig(layer.value, *path[len(layer.prefix) :])
            if value is not None:
                found.append((layer, value))
    return found
