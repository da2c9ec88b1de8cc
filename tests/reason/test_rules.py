"""Each rule against its cases: what it decides, what it must not touch; and one id for file, cases and docs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gitops_bot.model.diagnosis import Escalate, LeaveAlone
from gitops_bot.reason import UNDECIDED, diagnose
from gitops_bot.reason.registry import RULES, Rule
from tests.reason.rule_cases import FIXTURES, cases, load, written

ROOT = Path(__file__).parents[2]
BY_ID: dict[str, Rule] = {name: rule for rules in RULES.values() for name, rule in rules.items()}
CASES = list(cases())
MUST_NOT_TOUCH = [(rule, name) for rule, name in CASES if name.startswith("not-")]


@pytest.mark.parametrize(("rule", "name"), CASES)
def test_a_case_is_concluded_as_written_down(rule: str, name: str) -> None:
    assert written(diagnose(load(rule, name))) == (FIXTURES / rule / f"{name}.out.json").read_text(encoding="utf-8")


@pytest.mark.parametrize(("rule", "name"), [case for case in CASES if case not in MUST_NOT_TOUCH])
def test_a_case_is_decided_by_the_rule_that_it_is_filed_under(rule: str, name: str) -> None:
    assert diagnose(load(rule, name)).rule == rule


@pytest.mark.parametrize(("rule", "name"), MUST_NOT_TOUCH)
def test_a_rule_abstains_from_what_it_must_not_touch(rule: str, name: str) -> None:
    assert BY_ID[rule](load(rule, name)) is None


@pytest.mark.parametrize("rule", sorted(BY_ID))
def test_a_rule_has_a_case_that_it_decides_and_one_that_it_must_not_touch(rule: str) -> None:
    own = [name for folder, name in CASES if folder == rule]
    assert any(name.startswith("not-") for name in own)
    assert any(not name.startswith("not-") for name in own)


@pytest.mark.parametrize("rule", sorted(BY_ID))
def test_one_id_names_the_rule_s_file_and_its_function(rule: str) -> None:
    module = BY_ID[rule].__module__
    path = ROOT / f"{module.replace('.', '/')}.py"
    assert path.stem == rule.replace("-", "_") == BY_ID[rule].__name__
    assert path.read_text(encoding="utf-8").startswith(f'"""{rule}: ')


def test_the_docs_have_a_heading_for_each_rule_and_for_nothing_else() -> None:
    headings = re.findall(r"^### (\S+)$", (ROOT / "docs" / "rules.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(headings) == sorted([*BY_ID, UNDECIDED])


def test_no_case_folder_is_left_without_its_rule() -> None:
    assert {rule for rule, _ in CASES} == {*BY_ID, UNDECIDED}


def test_each_rule_file_is_in_the_table() -> None:
    files = {path.stem for path in (ROOT / "gitops_bot" / "reason" / "rules").glob("*/[a-z]*.py")}
    assert files == {rule.replace("-", "_") for rule in BY_ID}


@pytest.mark.parametrize(("rule", "name"), CASES)
def test_a_diagnosis_says_what_was_seen_where_and_since_when(rule: str, name: str) -> None:
    diagnosis = diagnose(load(rule, name))
    assert diagnosis.evidence
    assert all(row.signal and row.value for row in diagnosis.evidence)
    assert diagnosis.evidence[0].where
    assert 0 <= diagnosis.confidence <= 100


@pytest.mark.parametrize(("rule", "name"), CASES)
def test_only_a_canary_s_container_error_is_a_clear_signal(rule: str, name: str) -> None:
    diagnosis = diagnose(load(rule, name))
    assert not diagnosis.clear_signal or diagnosis.rule == "canary-failing"


def test_undecided_trouble_is_escalated_only_where_the_application_is_down() -> None:
    assert isinstance(diagnose(load(UNDECIDED, "degraded")).remedy, Escalate)
    assert isinstance(diagnose(load(UNDECIDED, "still-under-way")).remedy, LeaveAlone)
