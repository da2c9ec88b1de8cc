"""The action: its inputs reach the program as environment, safely, and its outputs come back."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[1]
ACTION = YAML(typ="safe").load(ROOT / "action.yml")
INSTALL, RUN = ACTION["runs"]["steps"]
CONTROL = {"command", "plan-file", "working-directory"}
MODEL_AND_CLUSTER = {"ARGOCD_SERVER", "ARGOCD_AUTH_TOKEN", "LOKI_URL", "ANTHROPIC_API_KEY", "OPENAI_API_KEY"}


def test_no_third_party_action_is_nested() -> None:
    assert not [step for step in ACTION["runs"]["steps"] if "uses" in step]


def test_no_expression_stands_in_a_script() -> None:
    assert not [step for step in ACTION["runs"]["steps"] if "${{" in step["run"]]


def test_the_installing_step_is_given_no_credential() -> None:
    assert "env" not in INSTALL


@pytest.mark.parametrize("name", sorted(ACTION["inputs"]))
def test_each_input_reaches_the_program(name: str) -> None:
    variables = [key for key, value in RUN["env"].items() if f"inputs.{name} " in value]
    assert len(variables) == 1
    if name not in CONTROL:
        description = ACTION["inputs"][name]["description"]
        assert variables[0] in description or description.count("_") == 0
        assert variables[0] in (ROOT / "scripts" / "action-run.sh").read_text(encoding="utf-8")


def test_each_output_is_one_of_the_running_step() -> None:
    for name, output in ACTION["outputs"].items():
        assert output["value"] == f"${{{{ steps.{RUN['id']}.outputs.{name} }}}}"


@pytest.mark.parametrize("path", sorted((ROOT / "docs" / "examples").glob("*.yml")), ids=lambda path: path.name)
def test_the_examples_give_inputs_that_exist(path: Path) -> None:
    jobs = YAML(typ="safe").load(path)["jobs"].values()
    uses = [step["with"] for job in jobs for step in job["steps"] if "gitops-bot@" in step.get("uses", "")]
    assert uses
    assert not [name for given in uses for name in given if name not in ACTION["inputs"]]


@dataclass(frozen=True)
class Call:
    """What the program was started with."""

    arguments: list[str]
    environment: dict[str, str]
    directory: str


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A runner's folders, with an interpreter that writes down its call instead of running the program."""
    interpreter = tmp_path / "runner" / "gitops-bot" / "venv" / "bin" / "python"
    interpreter.parent.mkdir(parents=True)
    code = "import json, os, sys; json.dump([sys.argv[2:], dict(os.environ), os.getcwd()], open(sys.argv[1], 'w'))"
    interpreter.write_text(
        f'#!/bin/sh\nexec "{sys.executable}" -I -c "{code}" "{tmp_path}/call.json" "$@"\n', encoding="utf-8"
    )
    interpreter.chmod(0o755)
    (tmp_path / "repository" / "estate").mkdir(parents=True)
    return tmp_path


