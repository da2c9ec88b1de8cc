"""Which queries stay inside an incident's namespaces, and tricks to leave them."""

from __future__ import annotations

import pytest

from gitops_bot.clients.tooling import ToolRefused
from gitops_bot.clients.tooling.selectors import check_series, check_streams

SCOPE = frozenset({"shop", "shop-canary"})

SERIES = [
    'up{namespace="shop"}',
    "up{pod='a',namespace='shop',}",
    'up{namespace=~"shop|shop-canary"}',
    '{__name__=~"http_.*", namespace="shop"}',
    '{"http.requests", "namespace"="shop"}',
    'sum by (pod, namespace) (rate(http_requests_total{namespace="shop"}[5m:1m] offset 5m))',
    'sum(rate(x{namespace="shop"}[5m])) by (pod) / on (pod) group_left (node) y{namespace=`shop`}',
    'histogram_quantile(0.99, sum by (le) (rate(h_bucket{namespace="shop"}[5m]))) > bool 1e3',
    'kube_node_status_condition{condition="MemoryPressure"} == 1',
    "1 - avg(node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes)",
    'label_replace(x{namespace="shop"}, "a", "$1", "b", "(.*)") @ 1609746000',
    'topk(3, x{namespace="shop"} unless y{exported_namespace="shop"})',
    "vector(1) + Inf",
]


@pytest.mark.parametrize("query", SERIES)
def test_a_promql_query_inside_the_namespaces_is_taken(query: str) -> None:
    check_series(query, SCOPE)


OTHER_SERIES = [
    "up",
    "up{}",
    '{job="api"}',
    'up{namespace="pay"}',
    'up{namespace!="pay"}',
    'up{namespace=~"shop.*"}',
    'up{namespace=~"shop|pay"}',
    'up{namespace="shop"} or up{namespace="pay"}',
    'up{namespace="shop" or namespace="pay"}',
    'up{namespace="shop"} or secret_metric',
    'sum by (pod) (up) + up{namespace="shop"}',
    'up{namespace="sh\\x6fp"}',
    'up{x="namespace=\\"shop\\""}',
    'up{job="api # "} # {namespace="shop"}',
    'up{namespace="shop"} # \r or pay',
    'up{namespace="shop"} or "unended',
    'up{namespace="shop"',
    'sum by (pod {namespace="shop"}) (x)',
    "node_namespace_pod_container:container_cpu_usage:sum",
    "by{job='a'}",
]


@pytest.mark.parametrize("query", OTHER_SERIES)
def test_a_promql_query_that_may_leave_them_is_refused(query: str) -> None:
    with pytest.raises(ToolRefused):
        check_series(query, SCOPE)


STREAMS = [
    '{namespace="shop"}',
    '{app="a", namespace="shop"} |= "error" != `debug` | json | level="error" | line_format "{{.msg}}"',
    'sum by (pod) (count_over_time({k8s_namespace_name="shop"} |~ "(?i)oom" [5m])) / 2',
    '{namespace=~"shop|shop-canary"} | label_format ns=namespace',
]


@pytest.mark.parametrize("query", STREAMS)
def test_a_logql_query_inside_the_namespaces_is_taken(query: str) -> None:
    check_streams(query, SCOPE)


OTHER_STREAMS = [
    "",
    "{}",
    '{app="a"}',
    '{app="a"} |= "{namespace=\\"shop\\"}"',
    '{app="a"} | namespace="shop"',
    '{namespace=~".+"}',
    '{namespace!="x"}',
    'sum(rate({namespace="shop"}[5m])) /* " */ or sum(rate({namespace="pay"}[5m])) # "',
    'sum(rate({namespace="shop"}[5m])) // " \n or sum(rate({namespace="pay"}[5m])) // "',
    'sum(rate({namespace="shop"}[5m])) or \'"\' {namespace="pay"} \'"\'',
    '{namespace="shop"} # ` \n or {namespace="pay"} # `',
    '{namespace="shop"} |= "\n{namespace="pay"}',
]


@pytest.mark.parametrize("query", OTHER_STREAMS)
def test_a_logql_query_that_may_leave_them_is_refused(query: str) -> None:
    with pytest.raises(ToolRefused):
        check_streams(query, SCOPE)


def test_without_a_namespace_nothing_is_asked() -> None:
    with pytest.raises(ToolRefused, match="no namespace is known"):
        check_streams('{namespace="shop"}', frozenset())
