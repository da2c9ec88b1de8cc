"""From an ApplicationSet's manifest to the Applications that it makes, as Argo CD's controller makes them."""

from __future__ import annotations

import msgspec

from gitops_bot.clients.applicationsets.generating.generators import Surroundings, parameter_sets
from gitops_bot.clients.applicationsets.merging import patched, template_of
from gitops_bot.clients.applicationsets.values import Expansion, ExpansionFailed, Generated, NotExpandable, ParameterSet
from gitops_bot.model.application import ApplicationSpec
from gitops_bot.model.json import Json, dig, mapping, sequence, text
from gitops_bot.yamlpatch import PatchInvalid, PatchRefused, load_documents

_ONE_WAY = ("create-only", "create-delete")
_PLACES = ("/spec/source", "/spec/destination")


def expand(around: Surroundings, body: dict[str, Json]) -> Expansion:
    """Return what the ApplicationSet `body` makes of the files as they are now.

    NotExpandable where that cannot be told from this repository, ExpansionFailed where Argo CD would refuse it,
    ToolMissing where a template takes helm, and helm is not installed.
    """
    spec = mapping(body.get("spec"))
    _refuse_policies(spec)
    jobs = []
    for entry in sequence(spec.get("generators")):
        for own, sets in parameter_sets(around, mapping(entry)):
            template = template_of(own, mapping(spec.get("template")))
            jobs += [(template, one) for one in sets]
    patch = spec.get("templatePatch")
    trees: list[tuple[Json, dict[str, Json]]] = [
        ({"template": template, "patch": patch}, one.values) for template, one in jobs
    ]
    found: dict[str, Generated] = {}
    namespace = text(dig(body, "metadata", "namespace"))
    for tree, (_, one) in zip(around.templates.trees(trees), jobs, strict=True):
        generated = _generated(mapping(dig(tree, "template")), text(dig(tree, "patch")), namespace, one)
        if generated.name in found:
            raise ExpansionFailed(f"it makes two Applications of the name {generated.name}")
        found[generated.name] = generated
    return Expansion(found)


def _refuse_policies(spec: dict[str, Json]) -> None:
    policy = text(dig(spec, "syncPolicy", "applicationsSync"))
    if policy in _ONE_WAY:
        raise NotExpandable(f"its `applicationsSync: {policy}` leaves Applications as they once were made")
    for entry in sequence(spec.get("ignoreApplicationDifferences")):
        pointers = [text(one) for one in sequence(dig(entry, "jsonPointers"))]
        queries = [text(one) for one in sequence(dig(entry, "jqPathExpressions"))]
        # What is ignored has its live value, whatever Git says.
        if any(one in ("", "/spec") or one.startswith(_PLACES) for one in pointers) or any(
            "source" in one or "destination" in one for one in queries
        ):
            raise NotExpandable("its `ignoreApplicationDifferences` leaves fields of the source to whoever edits them")


def _generated(template: dict[str, Json], patch: str, namespace: str, made_of: ParameterSet) -> Generated:
    metadata = {**mapping(template.get("metadata"))}
    # An Application stands in its ApplicationSet's namespace, whatever the template says.
    if namespace:
        metadata["namespace"] = namespace
    body: dict[str, Json] = {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Application",
        "metadata": metadata,
        "spec": template.get("spec"),
    }
    if patch:
        body = patched(body, _patch(patch))
    name = text(dig(body, "metadata", "name"))
    if not name:
        raise ExpansionFailed("its template gives an Application no name")
    try:
        spec = msgspec.convert(body.get("spec"), ApplicationSpec, strict=False)
    except msgspec.ValidationError as error:
        raise ExpansionFailed(f"what it makes of {name} is no Application: {error}") from None
    return Generated(
        name=name,
        namespace=text(metadata.get("namespace")),
        body=body,
        spec=spec,
        values=made_of.values,
        files=made_of.files,
    )


def _patch(written: str) -> dict[str, Json]:
    try:
        documents = load_documents(written.encode())
    except (PatchInvalid, PatchRefused) as refusal:
        raise ExpansionFailed(f"its templatePatch is no YAML once filled in: {refusal}") from None
    first = documents[0] if documents else None
    if first is not None and not isinstance(first, dict):
        raise ExpansionFailed("its templatePatch is no map once filled in")
    return mapping(first)
