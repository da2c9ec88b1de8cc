"""Which incidents models are asked about, in which order, and what the small model may decide."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from msgspec.structs import replace

from gitops_bot.errors import ModelUnavailable
from gitops_bot.model.diagnosis import MODEL, Diagnosis, Escalate, LeaveAlone
from gitops_bot.model.dialogue import LanguageModel, Request, Said, Usage
from gitops_bot.model.json import Json
from gitops_bot.model.signal import SyncRefused
from gitops_bot.reason import diagnose
from gitops_bot.reason.agent import Advice, Counsel, Limits, advise, undecided
from gitops_bot.reason.agent.budget import longest_prompt
from tests.reason import rule_cases
from tests.reason.agent.examples import MARKS, WEB, answer, incident, opened, standing_clock
from tests.support.scripted import CHEAP, ScriptedModel, says

DONE = says(answer(evidence=["E1"]))
DOWN = ModelUnavailable("overloaded")


def opinion(identifier: str, *, worth: bool = True, same: str = "", rank: int = 1) -> Json:
    return {"incident": identifier, "worth": worth, "same_cause_as": same, "rank": rank, "why": "so"}


def sorting(*opinions: Json) -> ScriptedModel:
    return ScriptedModel(says({"verdicts": list(opinions)}), name="small")


def counselled(
    diagnoses: list[Diagnosis], small: LanguageModel | None, large: LanguageModel, **limits: Decimal
) -> Advice:
    counsel = Counsel(
        small=(small,) if small else (),
        large=(large,),
        clock=standing_clock,
        marks=MARKS,
        limits=Limits(**({"incident_dollars": Decimal(1), "run_dollars": Decimal(5)} | limits)),  # type: ignore[arg-type]
    )
    return advise(diagnoses, counsel)


def several(*names: str, health: str = "Degraded") -> list[Diagnosis]:
    return [opened(incident(name, health)) for name in names]


def asked_about(model: ScriptedModel) -> list[str]:
    return [_name(request) for request in model.requests]


def _name(request: Request) -> str:
    said = request.turns[0]
    assert isinstance(said, Said)
    return said.text.partition("Application ")[2].split()[0]


@pytest.mark.parametrize("diagnoses", [[], [diagnose(rule_cases.load("drift-by-hand", "deleted"))]])
def test_what_rules_decide_costs_no_call(diagnoses: list[Diagnosis]) -> None:
    small, large = sorting(), ScriptedModel(DONE)
    advice = counselled(diagnoses, small, large)
    assert (advice.diagnoses, advice.bill.calls, str(advice.bill)) == (tuple(diagnoses), 0, "no call of a model")
    assert small.requests == large.requests == []


def test_without_a_large_model_nobody_is_asked() -> None:
    small = sorting()
    counsel = Counsel(small=(small,), large=(), clock=standing_clock, marks=MARKS)
    advice = advise(several("a"), counsel)
    assert (small.requests, advice.abstained[0].reason) == ([], "no language model is configured")


def test_all_open_incidents_are_sorted_in_one_call_and_the_order_of_diagnoses_stays() -> None:
    decided = diagnose(rule_cases.load("drift-by-hand", "deleted"))
    first, second = several("b", "a")
    small = sorting(opinion("I1", worth=False), opinion("I2"))
    large = ScriptedModel(DONE)
    advice = counselled([first, decided, second], small, large)
    assert [one.rule for one in advice.diagnoses] == ["undecided", decided.rule, MODEL]
    assert (len(small.requests), asked_about(large)) == (1, ["a"])
    assert advice.abstained[0].reason == "the triage does not find it worth a diagnosis: so"
    assert [(line.tier, line.model) for line in advice.bill.lines] == [
        ("triage", "small"),
        ("diagnosis", "scripted-large"),
    ]


def test_of_one_cause_one_is_diagnosed() -> None:
    large = ScriptedModel(DONE)
    advice = counselled(several("a", "b", "c"), sorting(opinion("I1"), opinion("I2", same="I1"), opinion("I3")), large)
    assert asked_about(large) == ["a", "c"]
    assert "the same cause as a" in advice.abstained[1].reason


def test_where_the_first_of_a_cause_comes_to_nothing_the_next_is_asked() -> None:
    large = ScriptedModel(says("no"), says("no"), DONE)
    advice = counselled(several("a", "b"), sorting(opinion("I1"), opinion("I2", same="I1")), large)
    assert [one.rule for one in advice.diagnoses] == ["undecided", MODEL]


def test_what_is_down_comes_first_whatever_the_rank_and_then_the_rank_counts() -> None:
    diagnoses = [*several("slow", health="Progressing"), *several("late", "soon")]
    ranks = (opinion("I1", rank=1), opinion("I2", rank=3), opinion("I3", rank=2))
    large = ScriptedModel(DONE)
    counselled(diagnoses, sorting(*ranks), large)
    assert asked_about(large) == ["soon", "late", "slow"]


BAD_SORTERS = {
    "down": ScriptedModel(DOWN, name="small"),
    "no JSON": ScriptedModel(says("all fine"), name="small"),
    "another shape": ScriptedModel(says({"verdicts": "none"}), name="small"),
    "nothing said": sorting(),
    "unknown ids": sorting(opinion("I99", worth=False), opinion("x", worth=False)),
    "of one cause with itself": sorting(opinion("I1", same="I1"), opinion("I2", same="I77")),
}


@pytest.mark.parametrize("name", BAD_SORTERS)
def test_a_triage_that_fails_leaves_all_incidents_worth_it(name: str) -> None:
    large = ScriptedModel(DONE)
    advice = counselled([*several("quiet", health="Progressing"), *several("b", "a")], BAD_SORTERS[name], large)
    assert asked_about(large) == ["a", "b", "quiet"]
    assert advice.note == ""


def test_the_triage_cannot_silence() -> None:
    before = several("a")
    assert counselled(before, sorting(opinion("I1", worth=False)), ScriptedModel(DONE)).diagnoses == tuple(before)


def test_the_budget_of_the_run_is_for_the_most_urgent() -> None:
    diagnoses = [*several("slow", health="Progressing"), *several("down")]
    rehearsal, large = ScriptedModel(DONE), ScriptedModel(DONE)
    counselled(diagnoses, None, rehearsal)
    first = rehearsal.requests[0]
    worst = CHEAP.of(Usage(fresh=longest_prompt(first), answered=first.longest_answer))
    advice = counselled(diagnoses, None, large, run_dollars=worst + Decimal("0.001"))  # a call costs $0.002
    assert asked_about(large) == ["down"]
    assert advice.abstained[0].reason.startswith("budget: the next call might exceed")


def test_only_the_forty_most_urgent_are_sorted() -> None:
    small = sorting()
    counselled(several(*(f"app-{number:02}" for number in range(50))), small, ScriptedModel(DONE))
    said = small.requests[0].turns[0]
    assert isinstance(said, Said)
    assert said.text.startswith("40 incidents:")
    assert len(said.text) < 40 * 700


RULE_CASES = [case for case in rule_cases.cases() if not case[1].startswith("not-")]
MAY_BE_OPEN = {"undecided", "render-failure", "sync-refused", "release-crash", "probe-failing", "out-of-memory"}


@pytest.mark.parametrize(("rule", "name"), RULE_CASES)
def test_what_rules_decide_is_not_open(rule: str, name: str) -> None:
    found = diagnose(rule_cases.load(rule, name))
    if undecided(found):
        assert found.rule in MAY_BE_OPEN
        assert found.confidence < 75 or isinstance(found.remedy, Escalate)
    if isinstance(found.remedy, LeaveAlone):
        assert undecided(found) == (found.rule == "undecided")


@pytest.mark.parametrize(
    ("message", "is_open"),
    [
        ("gremlins in the machine", True),
        ("Deployment is invalid: spec.x: Invalid value", True),
        ('deployments.apps "x" is forbidden: User cannot create resource', False),
        ("exceeded quota: compute", False),
        ("admission webhook denied the request", False),
        ("connection refused", False),
    ],
)
def test_of_refused_syncs_only_those_that_could_not_be_read_are_open(message: str, is_open: bool) -> None:
    before = incident()
    signal = SyncRefused(application="shop", resource=before.application.key, message=message)
    found = diagnose(replace(before, trouble="sync", signals=(signal,)))
    assert found.rule == "sync-refused"
    assert undecided(found) == is_open


def test_what_a_model_concluded_is_not_open() -> None:
    advice = counselled(several("a"), None, ScriptedModel(DONE))
    assert not undecided(advice.diagnoses[0])
    assert undecided(replace(opened(), remedy=Escalate(reason=json.dumps(str(WEB)))))


@pytest.mark.parametrize("configured", [True, False])
def test_what_is_open_on_the_forge_already_is_not_asked_about_again_nor_taken_back(*, configured: bool) -> None:
    model = ScriptedModel(DONE)
    counsel = Counsel(
        small=(),
        large=(model,) if configured else (),
        clock=standing_clock,
        marks=MARKS,
        treated=lambda one: "pull request #7" if one.incident.application.name == "a" else "",
    )
    advice = advise(several("a", "b"), counsel)
    assert advice.diagnoses[0].remedy == LeaveAlone(reason="pull request #7 is open for this cause")
    assert asked_about(model) == (["b"] if configured else [])
