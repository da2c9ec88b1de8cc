"""A parent whose chart renders Applications: what each child's image is stands in the parent's values."""

from __future__ import annotations

from tests.support.estate import URL, Estate
from tests.support.manifests import CHART, CHART_DEPLOYMENT

VALUES = "estate/values.yaml"
CHILDREN = f"""\
{{{{- range $name, $image := .Values.images }}}}
---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {{name: {{{{ $name }}}}, namespace: argocd}}
spec:
  project: default
  destination: {{namespace: {{{{ $name }}}}}}
  source:
    repoURL: {URL}
    targetRevision: main
    path: web
    helm: {{parameters: [{{name: image, value: {{{{ $image | quote }}}}}}]}}
{{{{- end }}}}
"""
FAMILY = {
    "estate/Chart.yaml": CHART,
    "estate/templates/children.yaml": CHILDREN,
    "web/Chart.yaml": CHART,
    "web/templates/app.yaml": CHART_DEPLOYMENT,
}


def values(**images: str) -> str:
    """The parent's values: each child with its image."""
    lines = "".join(f"  {name}: {image}   # of the {name} team\n" for name, image in images.items())
    return f"images:\n{lines}"


def child(estate: Estate, name: str, *deployed: str, image: str, before: str = "", parent: str = "estate") -> None:
    """A child as Argo CD has it; `before` is the image of all deployments but the last one."""
    estate.application(
        name,
        *deployed,
        path="web",
        helm=options(image),
        before={"helm": options(before)} if before else {},
        annotations={"argocd.argoproj.io/tracking-id": f"{parent}:argoproj.io/Application:argocd/{name}"},
    )


def options(image: str) -> dict[str, object]:
    """The Helm options that the parent gives a child."""
    return {"parameters": [{"name": "image", "value": image}]}
