"""What `make` promises on a fresh machine, as far as it can be checked without one: nothing here installs or builds."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SCRIPTS = ROOT / "scripts"


def run(arguments: list[str | Path], **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        arguments,
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "HOME": "/nonexistent", **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def program(folder: Path, name: str, script: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def before_path(folder: Path) -> str:
    return f"{folder}{os.pathsep}{os.environ['PATH']}"


def test_make_alone_lists_every_target() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    listed = set(re.findall(r"make (\w+)", run(["make", "--no-print-directory"]).stdout))
    assert listed == set(re.findall(r"^(\w+):.*##", makefile, re.MULTILINE))
    assert {"demo", "test"} <= listed


def test_the_demo_asks_for_no_compiler() -> None:
    printed = run(["make", "--dry-run", "--no-print-directory", "demo"]).stdout
    assert "-m gitops_bot demo" in printed
    assert "install-go-tools" not in printed


def test_ci_runs_what_a_person_runs() -> None:
    assert "make --no-print-directory test" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


@pytest.mark.parametrize("script", sorted(SCRIPTS.glob("*.sh")), ids=lambda path: path.name)
def test_each_script_can_be_run_and_parses(script: Path) -> None:
    shell = script.read_text(encoding="utf-8").splitlines()[0].rsplit("/", 1)[1].split()[-1]
    assert os.access(script, os.X_OK)
    assert run([shell, "-n", script]).stderr == ""


def test_each_locked_requirement_has_hashes() -> None:
    for path in SCRIPTS.glob("*-requirements.txt"):
        text = path.read_text(encoding="utf-8")
        assert re.match(r"[\w-]+==[\d.]+ \\\n(    --hash=sha256:[0-9a-f]{64}( \\\n|\n?$))+", text)


def test_a_python_that_does_not_run_is_passed_over(tmp_path: Path) -> None:
    broken = program(tmp_path, "python3", "echo 'pyenv: version not installed' >&2; exit 127")
    works = str(Path(sys.executable).parent)
    found = run([SCRIPTS / "pythons.sh", "3.11"], PATH=os.pathsep.join([str(tmp_path), works, os.environ["PATH"]]))
    assert found.stdout
    assert str(broken) not in found.stdout.splitlines()


def test_no_python_of_another_version_is_offered() -> None:
    assert run([SCRIPTS / "pythons.sh", "4.0"]).stdout == ""
    assert run([SCRIPTS / "pythons.sh", "3.0", "3.1"]).stdout == ""


def test_a_uv_on_path_is_used_as_it_is(tmp_path: Path) -> None:
    uv = program(tmp_path / "bin", "uv", "echo uv 0.9.1")
    found = run([SCRIPTS / "install-uv.sh", tmp_path / "own"], PATH=before_path(tmp_path / "bin"))
    assert found.stdout.strip() == str(uv)


@pytest.mark.parametrize("broken", ["exit 127", "echo uv 0.7.22", "echo something else"])
def test_a_uv_that_is_broken_or_too_old_is_not_used(tmp_path: Path, broken: str) -> None:
    program(tmp_path / "bin", "uv", broken)
    own = program(tmp_path / "own" / "bin", "uv", "echo 'uv 0.13.9 (x86_64-unknown-linux-gnu)'")
    found = run([SCRIPTS / "install-uv.sh", tmp_path / "own"], PATH=before_path(tmp_path / "bin"))
    assert found.stdout.strip() == str(own)


def test_renderers_on_path_are_not_built(tmp_path: Path) -> None:
    program(tmp_path / "bin", "kustomize", "echo v5.7.1")
    program(tmp_path / "bin", "helm", "echo v4.0.1")
    arguments: list[str | Path] = [SCRIPTS / "install-go-tools.sh", "uv", tmp_path / "tools", "kustomize", "helm"]
    done = run(arguments, PATH=before_path(tmp_path / "bin"))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert list((tmp_path / "tools" / "bin").iterdir()) == []


def test_a_tool_that_was_built_is_not_built_again(tmp_path: Path) -> None:
    script = (SCRIPTS / "install-go-tools.sh").read_text(encoding="utf-8")
    (version,) = re.findall(r"cmd/actionlint@(v[\d.]+)", script)
    program(tmp_path / "bin", "actionlint", "")
    (tmp_path / "stamps").mkdir()
    (tmp_path / "stamps" / f"actionlint-{version}").touch()
    done = run([SCRIPTS / "install-go-tools.sh", "uv", tmp_path, "actionlint"])
    assert (done.returncode, done.stderr) == (0, "")


def test_a_failed_build_leaves_nothing_and_says_what_to_do(tmp_path: Path) -> None:
    script = '[ "$1" = env ] && echo go1.30 && exit; echo "no route to the module proxy"; exit 1'
    program(tmp_path / "bin", "go", script)
    arguments: list[str | Path] = [SCRIPTS / "install-go-tools.sh", "uv", tmp_path / "tools", "actionlint"]
    done = run(arguments, PATH=before_path(tmp_path / "bin"))
    assert done.returncode == 1
    assert "cannot build actionlint" in done.stderr
    assert "no route to the module proxy" in done.stderr
    assert sorted(path.name for path in (tmp_path / "tools").rglob("*")) == ["bin", "stamps"]


def test_an_unknown_tool_is_a_usage_error(tmp_path: Path) -> None:
    assert run([SCRIPTS / "install-go-tools.sh", "uv", tmp_path, "terraform"]).returncode == 2
