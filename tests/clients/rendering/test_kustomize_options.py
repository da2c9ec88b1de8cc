"""An Application's Kustomize options give what `kustomize edit` and `build` give, which is what Argo CD runs."""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest

from gitops_bot.clients.rendering import RenderFailed
from gitops_bot.clients.rendering.manifests import decode, named

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
spec:
  replicas: 1
  selector:
    matchLabels: {app: api}
  template:
    metadata:
      labels: {app: api}
    spec:
      containers:
        - {name: api, image: "ghcr.io/acme/api:1.0.0"}
        - {name: proxy, image: "envoy:1.30"}
        - {name: local, image: "localhost:5000/tool"}
"""
KUSTOMIZATION = """\
# A comment.
namePrefix: own-
resources:
- deployment.yaml
images:
- name: ghcr.io/acme/api
  newName: ghcr.io/acme/other
  newTag: 2.0.0
- name: envoy
  newTag: "1.31"
replicas:
- name: api
  count: 3
commonAnnotations:
  present: here
labels:
- pairs: {team: a}
"""
FILES = {
    "app/kustomization.yaml": KUSTOMIZATION,
    "app/deployment.yaml": DEPLOYMENT,
    "app/patch.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: api}\nspec: {paused: true}\n",
    "components/a/kustomization.yaml": """\
apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
commonAnnotations: {component: a}
""",
}


def edited_by_kustomize(folder, tools, *commands):
    """What `kustomize edit` and `build` make of the same files."""
    kustomize = tools.kustomize[0]
    for command in commands:
        subprocess.run([kustomize, "edit", *command], cwd=folder / "app", check=True, capture_output=True)
    built = subprocess.run([kustomize, "build", "app"], cwd=folder, check=True, capture_output=True)
    return named(decode(built.stdout), "prod")


@pytest.mark.parametrize(
    ("options", "commands"),
    [
        ({"namePrefix": "x-", "nameSuffix": "-y"}, [("set", "nameprefix", "x-"), ("set", "namesuffix", "--", "-y")]),
        ({"namespace": "other"}, [("set", "namespace", "other")]),
        ({"images": ["ghcr.io/acme/api:3.0.0"]}, [("set", "image", "ghcr.io/acme/api:3.0.0")]),
        ({"images": ["envoy=acme/envoy:1.32"]}, [("set", "image", "envoy=acme/envoy:1.32")]),
        ({"images": ["envoy=acme/envoy"]}, [("set", "image", "envoy=acme/envoy")]),
        ({"images": ["ghcr.io/acme/api=*:9"]}, [("set", "image", "ghcr.io/acme/api=*:9")]),
        ({"images": ["localhost:5000/tool:7"]}, [("set", "image", "localhost:5000/tool:7")]),
        (
            {"images": ["localhost:5000/tool=localhost:5001/tool"]},
            [("set", "image", "localhost:5000/tool=localhost:5001/tool")],
        ),
        (
            {"images": [f"envoy@sha256:{'a' * 64}", "ghcr.io/acme/api:1"]},
            [("set", "image", f"envoy@sha256:{'a' * 64}", "ghcr.io/acme/api:1")],
        ),
        ({"images": [f"envoy:1@sha256:{'b' * 64}"]}, [("set", "image", f"envoy:1@sha256:{'b' * 64}")]),
        ({"replicas": [{"name": "api", "count": 5}]}, [("set", "replicas", "api=5")]),
        ({"replicas": [{"name": "api", "count": "6"}]}, [("set", "replicas", "api=6")]),
        ({"commonLabels": {"a": "b"}}, [("add", "label", "a:b")]),
        (
            {"commonLabels": {"a": "b"}, "labelWithoutSelector": True},
            [("add", "label", "--without-selector", "a:b")],
        ),
        (
            {"commonLabels": {"a": "b"}, "labelWithoutSelector": True, "labelIncludeTemplates": True},
            [("add", "label", "--without-selector", "--include-templates", "a:b")],
        ),
        (
            {"commonLabels": {"team": "b"}, "labelWithoutSelector": True, "forceCommonLabels": True},
            [("add", "label", "--without-selector", "--force", "team:b")],
        ),
        ({"commonAnnotations": {"a": "b"}}, [("add", "annotation", "a:b")]),
        (
            {"commonAnnotations": {"present": "b"}, "forceCommonAnnotations": True},
            [("add", "annotation", "--force", "present:b")],
        ),
        ({"components": ["../components/a"]}, [("add", "component", "../components/a")]),
        ({"patches": [{"path": "patch.yaml"}]}, [("add", "patch", "--path", "patch.yaml")]),
        (
            {"patches": [{"patch": '[{"op":"remove","path":"/spec/replicas"}]', "target": {"kind": "Deployment"}}]},
            [("add", "patch", "--patch", '[{"op":"remove","path":"/spec/replicas"}]', "--kind", "Deployment")],
        ),
    ],
    ids=lambda value: json.dumps(value)[:60],
)
def test_options_do_what_kustomize_edit_does(case, tools, tmp_path, options, commands):
    one = case(FILES)
    shutil.copytree(one.workspace.root, tmp_path / "copy")
    expected = edited_by_kustomize(tmp_path / "copy", tools, *commands)
    assert one.render({"path": "app", "kustomize": options}).manifests == expected


def test_variables_are_put_into_images_and_labels(case):
    options = {
        "images": ["envoy:$ARGOCD_APP_NAME-${ARGOCD_APP_NAMESPACE}"],
        "commonLabels": {"app-name": "$ARGOCD_APP_NAME"},
        "commonAnnotations": {"kept": "$ARGOCD_APP_NAME"},
        "labelWithoutSelector": True,
    }
    body = case(FILES).body({"path": "app", "kustomize": options}, kind="Deployment")
    assert body["spec"]["template"]["spec"]["containers"][1]["image"] == "envoy:app-prod"
    assert body["metadata"]["labels"]["app-name"] == "app"
    assert body["metadata"]["annotations"]["kept"] == "$ARGOCD_APP_NAME"
    options["commonAnnotationsEnvsubst"] = True
    body = case(FILES).body({"path": "app", "kustomize": options}, kind="Deployment")
    assert body["metadata"]["annotations"]["kept"] == "app"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"images": ["envoy"]}, "invalid format of image 'envoy'"),
        ({"replicas": [{"name": "api", "count": "many"}]}, "replicas of api: 'many' is not a number"),
        ({"commonAnnotations": {"present": "x"}}, "annotation present already in kustomization file"),
        ({"commonLabels": {"team": "x"}, "labelWithoutSelector": True}, "label team already in kustomization file"),
        ({"commonLabels": {"a": "x"}, "labelIncludeTemplates": True}, "--without-selector flag must be specified"),
        ({"components": ["../components/gone"]}, "components/gone"),
    ],
)
def test_options_that_kustomize_edit_refuses_fail(case, options, message):
    with pytest.raises(RenderFailed, match=message) as caught:
        case(FILES).render({"path": "app", "kustomize": options})
    assert caught.value.reads.covers("app/kustomization.yaml")


def test_missing_components_may_be_ignored(case):
    options = {"components": ["../components/gone", "../components/a"], "ignoreMissingComponents": True}
    body = case(FILES).body({"path": "app", "kustomize": options}, kind="Deployment")
    assert body["metadata"]["annotations"] == {"component": "a", "present": "here"}


def test_components_and_patches_of_the_options_are_read(case):
    options = {"components": ["../components/a"], "patches": [{"path": "patch.yaml"}]}
    reads = case(FILES).reads({"path": "app", "kustomize": options})
    assert reads.covers("components/a/kustomization.yaml")
    assert reads.covers("app/patch.yaml")
    assert not case(FILES).reads({"path": "app"}).covers("app/patch.yaml")


def test_two_applications_on_one_folder_do_not_see_each_others_options(case):
    one = case(FILES)
    first = one.names({"path": "app", "kustomize": {"namePrefix": "a-"}}, application="a")
    second = one.names({"path": "app", "kustomize": {"namePrefix": "b-"}}, application="b")
    assert (first, second) == (["Deployment prod/a-api"], ["Deployment prod/b-api"])


def test_options_without_a_kustomization_fail(case):
    with pytest.raises(RenderFailed, match="Missing kustomization file in empty"):
        case({"empty/a.yaml": ""}).render({"path": "empty", "kustomize": {"namePrefix": "x"}})
