from __future__ import annotations

import io
import json
import tarfile
from functools import partial

import pytest

from gitops_bot.clients.rendering.programs import charts

CHART = "apiVersion: v2\nname: chart\nversion: 1.0.0\n"
SHOW = "kind: Show\nmetadata: {name: x}\nvalue: {{ %s | toJson }}\n"
FILES_OF_APP = {"templates/show.yaml": SHOW % "1"}
FILES = {"app/Chart.yaml": CHART, "app/templates/show.yaml": SHOW % ".Values.a", "app/values.yaml": "a: chart\n"}


def shown(case, surroundings, expression, **others):
    one = case({**FILES, **others, "app/templates/show.yaml": SHOW % expression})
    return surroundings.outcome(lambda: one.render({"path": "app"}))


NOTHING = {
    'lookup "v1" "Secret" "" ""': {},
    '.Files.Get "../secret.txt"': "",
    '.Files.Get "../../secret.txt"': "",
    '.Files.Glob "../**"': {},
    '.Files.Lines "/etc/hostname"': [],
    'getHostByName "example.com"': "",
}


def test_a_template_sees_neither_files_nor_cluster_nor_names(case, surroundings):
    found = shown(case, surroundings, f"list ({') ('.join(NOTHING)})")
    assert f"'value': {list(NOTHING.values())}" in found


@pytest.mark.parametrize("function", ["env", "expandenv"])
def test_a_template_cannot_read_the_environment(case, surroundings, function):
    assert f'function "{function}" not defined' in shown(case, surroundings, f'{function} "HOME"')


def test_templates_that_include_themselves_end(case, surroundings):
    define = '{{ define "again" }}{{ include "again" . }}{{ end }}'
    found = shown(case, surroundings, 'include "again" .', **{"app/templates/_again.tpl": define})
    assert "error calling include" in found


@pytest.mark.parametrize("place", ["file://../../secret", "file://../../../../../etc"])
def test_a_dependency_outside_the_repository_is_not_taken(case, surroundings, place):
    chart = f"{CHART}dependencies:\n- {{name: secret, version: 1.0.0, repository: '{place}'}}\n"
    assert "needs secret from file://" in shown(case, surroundings, "1", **{"app/Chart.yaml": chart})


def test_a_dependency_on_a_server_is_not_fetched(case, surroundings):
    chart = f"{CHART}dependencies:\n- {{name: sub, version: 1.0.0, repository: '{surroundings.url}'}}\n"
    assert f"needs sub from {surroundings.url}" in shown(case, surroundings, "1", **{"app/Chart.yaml": chart})


@pytest.mark.parametrize("name", ["../../../escaped", "{folder}/escaped", "..", "a/b"])
def test_a_dependencys_name_makes_no_folder_elsewhere(case, surroundings, name):
    name = name.format(folder=surroundings.folder)
    chart = f"{CHART}dependencies:\n- {{name: '{name}', version: 1.0.0, repository: 'file://../libs'}}\n"
    found = shown(case, surroundings, "1", **{"app/Chart.yaml": chart, "libs/Chart.yaml": CHART})
    assert f"a dependency with the name {name}, which is a path" in found


def packed(files):
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content.encode()))
    return stream.getvalue()


def test_a_schema_is_not_read_from_elsewhere(case, surroundings):
    sub, files = CHART.replace("chart", "sub"), {}
    for number, target in enumerate((f"{surroundings.url}/x", f"file://{surroundings.folder}/secret.json")):
        schemas = ({"properties": {"a": {"$ref": target}}}, {"$schema": target})
        for kind, schema in enumerate(map(json.dumps, schemas)):
            values = {"values.yaml": "a: x\n", "values.schema.json": schema}
            app = f"app{number}{kind}"
            own = {"Chart.yaml": CHART, **FILES_OF_APP, **values}
            inner = {"charts/sub/Chart.yaml": sub, **{f"charts/sub/{name}": text for name, text in values.items()}}
            archive = packed({f"sub/{name}": text for name, text in {"Chart.yaml": sub, **values}.items()})
            for place, tree in (("own", own), ("sub", inner), ("tgz", {"charts/sub-1.0.0.tgz": archive})):
                base = {"Chart.yaml": CHART, **FILES_OF_APP}
                files |= {f"{app}{place}/{name}": text for name, text in {**base, **tree}.items()}
    one = case(files)
    for path in sorted({name.partition("/")[0] for name in files}):
        assert "'kind': 'Show'" in surroundings.outcome(lambda path=path: one.render({"path": path}))


