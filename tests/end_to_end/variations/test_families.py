"""An app of apps whose parent is a chart: the child's image tag stands in the parent's values."""

from __future__ import annotations

from collections.abc import Callable

from tests.end_to_end.variations.building import Json, Varied
from tests.end_to_end.variations.conftest import Run

Vary = Callable[..., Varied]
VALUES = "estate/values.yaml"
REPOSITORY = "http://127.0.0.1:3000/acme/fleet.git"
CHILDREN = ("checkout", "ledger")
TEMPLATE = f"""{{{{- range $name, $tag := .Values.tags }}}}
---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {{name: {{{{ $name }}}}, namespace: argocd}}
spec:
  project: default
  destination: {{server: "https://kubernetes.default.svc", namespace: {{{{ $name }}}}}}
  source:
    repoURL: {REPOSITORY}
    targetRevision: main
    path: {{{{ $name }}}}
    kustomize: {{images: ["registry.example.com/{{{{ $name }}}}:{{{{ TAG }}}}"]}}
{{{{- end }}}}
"""


def source(name: str, tag: str) -> Json:
    """A child's source as Argo CD has it."""
    options = {"images": [f"registry.example.com/{name}:{tag}"]}
    return {"repoURL": REPOSITORY, "targetRevision": "main", "path": name, "kustomize": options}


def released(vary: Vary, values: str, template: str, **tags: str) -> Varied:
    """One line of the parent's values brings 5.2.0; `tags` are what the children have then."""
    varied = vary()
    varied.keep(*CHILDREN, "root")
    varied.git("reset", "-q", "--hard", "HEAD~1")
    files: dict[str, str | None] = {
        "estate/Chart.yaml": "apiVersion: v2\nname: estate\nversion: 1.0.0\n",
        "estate/templates/children.yaml": template,
        VALUES: values,
        "checkout/kustomization.yaml": "resources: [deployment.yaml, hpa.yaml]\n",
        "ledger/kustomization.yaml": "resources: [ledger.yaml]\n",
    }
    before = varied.commit("estate: a chart", {**files, **{f"argocd/apps/{name}.yaml": None for name in CHILDREN}})
    after = varied.edit("ledger: 5.2.0", VALUES, "5.1.2", "5.2.0")
    varied.application("root")["spec"]["source"]["path"] = "estate"
    for name in CHILDREN:
        body = varied.application(name)
        body["status"]["history"].clear()
        for commit, tag in ((before, "5.1.2" if tags[name] == "5.2.0" else tags[name]), (after, tags[name])):
            body["spec"]["source"] = source(name, tag)
            varied.delivered(name, commit, "2026-11-23T10:28:30Z" if commit == before else "2026-11-23T10:29:00Z")
    for name in (*CHILDREN, "root"):
        varied.compared(name, after)
    return varied


def test_the_childs_line_in_the_parents_values_goes_back(vary: Vary, run: Run) -> None:
    values = "tags:\n  checkout: 1.4.0\n  # promoted by the release job\n  ledger: 5.1.2   # of the ledger team\n"
    varied = released(vary, values, TEMPLATE.replace("TAG", "$tag"), checkout="1.4.0", ledger="5.2.0")
    written = run(varied)
    before, after = ["ledger: 5.2.0   # of the ledger team"], ["ledger: 5.1.2   # of the ledger team"]
    assert written.pulls == {"ledger": {VALUES: (before, after)}}
    assert "checkout" in written.bodies["ledger"]


def test_a_line_that_a_healthy_child_shares_is_left_to_a_person(vary: Vary, run: Run) -> None:
    values = "tag: 5.1.2\ntags: {checkout: x, ledger: x}\n"
    varied = released(vary, values, TEMPLATE.replace("TAG", "$.Values.tag"), checkout="5.2.0", ledger="5.2.0")
    written = run(varied)
    assert VALUES not in written.lines
    for lines in written.pulls.values():
        assert VALUES not in lines
    about = [title for title in written.issues if "ledger" in title]
    assert len(written.pulls) + len(about) == 1
    assert not written.commits
