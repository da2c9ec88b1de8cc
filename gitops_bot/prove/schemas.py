"""Rendered objects against Kubernetes' own schemas: what the API server would refuse must not leave.

The schemas come with the extra `schemas` (PyPI's kubernetes-validate); without it nothing is checked, and the proof
says so. Kinds without a schema there (custom resources) are passed over. Only what an edit makes worse counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib.util import find_spec

from gitops_bot.model.resource import Manifest, ResourceKey

PACKAGE = "kubernetes_validate"
Problem = tuple[ResourceKey, str]


@cache
def schemas_installed() -> bool:
    """Whether the extra `schemas` is there."""
    return find_spec(PACKAGE) is not None


def schema_problems(manifests: Iterable[Manifest]) -> frozenset[Problem]:
    """Return what the newest schemas find wrong, as object and `field: message`."""
    import kubernetes_validate
    from kubernetes_validate.utils import InvalidSchemaError, SchemaNotFoundError, ValidationError

    newest = kubernetes_validate.latest_version()
    found = set()
    for manifest in manifests:
        if not all(isinstance(manifest.body.get(key), str) for key in ("apiVersion", "kind")):
            continue
        try:
            kubernetes_validate.validate(manifest.body, newest)
        except ValidationError as problem:
            field = ".".join(str(step) for step in problem.path) or "the object"
            found.add((manifest.key, f"{field}: {problem.message[:200]}"))
        except (SchemaNotFoundError, InvalidSchemaError):
            continue
    return frozenset(found)