OPTIONS = [
    ({"releaseName": '{{ env "HOME" }}'}, "is a template"),
    ({"releaseName": '{{ getHostByName "example.com" }}'}, "is a template"),
    ({"releaseName": "--help"}, "invalid release name"),
    ({"releaseName": "x\n--debug"}, "invalid release name"),
    ({"valueFiles": ["../../secret.yaml"]}, "outside repository root"),
    ({"valueFiles": ["$values/../../secret.yaml"]}, "outside repository root"),
    ({"valueFiles": ["--post-renderer=app/run.sh"]}, "no such file"),
    ({"valueFiles": ["a\n--post-renderer=app/run.sh"]}, "no such file"),
    ({"valueFiles": ["{url}/values.yaml"]}, "is not in Git"),
    ({"fileParameters": [{"name": "a", "path": "../../secret.txt"}]}, "outside repository root"),
    ({"fileParameters": [{"name": "a={folder}/secret.txt,b", "path": "values.yaml"}]}, "names a file itself"),
    ({"parameters": [{"name": "--post-renderer", "value": "app/run.sh"}]}, "'value': 'chart'"),
    ({"apiVersions": ["--post-renderer=app/run.sh"], "kubeVersion": "--help"}, "'value': 'chart'"),
]


def test_options_name_no_file_outside_and_are_no_options_of_helm(case, checkout, surroundings):
    checkout.program("app/run.sh", f"#!/bin/sh\ntouch {surroundings.folder}/ran\ncat\n")
    one = case(FILES)
    for helm, said in OPTIONS:
        text = json.dumps(helm).replace("{url}", surroundings.url).replace("{folder}", str(surroundings.folder))
        sources = ({"path": "app", "helm": json.loads(text)}, {"ref": "values"})
        assert said in surroundings.outcome(partial(one.render, *sources))


def test_plugins_of_the_repository_are_not_run(case, checkout, surroundings):
    program = f"#!/bin/sh\ntouch {surroundings.folder}/ran\n"
    plugin = "name: evil\nversion: 1.0.0\ncommand: $HELM_PLUGIN_DIR/run.sh\nhooks: {install: run.sh}\n"
    downloader = plugin + "downloaders:\n- {command: run.sh, protocols: [evil]}\n"
    for folder in ("plugins/evil", "app/plugins/evil"):
        checkout.program(f"{folder}/run.sh", program)
    files = {"plugins/evil/plugin.yaml": downloader, "app/plugins/evil/plugin.yaml": downloader}
    one = case({**FILES, **files})
    found = surroundings.outcome(lambda: one.render({"path": "app", "helm": {"valueFiles": ["evil://x/values.yaml"]}}))
    assert "is not in Git" in found
    assert "'value': 'chart'" in surroundings.outcome(lambda: one.render({"path": "app"}))


@pytest.mark.parametrize(
    ("link", "target"),
    [
        ("app/templates/secret.yaml", "../../../secret.yaml"),
        ("app/values.yaml", "../../secret.yaml"),
        ("app/files", "../.."),
        ("app/files", "/"),
        ("app/templates", "../.."),
    ],
)
def test_links_lead_nowhere_outside(case, checkout, surroundings, link, target):
    checkout.link(link, target)
    files = {name: text for name, text in FILES.items() if not name.startswith(link)}
    files["other/show.yaml"] = SHOW % '.Files.Get "files/secret.txt"'
    one = case(files)
    surroundings.outcome(lambda: one.render({"path": "app"}))


def test_two_links_that_lead_out_together_lead_nowhere(case, checkout, surroundings):
    checkout.link("links/deep/top", "../..")
    checkout.link("app/files", "../links/deep/top/../secret.txt")
    found = shown(case, surroundings, '.Files.Get "files"')
    assert "deep/top/../secret.txt" in found


def test_links_that_go_round_end(case, checkout, surroundings, monkeypatch):
    monkeypatch.setattr(charts, "_MOST_COPIED", 500)
    for name in ("one", "two"):
        checkout.link(f"app/files/{name}", "../files")
    chart = f"{CHART}dependencies:\n- {{name: sub, version: 1.0.0, repository: 'file://../libs/sub'}}\n"
    sub = {"libs/sub/Chart.yaml": CHART.replace("chart", "sub")}
    found = shown(case, surroundings, "1", **{"app/Chart.yaml": chart, **sub})
    assert "look for a link that leads up" in found


def test_a_chart_that_is_a_link_inside_the_repository_renders(case, checkout, surroundings):
    checkout.link("linked", "app")
    one = case(FILES)
    assert "'value': 'chart'" in surroundings.outcome(lambda: one.render({"path": "linked"}))
