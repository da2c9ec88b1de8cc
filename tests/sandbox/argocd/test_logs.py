"""Recorded logs: answered whole or by their end, one for each run of a container."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from gitops_bot.errors import ConfigurationError
from gitops_bot.sandbox.argocd.recording import Recording
from tests.sandbox.argocd.conftest import Serve

URL = "/api/v1/applications/shop/logs?podName=web-1&namespace=shop"
APPLICATION = {"metadata": {"name": "shop", "namespace": "argocd"}, "spec": {"project": "default"}}


def stream(*lines: str) -> str:
    messages = [{"result": {"content": line}} for line in lines]
    return "".join(f"{json.dumps(one)}\n" for one in [*messages, {"result": {"last": True}}])


@pytest.mark.parametrize(
    ("asked", "lines"),
    [
        ({}, ["a", "b", "c"]),
        ({"tailLines": "2", "previous": "false", "follow": "false", "container": ""}, ["b", "c"]),
        ({"tailLines": "0"}, ["a", "b", "c"]),
        ({"previous": "true", "tailLines": "9"}, ["before"]),
    ],
)
def test_a_recorded_log_is_answered(
    write_recording: Callable[..., Path], serve_recording: Serve, asked: dict[str, str], lines: list[str]
) -> None:
    bodies = {URL: stream("a", "b", "c"), f"{URL}&previous=true": stream("before")}
    served = serve_recording(write_recording([APPLICATION], bodies))
    answer = served.get("/api/v1/applications/shop/logs", podName="web-1", namespace="shop", **asked)
    messages = [json.loads(line)["result"] for line in answer.text.splitlines()]
    assert [one.get("content") for one in messages] == [*lines, None]
    assert messages[-1] == {"last": True}


def test_a_log_that_is_no_stream_of_json_is_refused(write_recording: Callable[..., Path]) -> None:
    with pytest.raises(ConfigurationError, match="no valid JSON"):
        Recording.open(write_recording([APPLICATION], {URL: stream("a") + "{"}))
