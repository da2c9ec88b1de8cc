"""The expressions that Flux documents, each with what Flux makes of it."""

from __future__ import annotations

import pytest

from gitops_bot.clients.rendering.flux.expressions import expand
from gitops_bot.clients.rendering.values import SourceBroken

VARIABLES = {"name": "podinfo", "region": "eu-Central-1", "empty": "", "path": "a/b/c.yaml", "other": "x"}

FORMS = {
    "plain": "plain",
    "${name}": "podinfo",
    "a-${name}-${other}": "a-podinfo-x",
    "${absent}": "",
    "$name": "$name",
    "$": "$",
    "a$$b": "a$b",
    "$${name}": "${name}",
    "$$${name}": "$podinfo",
    "${absent:=default}": "default",
    "${absent:-default}": "default",
    "${absent=default}": "default",
    "${empty:=default}": "default",
    "${name:=default}": "podinfo",
    "${absent:=}": "",
    "${absent:=${name}}": "podinfo",
    "${absent:=http://${name}:80/}": "http://podinfo:80/",
    "${name:3}": "info",
    "${name:0:3}": "pod",
    "${name:-3}": "podinfo",
    "${name:1:-1}": "odinf",
    "${name:x}": "podinfo",
    "${name:9}": "",
    "${#name}": "7",
    "${#absent}": "0",
    "${name^}": "Podinfo",
    "${name^^}": "PODINFO",
    "${region,,}": "eu-central-1",
    "${region,}": "eu-Central-1",
    "${region/-/_}": "eu_Central-1",
    "${region//-/_}": "eu_Central_1",
    "${region//-/}": "euCentral1",
    "${region/#eu/us}": "us-Central-1",
    "${region/%1/2}": "eu-Central-2",
    "${region/#us/x}": "eu-Central-1",
    r"${path//\//-}": "a-b-c.yaml",
    "${path#*/}": "b/c.yaml",
    "${path##*/}": "c.yaml",
    "${path%/*}": "a/b",
    "${path%%/*}": "a",
    "${name#xyz}": "podinfo",
}


@pytest.mark.parametrize(("text", "expected"), FORMS.items())
def test_a_documented_form(text: str, expected: str) -> None:
    assert expand(text, lambda name: VARIABLES.get(name, "")) == expected


@pytest.mark.parametrize("text", ["${name", "${}", "${name-default}", "${#name:1}", "${ name }", "${name:=a"])
def test_a_malformed_expression_is_refused(text: str) -> None:
    with pytest.raises(SourceBroken, match="variable substitution failed"):
        expand(text, lambda name: VARIABLES.get(name, ""))


@pytest.mark.parametrize("text", ["${secret}", "${secret:=default}", "${secret/a/b}"])
def test_what_nobody_knows_stays_as_it_is(text: str) -> None:
    assert expand(f"{text} ${{name}}", VARIABLES.get) == f"{text} podinfo"
