"""Start-up loads nothing that it does not need, and every bug is told from an expected failure."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from gitops_bot import cli
from gitops_bot.cli import COMMANDS, main

ROOT = Path(__file__).parents[1]


def loaded(code: str) -> set[str]:
    """Return the top-level modules that are loaded after `code` has run in a process of its own."""
    script = f"import sys\n{code}\nprint(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True, cwd=ROOT)
    return set(done.stdout.split("\n")[-2].split())


def test_help_loads_nothing_of_weight() -> None:
    assert not loaded("from gitops_bot.cli import main; main(['--help'])") & {"argparse", "msgspec", "httpx", "typing"}


def test_planning_loads_neither_the_model_nor_the_forge_before_it_needs_them() -> None:
    modules = loaded("import gitops_bot.wiring, gitops_bot.pipeline, gitops_bot.commands.plan, gitops_bot.observe")
    assert not modules & {"anthropic", "github", "git", "openai", "pydantic"}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_a_help_of_its_own(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([name, "--help"])
    assert ended.value.code == 0
    assert f"usage: gitops-bot {name}" in capsys.readouterr().out


def test_a_bug_shows_its_traceback_and_exits_3(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(_: object) -> int:
        raise ZeroDivisionError

    monkeypatch.setattr(cli, "main", broken)
    with pytest.raises(SystemExit) as ended:
        cli.entry()
    assert ended.value.code == 3
    assert "ZeroDivisionError" in capsys.readouterr().err


def test_a_reader_that_goes_away_is_no_bug() -> None:
    code = "from gitops_bot import cli\ndef main(words): raise BrokenPipeError\ncli.main = main\ncli.entry()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert (done.returncode, done.stderr) == (0, "")
