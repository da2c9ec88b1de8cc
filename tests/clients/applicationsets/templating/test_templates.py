"""Templates are filled as Argo CD fills them, whichever engine does it."""

from __future__ import annotations

import subprocess
from typing import Any

import pytest

from gitops_bot.clients.applicationsets import ExpansionFailed, NotExpandable
from gitops_bot.clients.applicationsets.templating.go_templates import NotPlain, plain
from gitops_bot.clients.rendering import Tools
from gitops_bot.errors import ToolMissing

OWN = "https://git.example.com/acme/fleet.git"
PARAMETERS: dict[str, Any] = {
    "tag": "5.6.0",
    "n": 2,
    "big": 1234567,
    "small": 0.00001,
    "half": 2.5,
    "yes": True,
    "nothing": None,
    "path": {"path": "teams/red/bot", "basename": "bot", "segments": ["teams", "red", "bot"]},
    "labels": {"a-b": "dashed"},
}

PLAIN = [
    ("no template }} {", "no template }} {"),
    ("{{ .tag }}", "5.6.0"),
    ("{{.tag}}-{{ $.tag }}", "5.6.0-5.6.0"),
    ("v{{ .n }} {{ .big }} {{ .small }} {{ .half }} {{ .yes }}", "v2 1.234567e+06 1e-05 2.5 true"),
    ("{{ .path.basename }}", "bot"),
    ("{{ index .path.segments 1 }}", "red"),
    ('{{ index .labels "a-b" }}', "dashed"),
    ('{{ index .path "segments" 0 }}', "teams"),
    ("a {{- .tag -}} b", "a5.6.0b"),
    ("a\n  {{- .tag }} b", "a5.6.0 b"),
    ("{{ .nothing }}", "<no value>"),
]


@pytest.mark.parametrize(("template", "expected"), PLAIN)
def test_plain_references_need_no_process(template: str, expected: str) -> None:
    assert plain(template, PARAMETERS, strict=True) == expected


@pytest.mark.parametrize("template", ["{{ .unknown }}", "{{ .unknown.deeper }}", '{{ index .labels "none" }}'])
def test_what_is_missing_prints_no_value_by_default(template: str) -> None:
    assert plain(template, PARAMETERS, strict=False) == "<no value>"


@pytest.mark.parametrize("template", ["{{ .unknown }}", "{{ .path.unknown }}", "{{ index .unknown 0 }}"])
def test_what_is_missing_fails_with_missingkey_error(template: str) -> None:
    with pytest.raises(ExpansionFailed, match="unknown"):
        plain(template, PARAMETERS, strict=True)


@pytest.mark.parametrize("template", ["{{ index .path.segments 7 }}", "{{ .tag.deeper }}", "{{ index .tag 0 }}"])
def test_impossible_references_always_fail(template: str) -> None:
    with pytest.raises(ExpansionFailed):
        plain(template, PARAMETERS, strict=False)


@pytest.mark.parametrize(
    "template",
    [
        "{{ .tag | upper }}",
        "{{ if .tag }}x{{ end }}",
        "{{ . }}",
        "{{ .path }}",
        "{{ .path.segments }}",
        "{{/* comment */}}",
        '{{ "text" }}',
        "{{ .tag",
        "{{ $x := .tag }}",
        "{{ .labels.a-b }}",
        '{{ printf "}}" }}',
    ],
)
def test_anything_else_is_not_plain(template: str) -> None:
    with pytest.raises(NotPlain):
        plain(template, PARAMETERS, strict=False)


def spec(name: str, *, strict: bool = True, **element: Any) -> dict[str, Any]:
    return {
        "goTemplate": True,
        "goTemplateOptions": ["missingkey=error"] if strict else [],
        "generators": [{"list": {"elements": [{**PARAMETERS, **element}]}}],
        "template": {"metadata": {"name": name}, "spec": {"source": {"repoURL": OWN, "path": "x"}}},
    }


