"""The Application's objects, their events and logs, out of a recorded Argo CD."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from gitops_bot.clients.tooling import ToolRefused
from gitops_bot.clients.tooling.objects import outline
from gitops_bot.clients.tooling.wording import MOST_CHARACTERS
from gitops_bot.sandbox.argocd.faults import dropped, status
from tests.clients.tooling.conftest import APPLICATION, PASSWORD, POD, Tools


def test_the_tree_shows_what_is_in_trouble_first(tools: Tools) -> None:
    head, first, *others = tools.ask("argocd_tree").split("\n")
    assert head.startswith(
        "catalog-production: health Progressing, sync Synced; last sync Succeeded 2026-11-23T10:28:57Z"
    )
    assert first.startswith(f"Degraded Pod {APPLICATION}/{POD}: back-off 2m40s restarting failed container [")
    assert "Restart Count=5" in first
    assert "of ReplicaSet catalog-production-d4d4697b9" in first
    assert len(others) == 7
    assert len(tools.ask("argocd_tree", troubled_only=True).split("\n")) == 4
    assert len(tools.ask("argocd_tree", kind="configmap", troubled_only=None).split("\n")) == 2


def test_an_object_is_shown_status_first(tools: Tools) -> None:
    lines = tools.ask("kubectl_get", kind="pods", name=POD).split("\n")
    assert lines[:2] == [f"Pod {APPLICATION}/{POD} (core/v1)", "status:"]
    assert "        reason: OOMKilled" in lines
    assert lines.index("status:") < lines.index("spec:") < lines.index("metadata:")
    part = tools.ask("kubectl_get", kind="Pod", name=POD, part="spec", namespace=APPLICATION, group="")
    assert part.split("\n")[1] == "spec:"
    assert "status:" not in part


def test_a_config_map_is_shown_without_secrets_and_cut(tools: Tools) -> None:
    text = tools.ask("kubectl_get", kind="ConfigMap", name=f"{APPLICATION}-config")
    assert PASSWORD not in text
    assert "managedFields" not in text
    assert '  PORT: "8080"' in text
    assert "    note: ours" in text
    assert len(text) < 800


def test_yaml_says_which_values_are_texts() -> None:
    value = {"a": ["x", {"b": 1, "c": []}, ["y"]], "d": {}, "e": "true", "f": "a: b", "g": None}
    assert list(outline(value)) == [
        "a:",
        "- x",
        "- b: 1",
        "  c: []",
        "- - y",
        "d: {}",
        'e: "true"',
        'f: "a: b"',
        "g: null",
    ]


def test_nesting_ends_somewhere() -> None:
    value: dict[str, object] = {}
    for _ in range(200):
        value = {"deeper": value}
    assert list(outline(value))[-1].strip() == "deeper: …"  # type: ignore[arg-type]


def test_events_are_listed_warnings_first(tools: Tools) -> None:
    first, *_, last = tools.ask("argocd_events", kind="Pod", name=POD).split("\n")
    assert first == f"2026-11-23T10:28:57Z Warning BackOff Pod/{POD}: Back-off restarting failed container"
    assert " Normal " in last
    assert " Application/catalog-production" in tools.ask("argocd_events")


def test_where_a_log_is_cut_the_newest_lines_stay(tools: Tools) -> None:
    text = tools.ask("argocd_logs", pod=POD, lines=300)
    head, *_, last = text.split("\n")
    assert head.startswith("(… ")
    assert head.endswith(" earlier lines)")
    assert last == "2026-11-23T10:28:57Z out of memory (×2, last 2026-11-23T10:28:57Z)"
    assert len(text) <= MOST_CHARACTERS + 100
    assert tools.ask("argocd_logs", pod=POD, lines=3).split("\n")[0].endswith("request 149")


def test_the_log_of_the_run_before_is_another(tools: Tools) -> None:
    asked = {"pod": POD, "previous": True, "container": "catalog", "namespace": None, "lines": None}
    assert tools.ask("argocd_logs", **asked) == "2026-11-23T10:28:57Z the run before"
    healthy = "catalog-production-77889b85db-6pkrp"
    assert tools.ask("argocd_logs", pod=healthy) == f"no line in the log of Pod {APPLICATION}/{healthy}"


@pytest.mark.parametrize("tool", ["argocd_tree", "kubectl_get", "argocd_events", "argocd_logs"])
def test_a_server_that_is_away_is_told_in_words_without_addresses(tools_of: Callable[..., Tools], tool: str) -> None:
    named = {} if tool == "argocd_tree" else {"pod": POD} if tool == "argocd_logs" else {"kind": "Pod", "name": POD}
    for spoil in (dropped, status(500), status(403)):
        tools = tools_of()
        tools.argocd.faults.add("/applications/", spoil)
        with pytest.raises(ToolRefused) as raised:
            tools.ask(tool, **named)
        assert str(raised.value).startswith(("Argo CD", "the answer of Argo CD was cut short"))
        assert "127.0.0.1" not in str(raised.value)
        assert "ARGOCD" not in str(raised.value)
