"""`.gitops-bot.yaml`: defaults, and errors that point at the place."""

from __future__ import annotations

from pathlib import Path

import pytest

from gitops_bot.configuration import Configuration, parse_configuration
from gitops_bot.errors import ConfigurationError

NAME = ".gitops-bot.yaml"


def test_no_file_and_an_empty_file_give_the_defaults() -> None:
    assert parse_configuration(b"", NAME) == Configuration()
    assert parse_configuration(b"# nothing yet\n", NAME) == Configuration()


def test_all_keys_are_read() -> None:
    source = b"""enabled: false
auto-remediate: [canary-rollback]
minimum-confidence: 90
protected-paths: ['secrets/**']
limits: {open: 3, hourly: 2}
environments: {label: stage, non-production: [lab]}
"""
    read = parse_configuration(source, NAME)
    assert not read.enabled
    assert read.auto_remediate == ("canary-rollback",)
    assert (read.limits.open, read.limits.hourly, read.minimum_confidence) == (3, 2, 90)
    assert read.environments.non_production == ("lab",)


def test_the_documented_file_is_read() -> None:
    document = (Path(__file__).parents[1] / "docs" / "configuration.md").read_text(encoding="utf-8")
    example = document.partition("```yaml\n")[2].partition("```")[0]
    read = parse_configuration(example.encode(), NAME)
    assert (len(read.overrides), len(read.freezes)) == (2, 1)


@pytest.mark.parametrize(
    ("source", "where", "words"),
    [
        (b"limits:\n  opne: 3\n", f"{NAME}:2:3", "Did you mean `open`?"),
        (b"enabled: true\nprotected-path: []\n", f"{NAME}:2:1", "Did you mean `protected-paths`?"),
        (b"enabled: true\nminimum-confidence: 200\n", f"{NAME}:2:1", "<= 100"),
        (b"enabled: true\nlimits: 3\n", f"{NAME}:2:1", "got `int`"),
        (b"enabled: true\nenvironments:\n  label: 4\n", f"{NAME}:3:3", "got `int`"),
        (b"auto-remediate: [canary-rolback]\n", f"{NAME}:1:18", "Did you mean `canary-rollback`?"),
        (b"overrides:\n  - {match: {}, tier: comit}\n", f"{NAME}:2:17", "Did you mean `commit`?"),
        (b"freezes:\n  - {name: x, start: 0 1 * * *, hours: -1}\n", f"{NAME}:2:33", "`hours`: expected `float` > 0"),
        (b"argocd-page: https://x)[y](z\n", f"{NAME}:1:1", "`argocd-page`"),
        (b"- a\n", f"{NAME}:1:1", "got `array`"),
        (b"enabled: [\n", f"{NAME}:2:1", "no YAML"),
        (b"enabled: \xff\n", NAME, "not UTF-8"),
    ],
)
def test_a_mistake_is_told_with_its_place(source: bytes, where: str, words: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        parse_configuration(source, NAME)
    assert caught.value.where == where
    assert words in str(caught.value)
