"""Markdown as documents, and folders of them: nothing in a file can stop the others from being read."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitops_bot.clients.retrieval import read_folder, read_markdown
from gitops_bot.clients.retrieval.documents import LONGEST_TEXT
from gitops_bot.errors import ConfigurationError

PAGE = """---
title: "Pods crash"
tags: [pods, restarts]
alerts:
  - KubePodCrashLooping
---
<!-- hidden words -->
# KubePodCrashLooping #

## Meaning

The app dies, see [the docs](https://example.com/secret-path) <b>often</b>. {{< ref "x" >}}

## Diagnosis

```shell
# kubectl logs
kubectl logs
```
Look at the logs.
"""


def test_a_page_is_taken_apart() -> None:
    page = read_markdown("runbooks/pods.md", PAGE)
    assert page.title == "Pods crash"
    assert page.names == ("KubePodCrashLooping",)
    assert "restarts" in page.tags
    assert page.headings == ("KubePodCrashLooping", "Meaning", "Diagnosis")
    assert page.lead.split() == ["The", "app", "dies,", "see", "the", "docs", "often", "."]
    assert page.body.strip() == "Look at the logs."
    assert page.commands == "# kubectl logs\nkubectl logs"
    assert page.text == PAGE


@pytest.mark.parametrize(
    ("path", "text", "title", "names"),
    [
        ("KubeNodeNotReady.md", "", "KubeNodeNotReady", ("KubeNodeNotReady",)),
        ("a/node.md", "# KubeNodeNotReady\r\nText\r\n", "KubeNodeNotReady", ("KubeNodeNotReady",)),
        ("a/node.md", "\ufeff+++\ntitle = 'Node'\n+++\n# Other\n", "Node", ()),
        ("a/node.md", "---\nnever: closed\n# Node is gone", "Node is gone", ()),
        ("a/node.md", "no heading at all", "node", ()),
        ("a/node.md", "```\n# in code\n", "node", ()),
    ],
)
def test_title_and_names_come_from_front_matter_heading_and_file(
    path: str, text: str, title: str, names: tuple[str, ...]
) -> None:
    page = read_markdown(path, text)
    assert (page.title, page.names) == (title, names)


@given(st.text(alphabet=st.sampled_from("#-`~<>![]()\n{} aB:+'\r\0")))
def test_any_text_is_a_page(text: str) -> None:
    assert read_markdown("page.md", text).title


def test_a_huge_page_is_read_in_part() -> None:
    assert len(read_markdown("page.md", "[" * 10 * LONGEST_TEXT + "](x)").text) == LONGEST_TEXT


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in (
        "runbooks/a.md",
        "runbooks/deep/b.md",
        "runbooks/c.txt",
        "docs/d.md",
        "README.md",
        "runbooks/README.md",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(f"# Page {name}\n", encoding="utf-8")
    return tmp_path


def paths(root: Path, *patterns: str, prefix: str = "") -> list[str]:
    return [page.path for page in read_folder(root, patterns or ("**/*.md",), prefix=prefix)]


def test_patterns_choose_the_pages_and_paths_are_relative(folder: Path) -> None:
    assert paths(folder) == ["docs/d.md", "runbooks/a.md", "runbooks/deep/b.md"]
    assert paths(folder, "runbooks/**.md") == ["runbooks/a.md", "runbooks/deep/b.md"]
    assert paths(folder, "docs/*.md", "runbooks/*.md", prefix="other:") == ["other:docs/d.md", "other:runbooks/a.md"]


def test_a_readme_that_is_alone_in_its_folder_is_a_page(folder: Path) -> None:
    (folder / "runbooks" / "dns").mkdir()
    (folder / "runbooks" / "dns" / "README.md").write_text("# DNS\n", encoding="utf-8")
    assert "runbooks/dns/README.md" in paths(folder)


def test_what_cannot_be_read_is_left_out(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside") / "secret.md"
    outside.write_text("# Secret", encoding="utf-8")
    (folder / "link.md").symlink_to(outside)
    (folder / "loop.md").symlink_to(folder / "loop.md")
    (folder / "folder.md").mkdir()
    (folder / "broken.md").write_bytes(b"# \xff\xfe page\0")
    assert [path for path in paths(folder) if "/" not in path] == ["broken.md"]


def test_a_folder_that_is_not_there_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="not there"):
        read_folder(tmp_path / "nowhere")


@pytest.mark.parametrize("pattern", ["/etc/*.md", ""])
def test_a_pattern_that_is_none_is_refused(folder: Path, pattern: str) -> None:
    with pytest.raises(ConfigurationError, match="pattern"):
        read_folder(folder, [pattern])


def test_a_pattern_cannot_leave_the_folder(folder: Path) -> None:
    assert read_folder(folder / "docs", ["../runbooks/*.md"]) == ()