def start(workspace: Path, environment: dict[str, str]) -> tuple[Call | None, str, int]:
    base = {"PATH": os.environ["PATH"], "RUNNER_TEMP": str(workspace / "runner")}
    done = subprocess.run(
        [ROOT / "scripts" / "action-run.sh"],
        cwd=workspace / "repository",
        env={**base, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    record = workspace / "call.json"
    call = Call(*json.loads(record.read_text(encoding="utf-8"))) if record.exists() else None
    return call, done.stdout + done.stderr, done.returncode


def started(workspace: Path, **environment: str) -> Call:
    call, said, code = start(workspace, environment)
    assert code == 0, said
    assert call is not None
    return call


@pytest.mark.parametrize(
    ("command", "arguments"),
    [
        ("run", ["run"]),
        ("plan", ["plan", "--output", "a b.json"]),
        ("apply", ["apply", "a b.json"]),
        ("chatops", ["chatops"]),
    ],
)
def test_each_command_becomes_its_arguments(workspace: Path, command: str, arguments: list[str]) -> None:
    call = started(workspace, GITOPS_BOT_COMMAND=command, GITOPS_BOT_PLAN_FILE="a b.json")
    assert call.arguments == ["-P", "-m", "gitops_bot", *arguments]


def test_it_runs_in_the_working_directory(workspace: Path) -> None:
    call = started(workspace, GITOPS_BOT_WORKING_DIRECTORY="estate")
    assert Path(call.directory) == workspace / "repository" / "estate"


def test_an_input_that_was_not_given_is_not_set(workspace: Path) -> None:
    assert "LOKI_URL" not in started(workspace, LOKI_URL="").environment


def test_apply_sees_neither_models_nor_clusters(workspace: Path) -> None:
    given = dict.fromkeys(MODEL_AND_CLUSTER, "secret") | {"GITHUB_TOKEN": "write"}
    seen = started(workspace, GITOPS_BOT_COMMAND="apply", **given).environment
    assert not MODEL_AND_CLUSTER & set(seen)
    assert seen["GITHUB_TOKEN"] == "write"


def test_chatops_sees_the_forges_credentials_alone(workspace: Path) -> None:
    others = MODEL_AND_CLUSTER | {"SLACK_WEBHOOK_URL", "SLACK_BOT_TOKEN", "PAGERDUTY_ROUTING_KEY"}
    given = dict.fromkeys(others, "secret") | {"GITHUB_TOKEN": "write", "GITHUB_EVENT_PATH": "event.json"}
    seen = started(workspace, GITOPS_BOT_COMMAND="chatops", **given).environment
    assert not others & set(seen)
    assert (seen["GITHUB_TOKEN"], seen["GITHUB_EVENT_PATH"]) == ("write", "event.json")


def test_plan_sees_no_channel_to_people(workspace: Path) -> None:
    given = {"SLACK_WEBHOOK_URL": "secret", "PAGERDUTY_ROUTING_KEY": "secret", "ARGOCD_AUTH_TOKEN": "secret"}
    seen = started(workspace, GITOPS_BOT_COMMAND="plan", **given).environment
    assert set(given) & set(seen) == {"ARGOCD_AUTH_TOKEN"}


def test_the_workflows_own_python_settings_do_not_reach_it(workspace: Path) -> None:
    seen = started(workspace, PYTHONPATH="/elsewhere", PYTHONHOME="/elsewhere", PYTHONSTARTUP="x.py").environment
    assert seen["PYTHONPATH"] == str(ROOT)
    assert not {"PYTHONHOME", "PYTHONSTARTUP"} & set(seen)


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"GITOPS_BOT_COMMAND": "run; touch pwned"}, "Input command is none of run, plan, apply, chatops"),
        ({"GITOPS_BOT_PLAN_FILE": "--output"}, "Input plan-file is no path"),
        ({"GITOPS_BOT_WORKING_DIRECTORY": "nowhere"}, "Input working-directory names no folder"),
    ],
)
def test_a_wrong_input_ends_in_an_annotation(workspace: Path, environment: dict[str, str], said: str) -> None:
    call, output, code = start(workspace, environment)
    assert (call, code) == (None, 2)
    assert f"::error title=gitops-bot::{said}" in output


WORKFLOW = """\
name: bot
on: repository_dispatch
env: {UV_PROJECT_ENVIRONMENT: /nonexistent, PYTHONPATH: /nonexistent}
jobs:
  bot:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v6
      - id: bot
        uses: acme/gitops-bot@v1
        with:
          argocd-server: SERVER
          argocd-auth-token: read-only
          auto-remediate: '"; touch pwned; $(touch pwned) `touch pwned`'
      - run: echo "remediations=$REMEDIATIONS changed=$CHANGED pwned=$(ls | grep -c pwned)"
        env:
          REMEDIATIONS: ${{ steps.bot.outputs.remediations }}
          CHANGED: ${{ steps.bot.outputs.changed }}
"""


