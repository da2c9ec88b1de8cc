from __future__ import annotations

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gitops_bot.clients.rendering import ReadSet, Renderer, RenderFailed, Tools, find_tools
from gitops_bot.clients.rendering import tools as running
from gitops_bot.clients.rendering.programs.limits import Limits
from gitops_bot.clients.rendering.values import SourceBroken

MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {}}}\n"
FILES = {
    "a/kustomization.yaml": "resources: [map.yaml]\n",
    "a/map.yaml": MAP.format("a"),
    "b/kustomization.yaml": "resources: [map.yaml, ../gone]\n",
    "b/map.yaml": MAP.format("b"),
    "README.md": "",
}


def test_the_same_question_is_answered_once(case):
    one = case(FILES)
    first = one.render({"path": "a"})
    assert one.render({"path": "a"}) is first
    assert one.renderer.render_count == 1
    one.render({"path": "a"}, namespace="other")
    assert one.renderer.render_count == 2


def test_only_changes_of_what_is_read_ask_again(case):
    one = case(FILES)
    before = one.render({"path": "a"})
    with one.workspace.overlay({"README.md": b"x", "b/map.yaml": b"x"}):
        assert one.render({"path": "a"}) is before
    with one.workspace.overlay({"a/map.yaml": MAP.format("changed").encode()}):
        assert one.names({"path": "a"}) == ["ConfigMap prod/changed"]
    with one.workspace.overlay({"a/Kustomization": b""}), pytest.raises(RenderFailed, match="multiple kustomization"):
        one.render({"path": "a"})
    assert one.render({"path": "a"}) is before
    assert one.renderer.render_count == 3


def test_a_failure_is_remembered_too(case):
    one = case(FILES)
    messages = []
    for _ in range(2):
        with pytest.raises(RenderFailed) as caught:
            one.render({"path": "b"})
        messages.append(caught.value.message)
    assert one.renderer.render_count == 1
    assert messages[0] == messages[1]
    with one.workspace.overlay({"gone/kustomization.yaml": b"resources: []\nnamePrefix: x-\n"}):
        assert one.names({"path": "b"}) == ["ConfigMap prod/b"]


def test_threads_share_the_work(case):
    one = case(FILES)
    sources = [{"path": "a", "kustomize": {"namePrefix": f"p{number % 3}-"}} for number in range(24)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(one.names, sources))
    assert found == [[f"ConfigMap prod/p{number % 3}-a"] for number in range(24)]
    assert one.renderer.render_count == 3


def test_reading_runs_no_program(plain):
    one = plain(FILES)
    assert one.reads({"path": "a"}).covers("a/map.yaml")
    assert one.reads({"path": "b"}).covers("gone/kustomization.yaml")
    assert one.renderer.render_count == 0


def program(folder: Path, name: str, script: str) -> Path:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IEXEC)
    return path


def test_programs_are_found_on_the_path_given(tmp_path):
    assert (find_tools(str(tmp_path)).kustomize, find_tools(str(tmp_path)).helm) == (None, None)
    kubectl = program(tmp_path, "kubectl", "")
    assert find_tools(str(tmp_path)).kustomize == (str(kubectl), "kustomize")
    kustomize, helm = program(tmp_path, "kustomize", ""), program(tmp_path, "helm", "")
    found = find_tools(f"{tmp_path / 'none'}{os.pathsep}{tmp_path}")
    assert (found.kustomize, found.helm) == ((str(kustomize), "build"), (str(helm),))


def test_programs_see_nothing_of_our_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("GITHUB_TOKEN", "secret")
    show = program(tmp_path, "show", "/usr/bin/env")
    shown = running.run([str(show)], folder=tmp_path, scratch=tmp_path, tools=Tools()).decode()
    names = {line.partition("=")[0] for line in shown.splitlines()}
    assert "GITHUB_TOKEN" not in names
    assert f"HOME={tmp_path}" in shown
    assert {"HTTPS_PROXY", "HELM_CACHE_HOME", "GIT_ALLOW_PROTOCOL"} <= names


def test_a_program_that_hangs_is_ended_and_asked_once_more(workspace_of, tmp_path):
    slow = program(tmp_path, "kustomize", "exec /bin/sleep 60")
    renderer = Renderer(workspace_of(FILES), Tools(kustomize=(str(slow),), limits=Limits(seconds=0.05)))
    for count in (1, 2, 2):
        with pytest.raises(RenderFailed, match="kustomize took longer than"):
            renderer.render(request("a"))
        assert renderer.render_count == count


def test_a_program_that_floods_is_ended(tmp_path):
    flood = program(tmp_path, "helm", "while :; do echo; done")
    with pytest.raises(SourceBroken, match="helm printed more than 1 MiB"):
        running.run([str(flood)], folder=tmp_path, scratch=tmp_path, tools=Tools(limits=Limits(output=1024 * 1024)))


def test_a_program_that_fails_silently_is_named(tmp_path):
    silent = program(tmp_path, "helm", "exit 3")
    with pytest.raises(SourceBroken, match="helm ended with exit code 3"):
        running.run([str(silent)], folder=tmp_path, scratch=tmp_path, tools=Tools())


def test_output_that_is_no_manifest_fails(workspace_of, tmp_path):
    for output in ("key: value", "a: ["):
        odd = program(tmp_path, "kustomize", f"echo '{output}'")
        renderer = Renderer(workspace_of(FILES), Tools(kustomize=(str(odd),)))
        with pytest.raises(RenderFailed):
            renderer.render(request("a"))


def request(path: str):
    from gitops_bot.clients.rendering import RenderInput
    from gitops_bot.model.source import Source

    return RenderInput("app", "prod", (Source(path=path),))


def test_a_read_set_tells_what_it_covers():
    reads = ReadSet(frozenset({"a/b.yaml"}), frozenset({"c", "d/e"}))
    for path in ("a/b.yaml", "c", "c/x/y", "d/e/f"):
        assert reads.covers(path)
    for path in ("a/b", "a", "cc", "d/f", ""):
        assert not reads.covers(path)
    assert reads.paths == ("a/b.yaml", "c", "d/e")
    assert ReadSet(folders=frozenset({""})).covers("anything")
    assert ReadSet(folders=frozenset({""})).paths == ()
