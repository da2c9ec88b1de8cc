from __future__ import annotations

import pytest

from gitops_bot.clients.applicationsets.generating.patterns import (
    fixed_folder,
    matches_directory,
    matches_files,
    untemplated,
)
from gitops_bot.clients.applicationsets.parameters import flattened, normalized, printed


@pytest.mark.parametrize(
    ("pattern", "path", "files", "directory"),
    [
        ("a/*", "a/b", True, True),
        ("a/*", "a/b/c", True, False),
        ("a/**", "a/b/c", True, False),
        ("a/**/c", "a/b/c", True, True),
        ("a/**/c", "a/c", False, False),
        ("a", "a/b/c", True, False),
        ("a/", "a/b", True, False),
        ("./a/*", "a/b", True, False),
        ("a?b", "a/b", True, False),
        ("a/[a-c]", "a/b", True, True),
        ("a/[^a-c]", "a/b", False, False),
        ("a/[!x]", "a/b", True, False),
        ("a/[!x]", "a/!", True, True),
        (r"a/\*", "a/*", True, True),
        (r"a/\*", "a/b", False, False),
        ("a/[", "a/[", False, False),
        ("a/{b,c}", "a/b", False, False),
        ("*", "a", True, True),
        ("*.json", "a/b.json", True, False),
    ],
)
def test_files_as_git_matches_and_directories_as_go_does(pattern: str, path: str, files: bool, directory: bool) -> None:
    assert matches_files(pattern, path) is files
    assert matches_directory(pattern, path) is directory


@pytest.mark.parametrize(
    ("pattern", "folder"),
    [("a/b/*.json", "a/b"), ("a/b*/c", "a"), ("*", ""), ("a/b", "a/b"), ("a/{{ .x }}/b", "a"), ("{{x}}/b", "")],
)
def test_the_folder_that_a_pattern_cannot_leave(pattern: str, folder: str) -> None:
    assert fixed_folder(pattern) == folder


def test_a_templated_pattern_may_match_anything_there() -> None:
    assert matches_files(untemplated("apps/{{ .cluster.name }}/config.json"), "apps/eu/config.json")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (2, "2"),
        (-3, "-3"),
        (100000, "100000"),
        (1000000, "1e+06"),
        (12345678, "1.2345678e+07"),
        (1e21, "1e+21"),
        (0.0001, "0.0001"),
        (0.00001, "1e-05"),
        (2.5, "2.5"),
        (True, "true"),
        (None, "<nil>"),
        (["a", 1], "[a 1]"),
        ({"b": 1, "a": ["x"]}, "map[a:[x] b:1]"),
    ],
)
def test_values_print_as_go_prints_them(value: object, text: str) -> None:
    assert printed(value) == text  # type: ignore[arg-type]


def test_flattening_dots_maps_and_counts_lists() -> None:
    assert flattened({"a": {"b": [1, {"c": True}]}, "d": {}, "e": None}) == {
        "a.b.0": "1",
        "a.b.1.c": "true",
        "d": "map[]",
        "e": "<nil>",
    }


@pytest.mark.parametrize(
    ("name", "plain"), [("Web_App", "web-app"), ("-a.b-", "a.b"), ("x" * 300, "x" * 253), ("ü", "")]
)
def test_names_become_dns_names(name: str, plain: str) -> None:
    assert normalized(name) == plain
