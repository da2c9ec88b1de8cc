"""A Flux Kustomization's own options, laid in the kustomization that it builds, or one made of a plain folder."""

from __future__ import annotations

from collections.abc import Callable

from gitops_bot.clients.rendering.kustomize_options import edited
from gitops_bot.clients.rendering.manifests import decode, objects
from gitops_bot.clients.rendering.steps import KUSTOMIZATIONS, Step
from gitops_bot.clients.rendering.values import SourceBroken
from gitops_bot.clients.workspace import Workspace
from gitops_bot.model.json import Json, dig, sequence, text

_ENDINGS = (".yaml", ".yml")


def generated(workspace: Workspace, folder: str) -> dict[str, Json]:
    """Return the kustomization that Flux makes for a folder without one.

    Its resources are all manifests in the folder and beneath, and the folders there that have a kustomization.
    SourceBroken where a YAML file there is no manifest.
    """
    prefix = f"{folder}/" if folder else ""
    found: dict[str, Json] = {}
    kustomized = {
        path.rpartition("/")[0] for path in workspace.listing(folder) if path.rpartition("/")[2] in KUSTOMIZATIONS
    }
    for path in sorted(workspace.listing(folder), key=lambda path: path.split("/")):
        parts = path.removeprefix(prefix).split("/")
        above = ["/".join(parts[:depth]) for depth in range(1, len(parts))]
        within = next((place for place in above if f"{prefix}{place}" in kustomized), None)
        if within is not None:
            found.setdefault(f"./{within}")
        elif path.endswith(_ENDINGS):
            try:
                objects(decode(workspace.read(path) or b""), path)
            except SourceBroken as broken:
                raise SourceBroken(f"failed to decode Kubernetes YAML from {path}: {broken.message}") from None
            found.setdefault(f"./{path.removeprefix(prefix)}")
    return {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "resources": [*found],
    }


def overlaid(document: dict[str, Json], step: Step, exists: Callable[[str], bool]) -> dict[str, Json]:
    """Return the kustomization with the Flux Kustomization's options in it; an image takes one of its name's place."""
    result = edited(document, step, exists)
    images = step.source.flux.images if step.source.flux else None
    if images:
        named = {text(dig(image, "name")): image for image in images}
        present = [text(dig(entry, "name")) for entry in sequence(result.get("images"))]
        kept: list[Json] = [
            named.get(name, entry) for name, entry in zip(present, sequence(result.get("images")), strict=True)
        ]
        result["images"] = [*kept, *(image for name, image in named.items() if name not in present)]
    return result
