"""Substitution takes place in an object's YAML text: types change with it."""

from __future__ import annotations

import pytest

from gitops_bot.clients.rendering.flux.substitution import substituted
from gitops_bot.clients.rendering.values import SourceBroken
from gitops_bot.model.json import Json
from gitops_bot.model.source import FluxOptions, FluxReference


def result(value: Json, **variables: str) -> Json:
    [body] = substituted([{"kind": "Any", "value": value}], FluxOptions(substitute=variables))
    return body["value"]


@pytest.mark.parametrize(
    ("text", "variable", "expected"),
    [
        ("${x}", "3", 3),
        ("${x}", "true", True),
        ("${x}", "", None),
        ("${x}", "3.10", 3.1),
        ("${x}", "'3'", "3"),
        ("${x}", "0x10", 16),
        ("${x}", "[a, b]", ["a", "b"]),
        ("${x}Mi", "64", "64Mi"),
        ("a: ${x}", "3", "a: 3"),
        ("it's: ${x}", "3", "it's: 3"),
        ("tab\t: ${x}", "3", "tab\t: 3"),
        ("first\nsecond ${x}\n", "3", "first\nsecond 3\n"),
        ("a ${x}", "b\nc", "a bc"),
    ],
)
def test_a_value_is_what_its_text_reads_as(text: str, variable: str, expected: Json) -> None:
    assert result(text, x=variable) == expected


def test_keys_and_lists_are_substituted_too() -> None:
    assert result({"${x}": ["${x}", 1, None]}, x="a") == {"a": ["a", 1, None]}


def test_nothing_is_substituted_without_any_variable() -> None:
    bodies: list[dict[str, Json]] = [{"value": "${x:=1} $${y}"}]
    assert substituted(bodies, FluxOptions()) == bodies
    assert substituted(bodies, FluxOptions(substitute={})) == bodies


@pytest.mark.parametrize("where", ["labels", "annotations"])
def test_an_object_can_opt_out(where: str) -> None:
    disabling: Json = {where: {"kustomize.toolkit.fluxcd.io/substitute": "disabled"}}
    bodies: list[dict[str, Json]] = [{"metadata": disabling, "value": "${x}"}]
    assert substituted(bodies, FluxOptions(substitute={"x": "1"})) == bodies


def test_own_variables_win_over_those_of_config_maps_and_later_ones_over_earlier() -> None:
    options = FluxOptions(
        substitute={"c": "own"},
        substitute_from=[
            FluxReference(kind="ConfigMap", name="one", data={"a": "one", "b": "one", "c": "one"}),
            FluxReference(kind="ConfigMap", name="two", data={"b": "two"}),
        ],
    )
    assert substituted([{"value": "${a} ${b} ${c}${d}"}], options) == [{"value": "one two own"}]


def test_expressions_that_a_secret_may_set_stay() -> None:
    secret = FluxReference(kind="Secret", name="secrets")
    options = FluxOptions(substitute={"a": "1"}, substitute_from=[secret])
    assert substituted([{"value": "${a}-${b:=2}"}], options) == [{"value": "1-${b:=2}"}]


def test_an_optional_config_map_that_is_not_there_sets_nothing() -> None:
    absent = FluxReference(kind="ConfigMap", name="overrides", optional=True)
    options = FluxOptions(substitute={"a": "1"}, substitute_from=[absent])
    assert substituted([{"value": "${a}-${b:=2}"}], options) == [{"value": "1-2"}]


def test_a_variable_with_an_impossible_name_is_refused() -> None:
    with pytest.raises(SourceBroken, match="'a-b' var name is invalid"):
        result("x", **{"a-b": "1"})


def test_a_value_that_breaks_the_document_is_refused() -> None:
    with pytest.raises(SourceBroken):
        result("${x}", x="a: b: c")
