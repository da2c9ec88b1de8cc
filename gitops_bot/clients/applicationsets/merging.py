"""How ApplicationSets lay maps over each other: what is empty never wins over what is not."""

from __future__ import annotations

from collections.abc import Iterable

from gitops_bot.clients.applicationsets.values import NotExpandable
from gitops_bot.model.json import Json, mapping, sequence

# Raw JSON in Argo CD's types: taken whole.
_WHOLE = {"valuesObject"}
_DIRECTIVES = ("$patch", "$retainKeys", "$setElementOrder", "$deleteFromPrimitiveList")


def filled_up(first: dict[str, Json], second: dict[str, Json], *, whole: Iterable[str] = ()) -> dict[str, Json]:
    """Return `first` with what it lacks, or has only empty, from `second`; maps are joined, save `whole` ones."""
    found = dict(first)
    for key, value in second.items():
        known = found.get(key)
        if isinstance(known, dict) and isinstance(value, dict) and key not in whole:
            found[key] = filled_up(known, value, whole=whole)
        elif _empty(known):
            found[key] = value
    return found


def overridden(base: dict[str, Json], override: dict[str, Json]) -> dict[str, Json]:
    """Return `base` with all of `override` that is not empty; maps in both are joined."""
    found = dict(base)
    for key, value in override.items():
        known = found.get(key)
        if isinstance(known, dict) and isinstance(value, dict):
            found[key] = overridden(known, value)
        elif key not in found or not _empty(value):
            found[key] = value
    return found


def template_of(override: Json, base: dict[str, Json]) -> dict[str, Json]:
    """Return the template with a generator's own template laid over it."""
    return filled_up(mapping(override), base, whole=_WHOLE)


def patched(application: dict[str, Json], patch: dict[str, Json]) -> dict[str, Json]:
    """Return an Application with its `templatePatch` applied; the project stays, as Argo CD keeps it.

    None of an Application's lists but the finalizers has a merge key: lists are replaced, maps joined, null removes.
    """
    _refuse_directives(patch)
    found = mapping(_merged(application, patch))
    before, after = mapping(application.get("metadata")), mapping(found.get("metadata"))
    finalizers = [*sequence(before.get("finalizers")), *sequence(mapping(patch.get("metadata")).get("finalizers"))]
    if finalizers:
        after["finalizers"] = [*dict.fromkeys(str(one) for one in finalizers)]
    spec = mapping(found.get("spec"))
    if "project" in mapping(application.get("spec")):
        spec["project"] = mapping(application.get("spec"))["project"]
    return {**found, "spec": spec}


def _merged(target: Json, patch: Json) -> Json:
    if not isinstance(patch, dict):
        return patch
    found = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            found.pop(key, None)
        else:
            found[key] = _merged(found.get(key), value)
    return found


def _refuse_directives(value: Json) -> None:
    if isinstance(value, list):
        for one in value:
            _refuse_directives(one)
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key.startswith(_DIRECTIVES):
                raise NotExpandable(f"its templatePatch uses the directive {key}")
            _refuse_directives(inner)


def _empty(value: Json) -> bool:
    return value is None or value is False or value in ("", 0) or value == [] or value == {}
