from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start_command(tmp_path: Path, fleet_bundle: Path) -> Iterator[Start]:
    with ExitStack() as stack:

        def start(*arguments: str) -> subprocess.Popen[str]:
            process = subprocess.Popen(
                [sys.executable, "-m", "gitops_bot", "sandbox", "--repository", str(fleet_bundle), *arguments],
                cwd=Path(__file__).parents[2],
                env={"PATH": os.environ["PATH"], "TMPDIR": str(tmp_path)},
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            stack.enter_context(process)
            stack.callback(process.kill)
            return process

        yield start


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_it_is_stopped_and_leaves_nothing_behind(
    start_command: Start, recordings: Path, tmp_path: Path, number: signal.Signals
) -> None:
    process = start_command("--recording", f"{recordings}/01-canary-crashloop@2b4a2f8", "--json")
    assert process.stdout is not None
    environment = json.loads(process.stdout.readline())
    assert environment["GITHUB_REPOSITORY"] == "acme/fleet"
    headers = {"authorization": f"Bearer {environment['ARGOCD_AUTH_TOKEN']}"}
    answer = httpx.get(f"{environment['ARGOCD_SERVER']}/api/v1/applications", headers=headers)
    assert answer.json()["items"]
    process.send_signal(number)
    output, errors = process.communicate(timeout=10)
    assert (process.returncode, output, errors) == (0, "", "")
    assert list(tmp_path.iterdir()) == []


def test_without_json_a_person_reads_what_to_export_and_to_open(start_command: Start, recordings: Path) -> None:
    process = start_command("--recording", f"{recordings}/00-healthy", "--at", "eea9963")
    assert process.stdout is not None
    environment = json.loads(process.stdout.readline())
    process.send_signal(signal.SIGTERM)
    _, errors = process.communicate(timeout=10)
    for name, value in environment.items():
        assert f'export {name}="{value}"' in errors
    assert f"{environment['GITHUB_SERVER_URL']}/acme/fleet/pulls" in errors


def test_a_mistake_is_one_line_and_exit_code_1(start_command: Start, tmp_path: Path) -> None:
    process = start_command("--recording", str(tmp_path / "absent"))
    output, errors = process.communicate(timeout=10)
    assert (process.returncode, output) == (1, "")
    assert errors.startswith("gitops-bot: not a recording")
    assert len(errors.splitlines()) == 1


def test_a_missing_option_is_a_usage_error(start_command: Start) -> None:
    process = start_command()
    _, errors = process.communicate(timeout=10)
    assert process.returncode == 2
    assert "--recording" in errors