REPOSITORY = b'{"node_id": "R_1", "default_branch": "main"}'


class EmptyArgoCD(BaseHTTPRequestHandler):
    """An Argo CD that has no applications, and a forge whose lists are empty."""

    def do_GET(self) -> None:
        body = b'{"metadata": {"resourceVersion": "1"}, "items": null}'
        if self.path.startswith("/repos/"):
            body = b"[]" if self.path.count("/") > 3 else REPOSITORY
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002  # the base class names it
        """Stay silent."""


@pytest.fixture
def argocd() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), EmptyArgoCD)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def act() -> str:
    """The program that runs workflows without GitHub; `make test` builds it."""
    found = shutil.which("act", path=f"{ROOT / '.tools' / 'bin'}{os.pathsep}{os.environ['PATH']}")
    if found is None and os.environ.get("CI") == "true":
        pytest.fail("act is missing: scripts/install-go-tools.sh builds it")
    if found is None:
        pytest.skip("act is missing: run `make test`, which builds it")
    return found


def commit_all(folder: Path) -> None:
    identity = ["-c", "user.name=test", "-c", "user.email=test@example.com"]
    subprocess.run(["git", "init", "--quiet", "--initial-branch", "main"], cwd=folder, check=True)
    subprocess.run(["git", "add", "--all"], cwd=folder, check=True)
    subprocess.run(["git", *identity, "commit", "--quiet", "--message", "all"], cwd=folder, check=True)


def test_a_workflow_runs_the_action_and_reads_its_outputs(tmp_path: Path, act: str, argocd: str) -> None:
    action, caller = tmp_path / "action", tmp_path / "caller"
    shutil.copytree(ROOT / "gitops_bot", action / "gitops_bot", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "scripts", action / "scripts")
    for name in ("action.yml", "pyproject.toml", "uv.lock"):
        shutil.copy(ROOT / name, action / name)
    workflow = caller / ".github" / "workflows" / "bot.yml"
    workflow.parent.mkdir(parents=True)
    workflow.write_text(WORKFLOW.replace("SERVER", argocd), encoding="utf-8")
    hijack = caller / "msgspec" / "__init__.py"  # a module of the workspace must not stand in for a library
    hijack.parent.mkdir()
    hijack.write_text("raise SystemExit('hijacked')\n", encoding="utf-8")
    commit_all(action)
    commit_all(caller)
    event = tmp_path / "event.json"
    event.write_text('{"action": "argocd", "client_payload": {}}', encoding="utf-8")
    tools = [str(Path(sys.base_prefix) / "bin"), str(ROOT / ".tools" / "uv" / "bin"), os.environ["PATH"]]
    kept = ("UV_CACHE_DIR", "SSL_CERT_FILE", "HTTPS_PROXY", "NO_PROXY", "PIP_INDEX_URL", "UV_DEFAULT_INDEX")
    cache = {"UV_CACHE_DIR": str(Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "uv")}
    passed = {**cache, **{name: os.environ[name] for name in kept if name in os.environ}}
    settings = [item for name, value in passed.items() for item in ("--env", f"{name}={value}")]
    done = subprocess.run(
        [
            *(act, "repository_dispatch", "--no-cache-server", "-P", "ubuntu-latest=-self-hosted", "-e", str(event)),
            *("-s", "GITHUB_TOKEN=token", "--env", f"GITHUB_API_URL={argocd}", *settings),
            *("--local-repository", f"acme/gitops-bot@v1={action}"),
        ],
        cwd=caller,
        env={"HOME": str(tmp_path / "home"), "PATH": os.pathsep.join(tools)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "remediations=[] changed=false pwned=0" in done.stdout, done.stdout + done.stderr
    assert done.returncode == 0
