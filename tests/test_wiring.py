"""What the settings mean: the policy, and the application that an event speaks of."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gitops_bot.configuration import Configuration, Environments, Limits
from gitops_bot.errors import ConfigurationError
from gitops_bot.guard import CLASSES
from gitops_bot.settings import read_settings
from gitops_bot.wiring import focus, policy_of


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (json.dumps({"action": "x", "client_payload": {"app": "ledger", "health": "Degraded"}}), ("ledger",)),
        (json.dumps({"client_payload": {}}), ()),
        (json.dumps({"schedule": "0 * * * *"}), ()),
        (json.dumps({"client_payload": {"app": 3}}), ()),
        ("no JSON", ()),
    ],
)
def test_an_event_is_a_hint_and_a_broken_one_is_none(tmp_path: Path, content: str, expected: tuple[str, ...]) -> None:
    path = tmp_path / "event.json"
    path.write_text(content)
    assert focus(str(path)) == expected


def test_no_event_and_no_file_are_no_hint(tmp_path: Path) -> None:
    assert focus("") == ()
    assert focus(str(tmp_path / "missing.json")) == ()


def test_the_environment_wins_over_the_file() -> None:
    configuration = Configuration(auto_remediate=("drift-resync",))
    assert policy_of(configuration, read_settings({})).ceiling == ("drift-resync",)
    assert policy_of(configuration, read_settings({"AUTO_REMEDIATE_CLASSES": "none"})).ceiling == ()
    assert policy_of(configuration, read_settings({"AUTO_REMEDIATE_CLASSES": "all"})).ceiling == CLASSES
    assert policy_of(Configuration(), read_settings({})).ceiling is None


def test_the_file_becomes_policy() -> None:
    configuration = Configuration(
        enabled=False,
        minimum_confidence=90,
        protected_paths=("vault/**",),
        limits=Limits(open=1, hourly=2),
        environments=Environments(label="stage", non_production=("lab",)),
    )
    policy = policy_of(configuration, read_settings({}))
    assert "enabled: false" in policy.stopped
    assert policy.configuration is configuration


def test_an_unknown_class_is_told() -> None:
    with pytest.raises(ConfigurationError, match="unknown remediation class"):
        policy_of(Configuration(), read_settings({"AUTO_REMEDIATE_CLASSES": "everything"}))


@pytest.mark.parametrize(
    ("value", "stops"), [("", False), ("true", False), ("ON", False), ("false", True), ("of", True)]
)
def test_a_repository_variable_is_a_kill_switch(value: str, stops: bool) -> None:
    policy = policy_of(Configuration(), read_settings({"GITOPS_BOT_ENABLED": value}))
    assert policy.stopped == (f"GITOPS_BOT_ENABLED is {value!r}" if stops else "")
