"""Rendered objects against Kubernetes' own schemas: what the API server would refuse must not leave.

The schemas come with the extra `schemas` (PyPI's kubernetes-validate); without it nothing is checked, and the proof
says so. Kinds without a schema there (custom resources) are passed over. Only what an edit makes worse counts.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from typing import TYPE_CHECKING

from gitops_bot.model.json import Json, text
from gitops_bot.model.resource import Manifest, ResourceKey

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

PACKAGE = "kubernetes_validate"
Problem = tuple[ResourceKey, str]


@cache
def schemas_installed() -> bool:
    """Whether the extra `schemas` is there."""
    return find_spec(PACKAGE) is not None


def schema_problems(manifests: Iterable[Manifest]) -> frozenset[Problem]:
    """Return what the newest schemas find wrong, as object and `field: message`."""
    found = set()
    for manifest in manifests:
        validator = _validator(text(manifest.body.get("kind")), text(manifest.body.get("apiVersion")))
        if validator is None:
            continue
        for problem in validator.iter_errors(manifest.body):
            field = ".".join(str(step) for step in problem.path) or "the object"
            found.add((manifest.key, f"{field}: {problem.message[:200]}"))
    return frozenset(found)


@cache
def _validator(kind: str, api_version: str) -> Validator | None:
    """Return the validator of a kind, None where there is no schema. A schema is read once: it takes 10 ms."""
    from jsonschema import Draft202012Validator
    from referencing import Registry, Resource

    # kubernetes-validate names a schema after the kind, the first part of the group, and the version.
    group, _, version = api_version.rpartition("/")
    short = group.partition(".")[0]
    schema = _read(f"{kind}-{short}-{version}.json".lower() if short else f"{kind}-{version}.json".lower())
    if not kind.isalnum() or schema is None:
        return None
    parts = [Resource.from_contents(one) for one in (schema, _read("_definitions.json")) if one is not None]
    return Draft202012Validator(schema, registry=parts @ Registry[dict[str, Json]]())


@cache
def _read(name: str) -> dict[str, Json] | None:
    folders = files(PACKAGE).joinpath("kubernetes-json-schema")
    newest = max((one.name for one in folders.iterdir() if one.name.endswith("-local")), key=_version)
    path = folders.joinpath(newest, name)
    if "/" in name or not path.is_file():
        return None
    schema: dict[str, Json] = json.loads(path.read_bytes())
    return schema


def _version(folder: str) -> tuple[int, ...]:
    return tuple(int(part) for part in folder.removeprefix("v").partition("-")[0].split("."))