FUNCTIONS = [
    ("{{ .tag | upper | quote }}", '"5.6.0"'),
    ("{{ .unknownless | default `x` }}", "x"),
    ("{{ if eq .path.basename `bot` }}yes{{ else }}no{{ end }}", "yes"),
    ("{{ range $i, $s := .path.segments }}{{ if $i }}/{{ end }}{{ $s }}{{ end }}", "teams/red/bot"),
    ("{{ with .path }}{{ .basename }}-{{ $.tag }}{{ end }}", "bot-5.6.0"),
    ("{{ normalize `Web_App.` }}|{{ .odd | normalize }}", "web-app|a-b"),
    ("{{ `normalize me` }}", "normalize me"),
    ("{{ .big }}|{{ .big | int }}", "1.234567e+06|1234567"),
    ("{{ .path.segments }}", "[teams red bot]"),
    ("{{ toJson .labels }}", '{"a-b":"dashed"}'),
    ("{{ (index .path.segments 1) | trunc 2 }}{{/* why */}}", "re"),
    ("<&> {{ .tag | printf `%s<&>` }}", "<&> 5.6.0<&>"),
    ("---\n{{ .tag | upper }}\n---\n# x: {{ `{{` }}", "---\n5.6.0\n---\n# x: {{"),
]


@pytest.mark.usefixtures("helm")
@pytest.mark.parametrize(("name", "expected"), FUNCTIONS)
def test_functions_by_the_real_engine(expand: Any, name: str, expected: str) -> None:
    assert list(expand(spec(name, unknownless="", odd="A_b"))) == [expected]


@pytest.mark.usefixtures("helm")
@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("{{ .unknown | upper }}", "unknown"),
        ("{{ if .path.unknown }}x{{ end }}", "unknown"),
        ("{{ fail `told so` }}", "told so"),
        ("{{ if .tag }}never closed", "template fails"),
        ("{{ end }}{{ define `normalize` }}x{{ end }}{{ .tag | upper }}", "template fails"),
        ("{{ nosuchfunction .tag }}", "nosuchfunction"),
    ],
)
def test_wrong_templates_fail(expand: Any, name: str, message: str) -> None:
    with pytest.raises(ExpansionFailed, match=message):
        expand(spec(name))


@pytest.mark.usefixtures("helm")
def test_a_branch_that_is_not_taken_may_lack_its_keys(expand: Any) -> None:
    assert list(expand(spec("x{{ if eq .n 3.0 }}{{ .unknown }}{{ end }}"))) == ["x"]


@pytest.mark.usefixtures("helm")
def test_conditions_on_what_is_missing_hold_by_default(expand: Any) -> None:
    assert list(expand(spec("x{{ if .unknown }}1{{ else }}2{{ end }}", strict=False))) == ["x2"]


@pytest.mark.parametrize("function", ["slugify", "lookup", "include", "env", "getHostByName"])
def test_functions_that_helm_has_not_or_that_look_around_are_refused(expand: Any, function: str) -> None:
    with pytest.raises(NotExpandable, match=function):
        expand(spec(f"{{{{ {function} .tag }}}}"))


def test_an_unknown_option_is_refused(expand: Any) -> None:
    with pytest.raises(NotExpandable, match="novel"):
        expand({**spec("{{ .tag }}"), "goTemplateOptions": ["novel=1"]})


def test_without_helm_plain_references_still_work_and_functions_say_what_is_missing(expand: Any) -> None:
    without = Tools()
    assert list(expand(spec("{{ .tag }}"), using=without)) == ["5.6.0"]
    with pytest.raises(ToolMissing, match="helm"):
        expand(spec("{{ .tag | upper }}"), using=without)


@pytest.mark.usefixtures("helm")
def test_all_templates_of_one_expansion_take_one_process(
    expand: Any, tools: Tools, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[str] = []
    start = subprocess.Popen
    monkeypatch.setattr(subprocess, "Popen", lambda *words, **how: started.append(words[0][0]) or start(*words, **how))
    elements = [{"a": f"n{index}"} for index in range(50)]
    many = {**spec("{{ .a | upper }}"), "generators": [{"list": {"elements": elements}}]}
    many["template"]["metadata"]["labels"] = {"{{ .a | lower }}": "{{ .a | title }}"}
    found = expand(many, using=tools)
    assert len(found) == 50
    assert found["N7"].body["metadata"]["labels"] == {"n7": "N7"}
    assert tools.helm is not None
    assert started.count(tools.helm[0]) == 1
