"""Values that templates name by the end of their path: in a loop, in a `with`, by a variable."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gitops_bot.clients.workspace import Workspace
from gitops_bot.locate.sites.guessing.guesses import similarity
from gitops_bot.locate.sites.guessing.references import writing
from gitops_bot.locate.sites.layers.assembly import Assembly
from gitops_bot.locate.sites.layers.helm import lookup, references, template_lines
from gitops_bot.locate.sites.layers.layer import Layer, LayerKind
from gitops_bot.locate.sites.places import MISSING, Tokens, get
from gitops_bot.locate.sites.target import Target
from gitops_bot.model.json import Json

MOST_PATHS = 120
_RELATIVE = re.compile(r"(?<![\w.)\"/])(?:\$\w*)?((?:\.[A-Za-z_]\w*)+)")
_BUILT_IN = ("Values", "Chart", "Release", "Capabilities", "Template", "Files", "Subcharts")


def relative(workspace: Workspace, assembly: Assembly, target: Target) -> list[Tokens]:
    """Return paths that nothing sets and that a template may mean where it writes the field, the likeliest first.

    Each is the end that the line names, in one of the maps that the templates name anywhere.
    """
    ends: set[Tokens] = set()
    roots: set[Tokens] = set()
    patterns = list(writing(target))
    for chart, line in template_lines(workspace, assembly.templates):
        for path in references(line.text):
            roots |= {(*chart.prefix, *path), path}
        for pattern, rest in patterns:
            if pattern.search(line.text) and (not rest or "toYaml" in line.text):
                ends |= {(*end, *rest) for end in _ends(line.text)}
    values = merged(assembly.layers)
    maps = {path for root in roots if ends for path in _maps(get(values, root), root)}
    absent = {
        (*path, *end)
        for path in maps
        for end in ends
        if get(values, (*path, *end)) in (MISSING, None, "") and _reachable(assembly.layers, path)
    }
    ordered = sorted(absent, key=lambda path: (-similarity(target, path), len(path), [str(one) for one in path]))
    return ordered[:MOST_PATHS]


def _ends(line: str) -> Iterator[Tokens]:
    for match in _RELATIVE.finditer(line):
        names = match[1][1:].split(".")
        if names[0] not in _BUILT_IN:
            yield tuple(names)


def _maps(value: object, path: Tokens) -> Iterator[Tokens]:
    """Yield where maps stand at or beneath a path."""
    if isinstance(value, dict):
        yield path
        for key, inner in value.items():
            yield from _maps(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _maps(inner, (*path, index))


def _reachable(layers: tuple[Layer, ...], path: Tokens) -> bool:
    """Whether no list on the way is a chart's default: a key in it would be one of another list."""
    for depth, token in enumerate(path):
        if isinstance(token, int):
            found = lookup(layers, path[:depth])
            return bool(found) and not found[0][0].default
    return True


def among_maps(values: Json, path: Tokens) -> bool:
    """Whether a path's first new key would stand among nothing but maps: what a template may well loop over."""
    around: object = values
    for token in path:
        inner = get(around, (token,)) if isinstance(around, dict | list) else MISSING
        if inner is MISSING or inner is None:
            break
        around = inner
    return isinstance(around, dict) and bool(around) and all(isinstance(one, dict) for one in around.values())


def merged(layers: tuple[Layer, ...]) -> Json:
    """Return the values of all layers laid over each other."""
    total: Json = {}
    for layer in layers:
        if layer.kind is LayerKind.VALUES:
            value = layer.value
            for token in reversed(layer.prefix):
                value = {str(token): value}
            total = _over(total, value)
    return total


def _over(lower: Json, upper: Json) -> Json:
    if isinstance(lower, dict) and isinstance(upper, dict):
        return {**lower, **{key: _over(lower.get(key), value) for key, value in upper.items()}}
    return lower if upper is None else upper
