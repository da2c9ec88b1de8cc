from __future__ import annotations

import json

import pytest

MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: map}\ndata: {key: one}\n"
CHART = "apiVersion: v2\nname: sub\nversion: 1.0.0\n"
FIELDS = {
    "resources": "resources: ['{}']",
    "bases": "bases: ['{}']",
    "components": "components: ['{}']",
    "crds": "resources: [map.yaml]\ncrds: ['{}']",
    "configurations": "resources: [map.yaml]\nconfigurations: ['{}']",
    "generators": "generators: ['{}']",
    "transformers": "resources: [map.yaml]\ntransformers: ['{}']",
    "validators": "resources: [map.yaml]\nvalidators: ['{}']",
    "patches": "resources: [map.yaml]\npatches: [{{path: '{}', target: {{kind: ConfigMap}}}}]",
    "patchesStrategicMerge": "resources: [map.yaml]\npatchesStrategicMerge: ['{}']",
    "patchesJson6902": "resources: [map.yaml]\npatchesJson6902:\n"
    "- {{path: '{}', target: {{version: v1, kind: ConfigMap, name: map}}}}",
    "replacements": "resources: [map.yaml]\nreplacements: [{{path: '{}'}}]",
    "openapi": "resources: [map.yaml]\nopenapi: {{path: '{}'}}",
    "files": "configMapGenerator: [{{name: a, files: ['{}']}}]",
    "named files": "configMapGenerator: [{{name: a, files: ['key={}']}}]",
    "envs": "configMapGenerator: [{{name: a, envs: ['{}']}}]",
    "env": "secretGenerator: [{{name: a, env: '{}'}}]",
}
PLUGINS = {
    "ConfigMapGenerator": "files: ['{}']",
    "SecretGenerator": "envs: ['{}']",
    "PatchTransformer": "path: '{}'\ntarget: {{kind: ConfigMap}}",
    "PatchJson6902Transformer": "path: '{}'\ntarget: {{version: v1, kind: ConfigMap, name: map}}",
    "PatchStrategicMergeTransformer": "paths: ['{}']",
    "ReplacementTransformer": "replacements: [{{path: '{}'}}]",
}
UNRESTRICTED = {"build_options": "--load-restrictor LoadRestrictionsNone"}


def outcomes(case, surroundings, kustomizations, files=None, options=UNRESTRICTED):
    """What each of the kustomizations gives, each in a folder of its own beside the same files."""
    tree = {}
    for number, text in enumerate(kustomizations):
        folder = f"app{number or ''}"
        tree |= {f"{folder}/{name}": content for name, content in {"map.yaml": MAP, **(files or {})}.items()}
        tree[f"{folder}/kustomization.yaml"] = f"{text}\n"
    one = case(tree)
    folders = sorted({path.partition("/")[0] for path in tree}, key=lambda name: int(name[3:] or 0))
    return [surroundings.outcome(lambda path=path: one.render({"path": path}, **options)) for path in folders]


def outcome(case, surroundings, kustomization, files=None, options=UNRESTRICTED):
    return outcomes(case, surroundings, [kustomization], files, options)[0]


@pytest.mark.parametrize("place", ["../../secret.yaml", "{folder}/secret.yaml", "/proc/self/environ"])
def test_no_field_leads_out_of_the_repository(case, surroundings, place):
    place = place.format(folder=surroundings.folder)
    for found in outcomes(case, surroundings, [text.format(place) for text in FIELDS.values()]):
        assert f"{place} in app" in found
        assert "is outside the repository" in found


def test_no_field_reaches_a_server(case, surroundings):
    texts = [text.format(f"{surroundings.url}/secret.yaml") for text in FIELDS.values()]
    for found in outcomes(case, surroundings, texts):
        assert "not on files of this repository" in found


@pytest.mark.parametrize("kind", PLUGINS)
def test_no_configuration_of_a_plugin_leads_out(case, surroundings, kind):
    field = "generators" if kind.endswith("Generator") else "transformers"
    kustomizations, files = [], {}
    for number, place in enumerate(("../../secret.yaml", f"{surroundings.folder}/secret.env", f"{surroundings.url}/x")):
        plugin = f"apiVersion: builtin\nkind: {kind}\nmetadata: {{name: p}}\n{PLUGINS[kind].format(place)}\n"
        files[f"plugin{number}.yaml"] = files[f"plugins{number}/plugin.yaml"] = plugin
        files[f"plugins{number}/kustomization.yaml"] = "resources: [plugin.yaml]\n"
        entries = (json.dumps(plugin), f"plugin{number}.yaml", f"plugins{number}")
        kustomizations += [f"resources: [map.yaml]\n{field}: [{entry}]" for entry in entries]
    for found in outcomes(case, surroundings, kustomizations, files):
        assert "is outside the repository" in found or "not on files of this repository" in found


