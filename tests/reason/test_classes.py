"""The closed list of cause classes, and the names by which people and tools know them."""

from __future__ import annotations

import pytest

from gitops_bot.reason import UNDECIDED
from gitops_bot.reason.classes import CLASSES, HEALTHY, class_named, closed_list
from gitops_bot.reason.registry import RULES


def test_each_rule_is_a_class_and_there_is_none_besides_healthy_and_undecided() -> None:
    rules = {name for rules in RULES.values() for name in rules}
    assert CLASSES.keys() == {*rules, UNDECIDED, HEALTHY}


@pytest.mark.parametrize("name", CLASSES)
def test_a_class_is_named_by_its_own_id(name: str) -> None:
    assert class_named(name) == class_named(name.replace("-", "_").upper()) == name


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("ImagePullBackOff", "image-not-found"),
        ("bad_image", "image-not-found"),
        ("OOMKilled", "out-of-memory"),
        ("oom", "out-of-memory"),
        ("CrashLoopBackOff", "release-crash"),
        ("crashloop", "release-crash"),
        ("probe", "probe-failing"),
        ("Readiness Probe Failure", "probe-failing"),
        ("quota_exceeded", "pod-refused"),
        ("FailedScheduling", "unschedulable"),
        ("dns_failure", "dependency-unreachable"),
        ("certificate-expired", "certificate-invalid"),
        ("node_not_ready", "node-trouble"),
        ("none", HEALTHY),
        ("unknown", UNDECIDED),
    ],
)
def test_other_names_mean_the_same_class(label: str, expected: str) -> None:
    assert class_named(label) == expected


def test_a_name_that_is_none_stays_itself() -> None:
    assert class_named("Solar Flare!") == "solar-flare"
    assert class_named("") == ""


def test_the_list_for_a_prompt_has_a_line_for_each_class() -> None:
    assert [line.partition(": ")[0] for line in closed_list().splitlines()] == list(CLASSES)
