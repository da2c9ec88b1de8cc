"""Which values in Git a field of a generated Application can come from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from gitops_bot.clients.applicationsets.places import field_places
from gitops_bot.clients.applicationsets.values import Generated
from gitops_bot.clients.definition import definitions_in
from gitops_bot.clients.workspace import Workspace
from gitops_bot.model.application import ApplicationSpec

SOURCE = {
    "path": "charts/{{ .kind }}",
    "targetRevision": "main",
    "helm": {
        "parameters": [
            {"name": "tag", "value": "{{ .tag }}"},
            {"name": "image", "value": "{{ .registry }}/web:{{ .tag }}"},
            {"name": "region", "value": "{{ index .path.segments 1 }}"},
            {"name": "size", "value": '{{ index .sizes "big" | quote }}'},
            {"name": "extra", "value": "{{ .values.extra }}"},
        ]
    },
}
GENERATORS = [
    {
        "matrix": {
            "generators": [
                {"git": {"files": [{"path": "regions/*.json"}], "values": {"extra": "x-{{ .tag }}"}}},
                {"list": {"elements": [{"kind": "web"}, {"kind": "db"}]}},
            ]
        }
    }
]
FILE = {"tag": "5.6.0", "registry": "example.com", "sizes": {"big": "1Gi"}}
VALUES = {
    **FILE,
    "kind": "db",
    "path": {"path": "regions/us", "segments": ["regions", "us"]},
    "values": {"extra": "x-5.6.0"},
}
PARAMETER = "/spec/source/helm/parameters"
SET, CONFIG = "sets/set.json", "regions/us/config.json"

PLACES = [
    ("/spec/source/targetRevision", [(SET, "/spec/template/spec/source/targetRevision")]),
    (f"{PARAMETER}/0/value", [(CONFIG, "/tag")]),
    (f"{PARAMETER}/1/value", [(CONFIG, "/registry"), (CONFIG, "/tag")]),
    (f"{PARAMETER}/3/value", [(CONFIG, "/sizes/big")]),
    (f"{PARAMETER}/4/value", [(SET, "/spec/generators/0/matrix/generators/0/git/values/extra")]),
    (f"{PARAMETER}/0/name", [(SET, "/spec/template/spec/source/helm/parameters/0/name")]),
    ("/spec/source/path", [(SET, "/spec/generators/0/matrix/generators/1/list/elements/1/kind")]),
    # A file's own path is no value that could be edited.
    (f"{PARAMETER}/2/value", []),
    ("/spec/source/chart", []),
    ("/spec/source", []),
]


@pytest.fixture
def places(workspace_of: Callable[[Any], Workspace]) -> Callable[..., list[tuple[str, str]]]:
    def find(pointer: str, *, known: bool = True, **spec: Any) -> list[tuple[str, str]]:
        body = {
            "apiVersion": "argoproj.io/v1alpha1",
            "kind": "ApplicationSet",
            "metadata": {"name": "set"},
            "spec": {
                "goTemplate": True,
                "generators": GENERATORS,
                "template": {"metadata": {"name": "x"}, "spec": {"source": SOURCE}},
                **spec,
            },
        }
        workspace = workspace_of({SET: msgspec.json.encode(body), CONFIG: msgspec.json.encode(FILE)})
        [declared] = definitions_in(SET, msgspec.json.encode(body), "ApplicationSet")
        generated = Generated(
            name="x", namespace="", body={}, spec=ApplicationSpec(), values=VALUES, files=frozenset({CONFIG})
        )
        found = field_places(declared, pointer, generated if known else None, workspace)
        return [(one.path, one.pointer) for one in found]

    return find


@pytest.mark.parametrize(("pointer", "expected"), PLACES)
def test_places_of_a_field(places: Any, pointer: str, expected: list[tuple[str, str]]) -> None:
    assert sorted(places(pointer)) == sorted(expected)


def test_where_nothing_is_expanded_the_template_is_still_a_place(places: Any) -> None:
    assert places("/spec/source/targetRevision", known=False) == [(SET, "/spec/template/spec/source/targetRevision")]
    assert places(f"{PARAMETER}/0/value", known=False) == []


def test_a_generators_own_template_comes_first(places: Any) -> None:
    own = {"list": {"elements": [], "template": {"spec": {"source": {"targetRevision": "dev"}}}}}
    assert places("/spec/source/targetRevision", generators=[own]) == [
        (SET, "/spec/generators/0/list/template/spec/source/targetRevision"),
        (SET, "/spec/template/spec/source/targetRevision"),
    ]
