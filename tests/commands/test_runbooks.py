"""`gitops-bot runbooks` from its command line: one answer a line, at once, whatever the line holds."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from gitops_bot.cli import main

WORDS = [sys.executable, "-m", "gitops_bot", "runbooks"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    pages = {
        "runbooks/KubePodCrashLooping.md": "# KubePodCrashLooping\n## Meaning\nA pod is restarted over and over.\n",
        "runbooks/disk/full.md": "# Disk is full ::warning::\nA filesystem of a node has no space left.\n",
        "other/dns.md": "# CoreDNS\nNames are not resolved in the cluster.\n",
    }
    for name, text in pages.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def ask(folder: Path, queries: bytes, *more: str) -> list[str]:
    done = subprocess.run([*WORDS, str(folder), "--stdin", *more], input=queries, capture_output=True, check=True)
    assert done.stderr == b""
    return done.stdout.decode().splitlines()


def test_each_line_is_answered_with_one_line_of_json(folder: Path) -> None:
    lines = ask(folder, b"KubePodCrashLooping\n\nsourdough bread\r\nno space left on device", "--json")
    crash, blank, bread, disk = map(json.loads, lines)
    assert crash["pages"][0] == {
        "path": "runbooks/KubePodCrashLooping.md",
        "score": crash["pages"][0]["score"],
        "heading": "KubePodCrashLooping",
    }
    assert crash["pages"][0]["score"] > 0
    assert blank == bread == {"pages": []}
    assert disk["pages"][0]["path"] == "runbooks/disk/full.md"


def test_bytes_that_are_no_text_and_huge_lines_are_survived(folder: Path) -> None:
    lines = ask(folder, b"\xff\xfe KubePodCrashLooping\n" + b"x" * 1_000_000 + b"\nKubePodCrashLooping\n\0\n", "--json")
    found = [[page["path"] for page in json.loads(line)["pages"]] for line in lines]
    assert found == [["runbooks/KubePodCrashLooping.md"], [], ["runbooks/KubePodCrashLooping.md"], []]


def test_an_answer_comes_before_the_next_question(folder: Path) -> None:
    with subprocess.Popen(
        [*WORDS, str(folder), "--stdin", "--json"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for _ in range(2):
            process.stdin.write("KubePodCrashLooping\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["pages"]
        process.stdin.close()
        assert process.wait(30) == 0


def test_patterns_choose_the_pages(folder: Path) -> None:
    [line] = ask(folder, b"names are not resolved by coredns\n", "--json", "--pattern", "runbooks/**.md")
    assert json.loads(line) == {"pages": []}


def test_a_query_in_words_prints_a_text_for_people(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["runbooks", str(folder), "no", "space", "left"]) == 0
    shown = capsys.readouterr().out
    assert "runbooks/disk/full.md" in shown
    assert "Disk is full" in shown
    assert main(["runbooks", str(folder), "sourdough"]) == 0
    assert capsys.readouterr().out == "No runbook fits: sourdough\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nowhere", "query"], "folder of runbooks is not there"),
        (["."], "nothing to look for"),
        ([".", "a", "--stdin"], "exclude"),
    ],
)
def test_what_cannot_be_answered_is_one_clear_line(folder: Path, words: list[str], said: str) -> None:
    done = subprocess.run([*WORDS, *words], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("most", ["0", "-1", "many"])
def test_a_number_that_is_none_is_wrong_usage(folder: Path, most: str) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["runbooks", str(folder), "x", f"--most={most}"])
    assert stopped.value.code == 2
