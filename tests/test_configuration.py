"""`.gitops-bot.yaml`: defaults, and errors that point at the place."""

from __future__ import annotations

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


@pytest.mark.parametrize(
    ("source", "where", "words"),
    [
        (b"limits:\n  opne: 3\n", f"{NAME}:2:3", "Did you mean `open`?"),
        (b"enabled: true\nprotected-path: []\n", f"{NAME}:2:1", "Did you mean `protected-paths`?"),
        (b"enabled: true\nminimum-confidence: 200\n", f"{NAME}:2:1", "<= 100"),
        (b"enabled: true\nlimits: 3\n", f"{NAME}:2:1", "got `int`"),
        (b"enabled: true\nenvironments:\n  label: 4\n", f"{NAME}:3:3", "got `int`"),
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