REMOTE = """\
{url}/acme/base//deploy?ref=v1
{url}/acme/base.git
HTTP://{host}/acme/base
git::{url}/acme/base
git::ssh://git@{host}/acme/base
gh:acme/base
GITHUB.com/acme/base?ref=v1
github.com:acme/base
git@{host}:acme/base.git
org-1@github.com:acme/base
ssh://{host}/acme/base
file://{folder}/checkout
{host}/acme/base.git?ref=main
dev.azure.example/acme/_git/base
bitbucket.example/acme/base.git
"""


@pytest.mark.parametrize("options", [{}, UNRESTRICTED])
def test_no_spelling_of_a_remote_base_reaches_a_server(case, surroundings, options):
    host = surroundings.url.removeprefix("http://")
    entries = REMOTE.format(url=surroundings.url, host=host, folder=surroundings.folder).splitlines()
    found = outcomes(case, surroundings, [f"resources: ['{entry}']" for entry in entries], options=options)
    for entry, reason in zip(entries, found, strict=True):
        assert f"builds on {entry}, not on files of this repository" in reason


FUNCTION = """\
apiVersion: example.com/v1
kind: Evil
metadata:
  name: evil
  annotations:
    config.kubernetes.io/function: |
      {}
"""


@pytest.mark.parametrize("how", ["exec: {path: ./run.sh}", "container: {image: evil, network: true}", ""])
def test_functions_and_plugins_are_not_run(case, checkout, surroundings, how):
    run = f"#!/bin/sh\ntouch {surroundings.folder}/ran\ncat\n"
    for path in ("app/run.sh", "app/Evil", "kustomize/plugin/example.com/v1/evil/Evil"):
        checkout.program(path, run)
    files = {"evil.yaml": FUNCTION.format(how) if how else FUNCTION.partition("  annotations")[0]}
    fields = ("generators", "transformers", "validators")
    texts = [f"resources: [map.yaml]\n{field}: [evil.yaml]" for field in fields]
    for found in outcomes(case, surroundings, texts, files):
        assert "external plugin" in found or "is not enabled" in found


@pytest.mark.parametrize(
    ("chart", "said"),
    [
        ("{name: sub, releaseName: '--post-renderer=/proc/self/cwd/app/run.sh'}", "an option as release name"),
        ("{name: sub, releaseName: r, nameTemplate: '{{ env \"HOME\" }}'}", "a template as release name"),
        ("{name: ../../../x, releaseName: r}", "which is not in this repository"),
        ("{name: sub, releaseName: r, valuesFile: ../../secret.yaml}", "is outside the repository"),
        ("{name: sub, releaseName: r, additionalValuesFiles: [/etc/hostname]}", "is outside the repository"),
        ("{name: sub, releaseName: r, namespace: '--post-renderer=app/run.sh'}", ""),
        ("{name: gone, repo: 'URL', releaseName: r}", "which is not in this repository"),
    ],
)
@pytest.mark.parametrize("way", ["field", "generator"])
def test_charts_inside_get_no_options_and_nothing_from_elsewhere(case, checkout, surroundings, chart, said, way):
    checkout.program("app/run.sh", f"#!/bin/sh\ntouch {surroundings.folder}/ran\ncat\n")
    chart = chart.replace("URL", surroundings.url)
    generator = f"apiVersion: builtin\nkind: HelmChartInflationGenerator\nmetadata: {{name: g}}\n{chart[1:-1]}\n"
    generator = generator.replace(", ", "\n") if way == "generator" else ""
    files = {
        "generator.yaml": generator,
        "charts/sub/Chart.yaml": CHART,
        "charts/sub/templates/map.yaml": MAP,
    }
    kustomization = f"helmCharts:\n- {chart}" if way == "field" else "generators: [generator.yaml]"
    options = {"build_options": "--enable-helm --load-restrictor LoadRestrictionsNone"}
    assert said in outcome(case, surroundings, kustomization, files, options)


@pytest.mark.parametrize(
    ("link", "target", "kustomization"),
    [
        ("app/out.yaml", "../../secret.yaml", "resources: [out.yaml]"),
        ("app/out.yaml", "{folder}/secret.yaml", "resources: [out.yaml]"),
        ("app/out", "../..", "resources: [out/secret.yaml]"),
        ("app/out", "../..", "configMapGenerator: [{{name: a, files: [out/secret.txt]}}]"),
        ("app/out", "../up/top/../secret.txt", "configMapGenerator: [{{name: a, files: [out]}}]"),
    ],
)
def test_links_lead_nowhere_outside(case, checkout, surroundings, link, target, kustomization):
    checkout.link("up/top", "..")
    checkout.link(link, target.format(folder=surroundings.folder))
    outcome(case, surroundings, kustomization.format())


def test_links_that_go_round_end(case, checkout, surroundings):
    checkout.link("app/again", "../app")
    assert "cycle" in outcome(case, surroundings, "resources: [again]")


def test_long_chains_of_bases_are_followed(plain):
    one = plain({"c0/kustomization.yaml": "resources: [../c1]\n"})
    chain = {f"c{number}/kustomization.yaml": b"resources: [../c%d]\n" % (number + 1) for number in range(1, 1200)}
    with one.workspace.overlay(chain):
        assert one.reads({"path": "c0"}).covers("c1199/kustomization.yaml")
