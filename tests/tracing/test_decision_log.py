"""The decision log holds whole lines, for its owner alone, however the run ends."""

from __future__ import annotations

import json
import os
import re
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from gitops_bot.tracing import DecisionLog, Recording


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_each_span_is_a_line(tmp_path: Path) -> None:
    path = tmp_path / "logs" / "decisions.jsonl"
    recording = Recording((DecisionLog(path),))
    with recording.span("run"), recording.span("observe", {"names": ["a\nb"], "seen": 2}) as span:
        span.event("read", {"application": "checkout"})
        span.fail("SourceUnavailable", "no answer")
    assert recording.close() == ()
    observe, run = lines(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert re.fullmatch(r"[0-9a-f]{32}", str(run["trace_id"]))
    assert re.fullmatch(r"[0-9a-f]{16}", str(run["span_id"]))
    assert observe["trace_id"] == run["trace_id"]
    assert (observe["parent_span_id"], run["parent_span_id"]) == (run["span_id"], "")
    assert observe["attributes"] == {"names": ["a\nb"], "seen": 2, "error.type": "SourceUnavailable"}
    assert (observe["status"], observe["message"], run["status"]) == ("error", "no answer", "ok")
    assert re.fullmatch(r"2\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00", str(observe["start"]))
    (event,) = observe["events"]  # type: ignore[misc]
    assert (event["name"], event["attributes"]) == ("read", {"application": "checkout"})


def test_a_second_run_continues_the_file_after_half_a_line(tmp_path: Path) -> None:
    path = tmp_path / "decisions.jsonl"
    path.write_text('{"whole": 1}\n{"hal')
    path.chmod(0o644)
    recording = Recording((DecisionLog(path),))
    with recording.span("run"):
        pass
    recording.close()
    first, half, run = path.read_text().splitlines()
    assert (first, half, json.loads(run)["name"]) == ('{"whole": 1}', '{"hal', "run")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_it_ends_before_it_grows_too_large_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "decisions.jsonl"
    recording = Recording((DecisionLog(path, largest=1_000),))
    for _ in range(10):
        with recording.span("stage", {"text": "x" * 200}):
            pass
    (said,) = recording.close()
    assert path.stat().st_size <= 1_000
    assert len(lines(path)) == 2
    assert "not complete: it would be larger than 1,000 bytes" in said


@pytest.mark.parametrize("trouble", ["folder", "link", "pipe"])
def test_a_file_that_cannot_be_written_is_told_and_fails_nothing(tmp_path: Path, trouble: str) -> None:
    path = tmp_path / "decisions.jsonl"
    target = tmp_path / "elsewhere"
    if trouble == "folder":
        path.mkdir()
    elif trouble == "link":
        path.symlink_to(target)
    else:
        os.mkfifo(path)
    recording = Recording((DecisionLog(path),))
    with recording.span("run"):
        pass
    (said,) = recording.close()
    assert str(path) in said
    assert not target.exists()


def test_a_killed_run_leaves_whole_lines(tmp_path: Path) -> None:
    path = tmp_path / "decisions.jsonl"
    program = (
        "import sys; from pathlib import Path; from gitops_bot.tracing import DecisionLog, Recording\n"
        "recording = Recording((DecisionLog(Path(sys.argv[1])),))\n"
        "with recording.span('run'):\n"
        "    while True:\n"
        "        with recording.span('stage', {'text': 'x ' * 2000}): pass\n"
        "        print('.', flush=True)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        for _ in range(5):
            process.stdout.readline()
        process.send_signal(signal.SIGKILL)
    assert path.read_bytes().endswith(b"\n")
    assert {one["name"] for one in lines(path)} == {"stage"}
