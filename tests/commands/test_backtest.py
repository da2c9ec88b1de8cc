"""`gitops-bot backtest` from its command line: figures for people and machines, clear words where there are none."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from gitops_bot.cli import main
from gitops_bot.errors import ConfigurationError
from gitops_bot.model.json import Json
from gitops_bot.sandbox.models import Answer, ModelServer, Script

CRASH = {
    "inputs": {
        "kubectl get pods -n shop": "NAME                  READY  STATUS            RESTARTS  AGE\n"
        "web-6f5d8c7b9-x2x1z   0/1    ImagePullBackOff  0         9m\n"
        "web-7d9f8b6c5-abcde   1/1    Running           0         9d\n",
        "kubectl get events -n shop": "LAST SEEN  TYPE     REASON  OBJECT                  MESSAGE\n"
        '2m         Warning  Failed  pod/web-6f5d8c7b9-x2x1z  Failed to pull image "registry.example.com/web:2.0.1": '
        "manifest unknown: manifest unknown\n",
    },
    "expected": {"class": "ImagePullBackOff", "action": "rollback"},
    "split": "mine",
}
QUIET = {
    "inputs": "NAME  READY  STATUS   RESTARTS  AGE\nweb-7d9f8b6c5-abcde  1/1  Running  0  9d\n",
    "class": "healthy",
}
RECORDINGS = Path(__file__).parents[2] / "fixtures" / "recordings"


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    folder = tmp_path / "cases"
    folder.mkdir()
    (folder / "crash.json").write_text(json.dumps(CRASH), encoding="utf-8")
    (folder / "quiet.json").write_text(json.dumps(QUIET), encoding="utf-8")
    return folder


def test_people_get_figures_and_a_confusion_table(cases: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["backtest", "--cases", str(cases)]) == 0
    told = capsys.readouterr().out
    assert told.startswith("2 cases, reasoned by rules\n  class accuracy     1.000 (2 of 2)\n")
    assert "acted on healthy   0 of 1" in told
    assert "  image-not-found  image-not-found 1\n" in told


def test_machines_get_figures_and_decisions(cases: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["backtest", "--cases", str(cases), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["reasoner"], told["cases"], told["action_accuracy"]) == ("rules", 2, 1.0)
    assert {one["case"]: (one["class"], one["action"]) for one in told["decisions"]} == {
        "crash": ("image-not-found", "rollback"),
        "quiet": ("healthy", "none"),
    }


def test_wrong_decisions_are_no_failure(cases: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (cases / "quiet.json").write_text(json.dumps({**QUIET, "class": "disk-full"}), encoding="utf-8")
    assert main(["backtest", "--cases", str(cases)]) == 0
    assert "wrong (1):\n  quiet: expected disk-full" in capsys.readouterr().out


def test_one_split(cases: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["backtest", "--cases", str(cases), "--split", "mine"]) == 0
    assert capsys.readouterr().out.startswith("1 cases")
    with pytest.raises(ConfigurationError, match=r"No case is of that split, found yours, expected .*mine"):
        main(["backtest", "--cases", str(cases), "--split", "yours"])


def test_no_cases(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="There are no cases"):
        main(["backtest", "--cases", str(tmp_path)])


def test_cases_must_be_named() -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["backtest"])
    assert stopped.value.code == 2


@pytest.fixture
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Run in a folder without a configuration, with no model to ask."""
    for name in ("ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL", "OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return monkeypatch


@pytest.mark.usefixtures("alone")
def test_models_that_nobody_named(cases: Path) -> None:
    with pytest.raises(ConfigurationError, match="There is no model to ask"):
        main(["backtest", "--cases", str(cases), "--reasoner", "models"])


def test_models_decide_what_rules_leave_open_and_their_price_is_told(
    tmp_path: Path, alone: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Pods that are ended by SIGTERM again and again: 70 to the rules, which is too little to act."""
    pod = (
        "/api/v1/applications/ledger/resource"
        "?namespace=ledger&resourceName=ledger-76679c798-9xj7n&version=v1&group=&kind=Pod"
    )
    code = "/manifest/status/containerStatuses/0/lastState/terminated/exitCode"
    inputs = {
        "recording": "03-many-incidents",
        "application": "ledger",
        "patches": {pod: [{"op": "replace", "path": code, "value": 143}]},
    }
    (tmp_path / "03-many-incidents").symlink_to(RECORDINGS / "03-many-incidents")
    case = {"inputs": inputs, "expected": {"class": "release-crash", "action": "rollback"}}
    (tmp_path / "ended.json").write_text(json.dumps(case), encoding="utf-8")
    verdict: dict[str, Json] = {
        "incident": "I1",
        "worth": True,
        "same_cause_as": "",
        "rank": 1,
        "why": "pods are ended",
    }
    answer: dict[str, Json] = {
        "reasoning": "E1 shows the new container ended again and again, while E2 shows the old one running.",
        "diagnosis": "Release 5.2.0 of ledger does not come up in time and is ended from outside.",
        "cause_class": "release-crash",
        "evidence": ["E1", "E2"],
        "action": "rollback",
        "remedy": {
            "kind": "revert-release",
            "resource": "apps/Deployment/ledger/ledger",
            "fields": ["/spec/template"],
        },
        "confidence": 90,
        "would_change": "Restarts of the old pods as well.",
    }
    scripts = {
        "claude-haiku-5-5": Script.of(Answer(json={"verdicts": [verdict]}), for_ever=True),
        "claude-sonnet-5-5": Script.of(Answer(json=answer), for_ever=True),
    }
    words = ["backtest", "--cases", str(tmp_path / "ended.json")]
    assert main(words) == 0
    assert "action accuracy    0.000 (0 of 1)" in capsys.readouterr().out
    with ModelServer.start(scripts) as server:
        alone.setenv("ANTHROPIC_API_KEY", "sandbox")
        alone.setenv("ANTHROPIC_BASE_URL", server.url)
        assert main([*words, "--reasoner", "models"]) == 0
        assert len(server.requests) == 2
    told = capsys.readouterr().out
    assert told.startswith("1 cases, reasoned by models")
    assert "action accuracy    1.000 (1 of 1)" in told
    assert (price := re.search(r"cost +\$(0\.\d{4})", told))
    assert float(price[1]) > 0
