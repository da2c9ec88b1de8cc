from __future__ import annotations

import pytest

from gitops_bot.clients.rendering import RenderFailed
from gitops_bot.clients.rendering import directory as directories
from gitops_bot.clients.rendering.manifests import decode
from gitops_bot.clients.rendering.values import SourceBroken
from gitops_bot.yamlpatch import events, reading

CHART = "apiVersion: v2\nname: chart\nversion: 1.0.0\n"
HEAD = b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n"


def bomb(width: int = 9, depth: int = 10) -> bytes:
    lines = [b"a0: &a0 [%s]\n" % b",".join([b"x"] * width)]
    lines += [b"a%d: &a%d [%s]\n" % (n, n, b",".join([b"*a%d" % (n - 1)] * width)) for n in range(1, depth)]
    return b"".join(lines)


def stairs(steps: int) -> bytes:
    """Aliases that lead deeper and deeper, though each line is flat."""
    return b"a0: &a0 x\n" + b"".join(
        b"a%d: &a%d %s*a%d%s\n" % (n, n, b"[" * 100, n - 1, b"]" * 100) for n in range(1, steps)
    )


HOSTILE = {
    "aliases of aliases": (bomb(), "more than 20000 values, with aliases written out"),
    "merges of merges": (
        b"a0: &a0 {k: v}\n"
        + b"".join(
            b"a%d: &a%d {<<: [%s], k%d: v}\n" % (n, n, b",".join([b"*a%d" % (n - 1)] * 9), n) for n in range(1, 10)
        ),
        "more than 20000 values",
    ),
    "a long text repeated": (
        b"a: &a " + b"x" * 100_000 + b"\nb: [" + b"*a," * 1000 + b"]",
        "more than 20000 values",
    ),
    "aliases that lead deep": (stairs(20), "aliases nest deeper than 300 levels"),
    "an alias inside its anchor": (b"a: &a [*a]\n", "has no finished node before it"),
    "deep lists": (b"[" * 1_000_000, "nested deeper than 200 levels"),
    "deep maps": (b"{a: " * 1_000_000, "nested deeper than 200 levels"),
    "deep dashes": (b"- " * 1_000_000, "nested deeper than 200 levels"),
    "deep keys": (b"? " * 100_000, "nested deeper than 200 levels"),
    "many documents": (b"---\na\n" * 100_002, "more than 100000 documents"),
    "documents of aliases": ((b"---\n" + bomb(9, 4)) * 20, "more than 20000 values"),
    "many values": (b"[" + b"a," * 60_000 + b"]", "more than 50000 parts"),
}


@pytest.mark.parametrize(("content", "message"), HOSTILE.values(), ids=HOSTILE)
def test_yaml_that_explodes_is_refused(monkeypatch, content, message):
    monkeypatch.setattr(reading, "_MOST_NODES", 20_000)
    monkeypatch.setattr(events, "_MOST_EVENTS", 50_000)
    with pytest.raises(SourceBroken, match=message):
        decode(content)


@pytest.mark.parametrize("digits", [b"1" * 100_000, b"0x" + b"f" * 100_000, b"-" + b"7" * 5000, b"1:" * 5000 + b"1"])
def test_a_number_without_end_is_a_text(digits):
    assert decode(b"a: " + digits) == [{"a": digits.decode()}]


def test_many_aliases_of_little_are_read():
    [document] = decode(b"a: &a [x]\nb:\n" + b"- *a\n" * 50_000)
    assert document["b"] == [["x"]] * 50_000


@pytest.mark.parametrize("name", ["x.yaml", "x.json"])
def test_a_manifest_nested_without_end_fails(plain, name):
    deep = b'{"apiVersion": "v1", "kind": "X", "metadata": {}, "a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    deep = deep if name.endswith("json") else b"apiVersion: v1\nkind: X\nmetadata: {}\na: " + deep
    with pytest.raises(RenderFailed, match=r"app/x.*nested"):
        plain({f"app/{name}": deep}).render({"path": "app"})


def test_manifests_of_one_folder_are_bounded_together(plain, monkeypatch):
    monkeypatch.setattr(directories, "_MOST_BYTES", 100_000)
    aliased = HEAD + b"data: &d {%s}\nmore: [%s]\n" % (b"k: v", b",".join([b"*d"] * 1000))
    files = {f"app/{number}.yaml": aliased for number in range(12)}
    with pytest.raises(RenderFailed, match="the manifests in app are more than"):
        plain(files).render({"path": "app"})


@pytest.mark.parametrize("content", [bomb(), b"[" * 100_000, stairs(20)])
def test_files_that_explode_fail_plainly_wherever_they_stand(case, monkeypatch, content):
    monkeypatch.setattr(reading, "_MOST_NODES", 20_000)
    chart = {"Chart.yaml": CHART, "templates/x.yaml": HEAD}
    files = {"kustomize/kustomization.yaml": content}
    for name in ("Chart.yaml", "values.yaml", ".argocd-source.yaml", "charts/sub/Chart.yaml"):
        files |= {f"helm-{name[:3]}/{path}": text for path, text in {**chart, name: content}.items()}
    one = case(files)
    for path in sorted({name.partition("/")[0] for name in files}):
        assert "goroutine" not in told(one, path)


def told(one, path):
    """What a render fails with, and nothing where it does not."""
    try:
        one.render({"path": path})
    except RenderFailed as failure:
        return failure.message
    return ""


def test_inline_values_that_explode_fail_plainly(case):
    one = case({"app/Chart.yaml": CHART, "app/templates/x.yaml": HEAD})
    with pytest.raises(RenderFailed, match="excessive aliasing"):
        one.render({"path": "app", "helm": {"values": bomb().decode()}})


def test_output_that_explodes_fails_plainly(case):
    one = case({"app/Chart.yaml": CHART, "app/templates/x.yaml": HEAD + b"a: " + b"[" * 300 + b"]" * 300})
    with pytest.raises(RenderFailed, match="nested deeper"):
        one.render({"path": "app"})
