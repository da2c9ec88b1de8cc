"""The Git generator: parameters from files or from the directories of the repository at hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from msgspec import Struct

from gitops_bot.clients.applicationsets.generating.patterns import matches_directory, matches_files
from gitops_bot.clients.applicationsets.parameters import directory_parameters, file_parameters, flattened
from gitops_bot.clients.applicationsets.templating.templates import Templates
from gitops_bot.clients.applicationsets.values import ExpansionFailed, NotExpandable, Parameters, ParameterSet
from gitops_bot.clients.workspace import Workspace
from gitops_bot.model.json import Json, dig, mapping, sequence, text
from gitops_bot.yamlpatch import PatchInvalid, PatchRefused, load_documents


class Surroundings(Struct, frozen=True):
    """What generators need: the files as they are now, whose URL is the repository's own, its branch, and templates."""

    workspace: Workspace
    is_own: Callable[[str], bool]
    branch: str
    templates: Templates


def generate(around: Surroundings, generator: dict[str, Json]) -> list[ParameterSet]:
    """Return a parameter set for each directory, or for each object of each file, in the order of their paths.

    NotExpandable where it reads another repository or another branch, ExpansionFailed where a file is no map and no
    list of maps.
    """
    _refuse_others(around, generator)
    if directories := _patterns(generator, "directories"):
        found = [ParameterSet(one) for one in _of_directories(around, generator, directories)]
    elif files := _patterns(generator, "files"):
        found = _of_files(around, generator, files)
    else:
        raise ExpansionFailed("a git generator names neither files nor directories")
    return _with_values(around, found, mapping(generator.get("values")))


def _refuse_others(around: Surroundings, generator: dict[str, Json]) -> None:
    url, revision = text(generator.get("repoURL")), text(generator.get("revision"))
    if not around.is_own(url):
        raise NotExpandable(f"its git generator reads another repository ({url})")
    if revision.removeprefix("refs/heads/") not in ("", "HEAD", around.branch):
        raise NotExpandable(f"its git generator reads `{revision}`, not {around.branch}")


def _patterns(generator: dict[str, Json], kind: str) -> list[tuple[str, bool]]:
    return [(text(dig(one, "path")), dig(one, "exclude") is True) for one in sequence(generator.get(kind))]


def picked(paths: Iterable[str], patterns: list[tuple[str, bool]], matches: Callable[[str, str], bool]) -> list[str]:
    """Return the paths that a pattern takes and none excludes; a pattern is a text and whether it excludes."""
    return [
        path
        for path in paths
        if any(matches(pattern, path) for pattern, excluding in patterns if not excluding)
        and not any(matches(pattern, path) for pattern, excluding in patterns if excluding)
    ]


def directories_of(paths: Iterable[str]) -> list[str]:
    """Return the directories that the files lie in, without hidden ones, in the order in which a walk meets them."""
    found = {"/".join(parts[:count]) for path in paths for parts in [path.split("/")] for count in range(1, len(parts))}
    return sorted((one for one in found if not one.startswith(".") and "/." not in one), key=lambda one: one.split("/"))


def _of_directories(
    around: Surroundings, generator: dict[str, Json], patterns: list[tuple[str, bool]]
) -> list[Parameters]:
    prefix = text(generator.get("pathParamPrefix"))
    paths = picked(directories_of(around.workspace.listing()), patterns, matches_directory)
    return [directory_parameters(path, prefix, go=around.templates.go) for path in paths]


def _of_files(around: Surroundings, generator: dict[str, Json], patterns: list[tuple[str, bool]]) -> list[ParameterSet]:
    prefix = text(generator.get("pathParamPrefix"))
    found = []
    for path in picked(around.workspace.listing(), patterns, matches_files):
        content = around.workspace.read(path)
        named = file_parameters(path, prefix, go=around.templates.go)
        for body in _objects(path, content or b""):
            own: Parameters = body if around.templates.go else {**flattened(body)}
            found.append(ParameterSet({**own, **named}, frozenset({path})))
    return found


def _objects(path: str, content: bytes) -> list[Parameters]:
    try:
        documents = load_documents(content)
    except (PatchInvalid, PatchRefused) as refusal:
        raise ExpansionFailed(f"the generator's file {path} cannot be read: {refusal}") from None
    first = documents[0] if documents else None
    if first is None:
        return [{}]
    if isinstance(first, dict):
        return [first]
    objects = [one for one in sequence(first) if isinstance(one, dict)]
    if not isinstance(first, list) or len(objects) != len(first):
        raise ExpansionFailed(f"the generator's file {path} holds neither a map nor a list of maps")
    return objects


def _with_values(around: Surroundings, found: list[ParameterSet], values: dict[str, Json]) -> list[ParameterSet]:
    """Return the sets with the generator's own `values`, which may use the other parameters."""
    if not values:
        return found
    jobs = [(text(value), one.values) for one in found for value in values.values()]
    answers = iter(around.templates.texts(jobs))
    extended = []
    for one in found:
        own: Parameters = {key: next(answers) for key in values}
        placed: Parameters = {"values": own} if around.templates.go else {f"values.{k}": v for k, v in own.items()}
        extended.append(ParameterSet({**one.values, **placed}, one.files))
    return extended
