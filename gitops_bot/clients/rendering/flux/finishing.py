"""What Flux does to the objects that kustomize or helm gives, before it applies them."""

from __future__ import annotations

from pathlib import Path

from gitops_bot.clients.rendering.flux.charts import post_rendered
from gitops_bot.clients.rendering.flux.substitution import substituted
from gitops_bot.clients.rendering.tools import Tools
from gitops_bot.model.json import Json, mapping
from gitops_bot.model.source import FluxMetadata, FluxOptions


def finished(bodies: list[dict[str, Json]], options: FluxOptions, tools: Tools, scratch: Path) -> list[dict[str, Json]]:
    """Return the objects as they are applied: substituted or post-rendered, and labelled with who owns them."""
    if options.kind == "Kustomization":
        bodies = substituted(bodies, options)
    else:
        bodies = post_rendered(bodies, options, tools, scratch)
    common = options.common_metadata or FluxMetadata()
    labels = {
        **(common.labels or {}),
        f"{options.group}/name": options.name,
        f"{options.group}/namespace": options.namespace,
    }
    return [_with_metadata(body, labels, common.annotations or {}) for body in bodies]


def _with_metadata(body: dict[str, Json], labels: dict[str, str], annotations: dict[str, str]) -> dict[str, Json]:
    metadata = dict(mapping(body.get("metadata")))
    for name, added in (("labels", labels), ("annotations", annotations)):
        if added:
            metadata[name] = {**mapping(metadata.get(name)), **added}
    return {**body, "metadata": metadata}
