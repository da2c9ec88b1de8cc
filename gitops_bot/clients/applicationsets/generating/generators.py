"""The generators: from an ApplicationSet's `generators` to parameter sets, each with the template that it fills."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from gitops_bot.clients.applicationsets.generating import git_generator
from gitops_bot.clients.applicationsets.generating.git_generator import Surroundings
from gitops_bot.clients.applicationsets.generating.selectors import selects
from gitops_bot.clients.applicationsets.merging import filled_up, overridden
from gitops_bot.clients.applicationsets.parameters import printed
from gitops_bot.clients.applicationsets.values import ExpansionFailed, NotExpandable, Parameters, ParameterSet
from gitops_bot.model.json import Json, dig, mapping, sequence, text
from gitops_bot.yamlpatch import PatchInvalid, PatchRefused, load_documents

Generate = Callable[[Surroundings, dict[str, Json]], list[ParameterSet]]

_ELSEWHERE = {
    "clusters": "the clusters that Argo CD knows",
    "clusterDecisionResource": "objects in the cluster",
    "scmProvider": "the repositories of a forge",
    "pullRequest": "the pull requests of a forge",
    "plugin": "a plugin's answer",
}


def parameter_sets(around: Surroundings, generator: dict[str, Json]) -> list[tuple[Json, list[ParameterSet]]]:
    """Return for each kind that an entry of `generators` names its own template (or None) and its parameter sets.

    NotExpandable where the parameters do not come from this repository, ExpansionFailed where the entry is wrong.
    """
    found: list[tuple[Json, list[ParameterSet]]] = []
    for kind, body in _kinds(generator):
        sets = [one for one in _KINDS[kind](around, body) if selects(generator.get("selector"), one.values)]
        found.append((body.get("template"), sets))
    return found


def _kinds(generator: dict[str, Json]) -> list[tuple[str, dict[str, Json]]]:
    for kind, body in generator.items():
        if kind in _ELSEWHERE and body is not None:
            raise NotExpandable(f"its `{kind}` generator takes {_ELSEWHERE[kind]}, which Git does not hold")
        if kind not in (*_KINDS, *_ELSEWHERE, "selector") and body is not None:
            raise NotExpandable(f"its generator `{kind}` is not known")
    found = [(kind, mapping(generator[kind])) for kind in _KINDS if generator.get(kind) is not None]
    if not found:
        raise ExpansionFailed("an entry of `generators` names no generator")
    return found


def _list(around: Surroundings, generator: dict[str, Json]) -> list[ParameterSet]:
    elements = [mapping(one) for one in sequence(generator.get("elements"))]
    found: list[Parameters] = [one if around.templates.go else _flat_element(one) for one in elements]
    if written := text(generator.get("elementsYaml")):
        try:
            documents = load_documents(written.encode())
        except (PatchInvalid, PatchRefused) as refusal:
            raise ExpansionFailed(f"elementsYaml cannot be read: {refusal}") from None
        found += [mapping(one) for one in sequence(documents[0] if documents else None)]
    return [ParameterSet(one) for one in found]


def _flat_element(element: dict[str, Json]) -> Parameters:
    found: Parameters = {}
    for key, value in element.items():
        inner = {f"values.{name}": one for name, one in mapping(value).items()} if key == "values" else {key: value}
        for name, one in inner.items():
            if not isinstance(one, str):
                raise ExpansionFailed(f"the list element's {name} is no text: without goTemplate all values must be")
            found[name] = one
    return found


def _children(generator: dict[str, Json], kind: str) -> list[dict[str, Json]]:
    children = [mapping(one) for one in sequence(generator.get("generators"))]
    if len(children) < 2:
        raise ExpansionFailed(f"a {kind} generator needs two generators, and has {len(children)}")
    if kind == "matrix" and len(children) > 2:
        raise ExpansionFailed(f"a matrix generator takes two generators, and has {len(children)}")
    return children


def _child(around: Surroundings, generator: dict[str, Json]) -> list[ParameterSet]:
    found = parameter_sets(around, generator)
    if len(found) != 1:
        raise ExpansionFailed("an entry inside matrix or merge names more than one generator")
    return found[0][1]


def _matrix(around: Surroundings, generator: dict[str, Json]) -> list[ParameterSet]:
    first, second = _children(generator, "matrix")
    outer = _child(around, first)
    found = []
    # The second generator's own fields may use the first one's parameters; its selector is taken as written.
    filled = around.templates.trees([(second, one.values) for one in outer])
    for one, tree in zip(outer, filled, strict=True):
        written = {"selector": second["selector"]} if "selector" in second else {}
        for other in _child(around, {**mapping(tree), **written}):
            values = filled_up(one.values, other.values) if around.templates.go else _combined(one, other)
            found.append(ParameterSet(values, one.files | other.files))
    return found


def _combined(one: ParameterSet, other: ParameterSet) -> Parameters:
    found = {key: printed(value) for key, value in one.values.items()}
    for key, value in other.values.items():
        if found.setdefault(key, printed(value)) != printed(value):
            raise ExpansionFailed(f"both generators of a matrix give {key}, with different values")
    return {**found}


def _merge(around: Surroundings, generator: dict[str, Json]) -> list[ParameterSet]:
    keys = [text(one) for one in sequence(generator.get("mergeKeys"))]
    if not keys:
        raise ExpansionFailed("a merge generator has no mergeKeys")
    base, *overrides = [_by_key(_child(around, one), keys) for one in _children(generator, "merge")]
    for override in overrides:
        for key, other in override.items():
            if key in base:
                base[key] = _laid_over(around, base[key], other)
    return list(base.values())


def _by_key(sets: list[ParameterSet], keys: list[str]) -> dict[bytes, ParameterSet]:
    found: dict[bytes, ParameterSet] = {}
    for one in sets:
        name = msgspec.json.encode({key: one.values.get(key) for key in keys}, order="sorted")
        if name in found:
            raise ExpansionFailed(f"two parameter sets of one generator have the same merge keys: {name.decode()}")
        found[name] = one
    return found


def _laid_over(around: Surroundings, base: ParameterSet, override: ParameterSet) -> ParameterSet:
    files = base.files | override.files
    if around.templates.go:
        return ParameterSet(overridden(base.values, override.values), files)
    return ParameterSet({key: printed(one) for key, one in {**base.values, **override.values}.items()}, files)


_KINDS: dict[str, Generate] = {
    "list": _list,
    "git": git_generator.generate,
    "matrix": _matrix,
    "merge": _merge,
}


def git_generators(value: Json) -> list[dict[str, Json]]:
    """Return all Git generators of an ApplicationSet's `generators`, at any depth, as they are written."""
    found = []
    for entry in sequence(value):
        if isinstance(git := dig(entry, "git"), dict):
            found.append(git)
        for kind in ("matrix", "merge"):
            found += git_generators(dig(entry, kind, "generators"))
    return found


__all__ = ["Surroundings", "git_generators", "parameter_sets"]
