"""Texts come from clusters and strangers: nothing in them raises, and none takes long."""

from __future__ import annotations

from time import perf_counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gitops_bot.observe.texts import read_texts
from gitops_bot.reason import diagnose
from gitops_bot.triage import triage
from tests.observe.texts.corpus import DEVELOPMENT_TEXTS, NOW

SECONDS = 6.0  # for 200 kB on a slow and busy machine; mostly far below 1
NAMES = st.sampled_from(["describe", "logs", "events", "kubectl get pods -n shop", "alert", "x"])
PIECES = (
    "a ", "Name: ", "Name: x\n", "  State: Waiting\n", "NAME   READY   STATUS   RESTARTS   AGE\n", "{", "{\n", '{"a":',
    "apiVersion: v1\n", "kind: Pod\n", "===== apps/Deployment a/b ======\n", "error: a\n  b\n", "\x1b[31m", "\t", "\n",
    "$ kubectl get pods -n a\n", "5m Warning Failed pod/x Error: a\n", "Warning  Failed  5m (x4 over 9m)  kubelet  ",
    "├──# revision:1\n", "NAME KIND STATUS AGE INFO\n", "ERROR connection refused ", "migration ", "memory 5\n",
    "2026-01-01T00:00:00Z ", "namespace=a ", "deployment a/b ", "pod a-", "web-", "1/",
    "Mon, 23 Nov 2026 10:41:07 +0000 ",
    "web-7d9f8b6c5d-q2w3e 0/1 CrashLoopBackOff 5 (1m ago) 5m\n", "Error from server: ", "lookup ", "&a *a ", '"', "\\",
)  # fmt: skip


def read(name: str, text: str) -> None:
    incidents, _ = triage(read_texts({name: text}, application=None, now=NOW))
    for incident in incidents:
        diagnose(incident)


@pytest.mark.parametrize("piece", PIECES)
@pytest.mark.parametrize("name", ["evidence", "logs", "describe"])
def test_a_long_text_of_one_piece_is_read_in_time(name: str, piece: str) -> None:
    begun = perf_counter()
    read(name, piece * (200_000 // len(piece)))
    assert perf_counter() - begun < SECONDS


@pytest.mark.parametrize(
    "line",
    [
        "web{0}-7d9f8b6c5d-q2w3e 0/1 CrashLoopBackOff 5 (1m ago) 5m\n",
        '5m Warning Failed pod/web{0}-7d9f8b6c5d-q2w3e Error: secret "a" not found\n',
        'Error from server: Deployment.apps "web{0}" is invalid: spec.x: Invalid value: 1\n',
        "deployment web{0} crashes, namespace=web{0}\n",
    ],
)
def test_many_objects_are_read_in_time(line: str) -> None:
    begun = perf_counter()
    read("evidence", "".join(line.format(number) for number in range(6000)))
    assert perf_counter() - begun < SECONDS


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(NAMES, st.one_of(st.text(max_size=300), st.lists(st.sampled_from(PIECES), max_size=40).map("".join)))
def test_no_text_raises(name: str, text: str) -> None:
    read(name, text)


@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(DEVELOPMENT_TEXTS),
    st.integers(0, 4000),
    st.integers(0, 4000),
    st.sampled_from(["", " ", "\r", "\t"]),
)
def test_no_text_that_is_cut_or_indented_raises(text: str, begin: int, end: int, margin: str) -> None:
    part = text[begin % (len(text) + 1) :][: end or None]
    read("evidence", "".join(f"{margin}{line}\n" for line in part.splitlines()))
