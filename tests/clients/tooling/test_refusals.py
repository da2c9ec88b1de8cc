"""What no tool answers: each tool and what lies outside of its incident, with the words for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec
import pytest
from jsonschema import Draft202012Validator

from gitops_bot.clients.http import ReadOnlyClient
from gitops_bot.clients.monitoring import Loki, Prometheus
from gitops_bot.clients.tooling import ToolRefused
from gitops_bot.model.json import Json, mapping
from gitops_bot.sandbox.metrics import MetricsServer
from tests.clients.tooling.conftest import POD, Shelf, Tools

FULL = ("prometheus_ql", "loki_query", "kubectl_get", "argocd_tree", "argocd_events", "argocd_logs", "git_log")
FULL += ("git_diff", "runbook_search", "similar_incidents", "locate")


@pytest.fixture
def full(tools_of: Callable[..., Tools]) -> Iterator[Tools]:
    """All tools; Prometheus and Loki are at an address where none is."""
    with MetricsServer.start() as server:
        url = server.url
    client = ReadOnlyClient(url, server="Prometheus", sleep=lambda _: None)
    with client:
        yield tools_of(prometheus=Prometheus(client), loki=Loki(client), incidents=Shelf())


OUTSIDE: list[tuple[str, dict[str, Json], str]] = [
    ("prometheus_ql", {"query": 'up{namespace="payments"}'}, 'namespace="catalog-production"'),
    ("prometheus_ql", {"query": "container_memory_rss"}, "not bound to this incident's namespace"),
    ("prometheus_ql", {"query": 'sum(rate(x{namespace="catalog-production"}[5m])) / y'}, "y is not bound"),
    ("prometheus_ql", {"query": 'up{namespace!="payments"}'}, "not bound"),
    ("prometheus_ql", {"query": 'up{namespace=~"catalog-production|payments"}'}, "not bound"),
    ("prometheus_ql", {"query": "node_load1", "minutes": 9999}, "1440"),
    ("prometheus_ql", {"query": ""}, "length >= 1"),
    ("loki_query", {"query": '{app="catalog"}'}, 'namespace="catalog-production"'),
    ("loki_query", {"query": '{namespace="payments"}'}, "not bound"),
    ("loki_query", {"query": '{namespace=~".+"} |= "x"'}, "not bound"),
    ("loki_query", {"query": "payments"}, "selects no stream"),
    ("loki_query", {"query": '{namespace="catalog-production"}', "limit": 5000}, "300"),
    ("kubectl_get", {"kind": "Secret", "name": "catalog-production-config"}, "Secrets are never read"),
    ("kubectl_get", {"kind": "secrets", "name": "x"}, "Secrets are never read"),
    ("kubectl_get", {"kind": "Pod", "name": "payments-0"}, f"one of Pod catalog-production/{POD[:10]}"),
    ("kubectl_get", {"kind": "Pod", "name": POD, "namespace": "payments"}, f"Pod payments/{POD} is no object"),
    ("kubectl_get", {"kind": "Node", "name": "node-0"}, "a kind of ConfigMap, Deployment, Pod, ReplicaSet"),
    ("kubectl_get", {"kind": "Pod"}, "missing required field `name`"),
    ("kubectl_get", {"kind": "Pod", "name": POD, "output": "yaml"}, "unknown field `output`"),
    ("kubectl_get", {"kind": "Pod", "name": POD, "part": "secrets"}, "Invalid enum value"),
    ("argocd_tree", {"application": "payments"}, "unknown field `application`"),
    ("argocd_tree", {"troubled_only": "perhaps"}, "Expected `bool | null`"),
    ("argocd_events", {"kind": "Pod", "name": "payments-0"}, "is no object of this incident's Application"),
    ("argocd_events", {"name": POD}, "kind and name together"),
    ("argocd_logs", {"pod": "payments-0"}, "is no object of this incident's Application"),
    ("argocd_logs", {"pod": POD, "namespace": "payments"}, "is no object of this incident's Application"),
    ("argocd_logs", {"pod": POD, "lines": 0}, ">= 1"),
    ("git_log", {"path": "apps/other"}, "one of apps/catalog/chart, apps/catalog/values.yaml"),
    ("git_log", {"path": "apps/catalog/chart/../../other"}, "none of the files"),
    ("git_log", {"path": "/etc/passwd"}, "none of the files"),
    ("git_log", {"limit": 1000}, "30"),
    ("git_diff", {"commit": "HEAD"}, "regex"),
    ("git_diff", {"commit": "--output=x"}, "regex"),
    ("git_diff", {"commit": "0123456"}, "no commit of the branch that is deployed"),
    ("git_diff", {"commit": "0123456", "path": "apps/other/values.yaml"}, "none of the files"),
    ("runbook_search", {"query": "x" * 400}, "length <= 300"),
    ("runbook_search", {"query": "x", "repository": "other"}, "length >= 3"),
    ("similar_incidents", {}, "missing required field `query`"),
    ("locate", {"kind": "Secret", "name": "x", "pointer": "/data"}, "Secrets are never read"),
    ("locate", {"kind": "Deployment", "name": "payments", "pointer": "/spec"}, "is no object"),
    ("locate", {"kind": "Deployment", "name": "catalog-production", "pointer": "spec.replicas"}, "such as /spec"),
    (
        "locate",
        {"kind": "Pod", "name": POD, "pointer": "/spec"},
        "Deployment catalog-production/catalog-production made it",
    ),
]


@pytest.mark.parametrize(("tool", "arguments", "words"), OUTSIDE)
def test_what_is_outside_is_refused_with_words(full: Tools, tool: str, arguments: dict[str, Json], words: str) -> None:
    with pytest.raises(ToolRefused) as raised:
        full.ask(tool, **arguments)
    assert words in str(raised.value)
    assert len(str(raised.value)) < 900


def test_every_tool_refuses_something() -> None:
    assert {tool for tool, _, _ in OUTSIDE} == set(FULL)


def test_a_server_that_is_away_is_told_without_its_address(full: Tools) -> None:
    for tool, query in (("prometheus_ql", "node_load1"), ("loki_query", '{namespace="catalog-production"}')):
        with pytest.raises(ToolRefused) as raised:
            full.ask(tool, query=query)
        assert str(raised.value) == "Prometheus cannot be reached"


def test_schemas_are_closed_and_every_argument_is_named(full: Tools) -> None:
    assert set(full.by_name) == set(FULL)
    for tool in full.by_name.values():
        schema = tool.description.parameters
        Draft202012Validator.check_schema(schema)
        assert schema["additionalProperties"] is False
        assert schema["required"] == list(mapping(schema["properties"]))
        assert "$ref" not in msgspec.json.encode(schema).decode()
        assert 20 < len(tool.description.description) < 200
        assert len(msgspec.json.encode(schema)) < 1200


def test_nulls_are_the_usual_values(full: Tools) -> None:
    assert full.ask("argocd_tree", kind=None, troubled_only=None) == full.ask("argocd_tree")


def test_tools_without_a_source_are_not_there(tools_of: Callable[..., Tools]) -> None:
    few = tools_of(locate=None, runbooks=None, incidents=None)
    assert set(few.by_name) == {
        "argocd_tree",
        "kubectl_get",
        "argocd_events",
        "argocd_logs",
        "git_log",
        "git_diff",
    }


def test_where_it_is_not_known_what_is_read_no_history_is_shown(tools_of: Callable[..., Tools]) -> None:
    tools = tools_of(reads=lambda _: None)
    for tool, arguments in (("git_log", {}), ("git_diff", {"commit": "0123456", "path": "apps"})):
        with pytest.raises(ToolRefused, match="cannot be told"):
            tools.ask(tool, **arguments)
