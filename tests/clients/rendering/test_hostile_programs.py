from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from gitops_bot.clients.rendering import Renderer, RenderFailed, Tools
from gitops_bot.clients.rendering.programs import confinement, limits
from gitops_bot.clients.rendering.programs.limits import LimitReached, Limits, TimedOut
from gitops_bot.clients.rendering.tools import run
from gitops_bot.clients.rendering.values import SourceBroken
from tests.clients.rendering.conftest import request_for

MEBIBYTE = 1024 * 1024
CHART = "apiVersion: v2\nname: chart\nversion: 1.0.0\n"
HOSTILE = {
    "one huge text": '{{ repeat 2000000000 "abcdefgh" | len }}',
    "a list that grows": '{{ $l := list }}{{ range until 100000 }}{{ $l = append $l (repeat 9999 "abc") }}{{ end }}',
    "a loop that prints": "{{ range until 1000000000 }}x{{ end }}",
}
# Renders in a process of its own, which has no other children whose memory would count.
RENDER_ALONE = """
import json, resource, sys
from pathlib import Path
from gitops_bot.clients.rendering.programs.limits import LimitReached, Limits
from gitops_bot.clients.rendering.tools import Tools, run
helm, chart, memory = sys.argv[1:]
try:
    tools = Tools(limits=Limits(memory=int(memory)))
    run([helm, "template", "."], folder=Path(chart), scratch=Path(chart).parent, tools=tools)
except LimitReached as limit:
    print(json.dumps([limit.message, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024]))
"""


def program(folder: Path, name: str, script: str) -> str:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IEXEC)
    return str(path)


@pytest.fixture
def linux() -> None:
    if sys.platform != "linux":
        pytest.skip("only Linux bounds the memory of a process that runs")


@pytest.fixture
def confined() -> None:
    if confinement.is_possible():
        return
    reason = "this kernel cannot confine programs (no Landlock)"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.mark.usefixtures("linux")
@pytest.mark.parametrize("template", HOSTILE.values(), ids=HOSTILE)
def test_memory_is_bounded(tools, tmp_path, template):
    chart = tmp_path / "chart"
    (chart / "templates").mkdir(parents=True)
    (chart / "Chart.yaml").write_text(CHART)
    (chart / "templates" / "x.yaml").write_text(template)
    memory = 192 * MEBIBYTE
    command = [sys.executable, "-c", RENDER_ALONE, tools.helm[0], str(chart), str(memory)]
    done = subprocess.run(command, capture_output=True, check=True, cwd=Path(__file__).parents[3])
    message, peak = json.loads(done.stdout)
    assert message == "helm needs more than the 192 MiB of memory it may use; look for a loop in what it renders"
    # Beyond what is written to there are the program's own pages.
    assert peak < memory + 128 * MEBIBYTE


@pytest.mark.usefixtures("linux")
def test_processor_time_is_bounded(tmp_path):
    busy = program(tmp_path, "helm", "while :; do :; done")
    with pytest.raises(LimitReached, match="it used 1 s of processor time, or the machine has no memory left"):
        run([busy], folder=tmp_path, scratch=tmp_path, tools=Tools(limits=Limits(processor_seconds=1)))


