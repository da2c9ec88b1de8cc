from __future__ import annotations

from collections.abc import Callable

import pytest

from gitops_bot.clients.rendering import Rendered, RenderInput
from gitops_bot.model.flux import flux_application
from gitops_bot.model.json import Json
from gitops_bot.yamlpatch import load_documents

Render = Callable[..., Rendered]


def flux_object(text: str) -> dict[str, Json]:
    [body] = load_documents(text.encode())
    assert isinstance(body, dict)
    return body


def kustomization(spec: str) -> str:
    """A Flux Kustomization `apps` with more lines for its spec."""
    head = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: apps, namespace: flux}\n"
    return f"{head}spec:\n  sourceRef: {{kind: GitRepository, name: flux}}\n{spec}"


def release(spec: str) -> str:
    """A HelmRelease `shop` of the chart in charts/shop with more lines for its spec."""
    head = "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: shop, namespace: web}\n"
    chart = "  chart:\n    spec: {chart: ./charts/shop, sourceRef: {kind: GitRepository, name: flux, namespace: flux}"
    return f"{head}spec:\n{chart}}}\n{spec}" if "chart" not in spec else f"{head}spec:\n{spec}"


@pytest.fixture
def render(case) -> Render:
    """Renders a Flux object's text over some files; `data` is what Git says of the ConfigMaps that it refers to."""

    def rendered(files: dict[str, str], text: str, **data: dict[str, str]) -> Rendered:
        application = flux_application(with_data(flux_object(text), data), {})
        request = RenderInput(
            application=application.name,
            namespace=application.spec.destination.namespace,
            sources=application.sources,
        )
        return case(files).renderer.render(request)

    return rendered


def with_data(body: Json, data: dict[str, dict[str, str]]) -> Json:
    if isinstance(body, dict):
        held: Json = {"data": data[str(body["name"])]} if body.get("name") in data and "kind" in body else {}
        return {**{key: with_data(value, data) for key, value in body.items()}, **held}
    return [with_data(one, data) for one in body] if isinstance(body, list) else body