@pytest.mark.usefixtures("linux")
def test_files_are_bounded_and_none_is_left_for_a_debugger(tmp_path):
    script = 'while [ "$(ulimit -f)" = unlimited ]; do :; done; ulimit -c; ulimit -f'
    shown = run([program(tmp_path, "helm", script)], folder=tmp_path, scratch=tmp_path).split()
    assert shown == [b"0", str(Limits().file_size // 512).encode()]


def test_what_a_program_leaves_behind_is_ended(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    left = program(tmp_path, "helm", f"/bin/sleep 600 3>'{pipe}' </dev/null >/dev/null 2>&1 &\n: 3>'{pipe}'")
    reading = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    with os.fdopen(reading, "rb") as end:
        run([left], folder=tmp_path, scratch=tmp_path)
        os.set_blocking(reading, True)
        assert end.read() == b""  # comes when nobody is left who might write


def test_a_child_that_holds_the_output_is_ended_in_time(tmp_path):
    holding = program(tmp_path, "helm", "/bin/sleep 600 &\nexit 1")
    with pytest.raises(TimedOut, match="helm took longer than 0 s"):
        run([holding], folder=tmp_path, scratch=tmp_path, tools=Tools(limits=Limits(seconds=0.05)))


def test_all_sources_of_an_application_share_its_time(workspace_of, tmp_path):
    slow = program(tmp_path, "kustomize", "exec /bin/sleep 600")
    workspace = workspace_of({"a/kustomization.yaml": "", "b/kustomization.yaml": ""})
    renderer = Renderer(workspace, Tools(kustomize=(slow, "build"), limits=Limits(seconds=0)))
    with pytest.raises(RenderFailed, match="its sources took longer than 0 s to render"):
        renderer.render(request_for({"path": "a"}, {"path": "b"}))


def test_memory_is_shared_out_among_the_cores(monkeypatch):
    for memory, expected in ((64, 2048), (6, 1152), (1, 512)):
        monkeypatch.setattr(limits, "_memory", lambda memory=memory: memory * 1024 * MEBIBYTE)
        monkeypatch.setattr(os, "cpu_count", lambda: 4)
        assert limits.affordable().memory == expected * MEBIBYTE


@pytest.mark.usefixtures("confined")
def test_a_program_reads_what_it_works_on_and_writes_to_its_scratch_folder_alone(tmp_path):
    folders = {name: tmp_path / name for name in ("source", "scratch", "beside")}
    for folder in folders.values():
        folder.mkdir()
        (folder / "file").write_text(folder.name)
    where = {"folder": folders["source"], "scratch": folders["scratch"]}
    source, scratch, beside = (folders[name] / "file" for name in ("source", "scratch", "beside"))
    assert run(["/bin/cat", str(source), str(scratch)], **where) == b"sourcescratch"
    assert run(["/bin/cp", str(source), str(scratch)], **where) == b""
    for words in (
        ["/bin/cat", str(beside)],
        ["/bin/cat", f"/proc/{os.getpid()}/environ"],
        ["/bin/ls", str(beside.parent)],
        ["/bin/cp", str(scratch), str(source)],
        ["/bin/cp", str(source), str(beside)],
        ["/bin/rm", str(source)],
    ):
        with pytest.raises(SourceBroken, match="Permission denied"):
            run(words, **where)


@pytest.mark.usefixtures("confined")
def test_a_program_cannot_start_what_lies_in_the_repository(tmp_path):
    (tmp_path / "source").mkdir()
    inner = program(tmp_path / "source", "run.sh", "echo ran")
    with pytest.raises(SourceBroken, match="Permission denied"):
        run(["/bin/sh", "-c", inner], folder=tmp_path / "source", scratch=tmp_path / "source")


@pytest.mark.usefixtures("confined")
@pytest.mark.parametrize("family", ["AF_INET", "AF_INET6", "AF_UNIX"])
def test_a_program_has_no_sockets(tmp_path, family):
    attempt = f"import socket; socket.socket(socket.{family}, socket.SOCK_DGRAM)"
    here = Path(sys.executable).resolve()
    with pytest.raises(SourceBroken, match="PermissionError"):
        run([str(here), "-I", "-c", attempt], folder=tmp_path, scratch=tmp_path, readable=Path(sys.base_prefix))


@pytest.mark.usefixtures("confined")
def test_we_ourselves_stay_as_free_as_before(tmp_path, surroundings):
    run(["/bin/true"], folder=tmp_path, scratch=tmp_path)
    assert (surroundings.folder / "secret.txt").read_text()


def test_a_version_managers_shim_starts_what_it_stands_for(tools, tmp_path):
    log = tmp_path / "log"
    shim = program(tmp_path, "helm", f'echo "$1" >> "{log}"\nexec /usr/bin/env "{tools.helm[0]}" "$@"')
    assert run([shim, "version", "--short"], folder=tmp_path, scratch=tmp_path).startswith(b"v3")
    assert log.read_text() == "version\n"
