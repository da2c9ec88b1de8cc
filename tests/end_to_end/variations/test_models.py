"""Incidents that the rules leave open, and scripted models behind both wire formats.

What comes of it is a proposal like any other, with what the model cited and what it cost; whatever goes wrong with a
model, the rules' conclusion stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from gitops_bot.sandbox.models import Asked, Fail, ModelServer, Script, Write
from gitops_bot.sandbox.models.steps import Move
from tests.end_to_end.conftest import Estate
from tests.end_to_end.variations import symptoms
from tests.end_to_end.variations.building import Varied
from tests.end_to_end.variations.conftest import run_once
from tests.end_to_end.variations.scripts import LARGE, LEDGER, LOOK, NOT_WORTH, SMALL, WORTH, concluded

Vary = Callable[..., Varied]
FILE = "ledger/ledger.yaml"
BACK = {
    FILE: (
        ["image: registry.example.com/ledger:5.2.0  # pinned by release; synced 2026-11-23"],
        ["image: registry.example.com/ledger:5.1.2  # pinned by release; synced 2026-11-23"],
    )
}


@pytest.fixture
def ended_from_outside(vary: Vary) -> Varied:
    """New pods that somebody ends by SIGTERM: the rules suspect the release with 70, too little to act."""
    varied = vary()
    varied.keep("ledger")
    symptoms.crashes(varied, code=143)
    return varied


@contextmanager
def models(estate: Estate, *large: Move, small: Move = WORTH, wire: str = "anthropic") -> Iterator[ModelServer]:
    """Serve the two tiers and tell the bot where they are."""
    names = {"anthropic": (SMALL, LARGE), "openai": ("small-local", "large-local")}[wire]
    scripts = {names[0]: Script.of(small, for_ever=True), names[1]: Script.of(*large, for_ever=True)}
    with ModelServer.start(scripts) as server:
        if wire == "anthropic":
            estate.set(ANTHROPIC_API_KEY="sandbox", ANTHROPIC_BASE_URL=server.url)
        else:
            estate.set(OPENAI_BASE_URL=server.openai_url, OPENAI_API_KEY="sandbox")
        yield server
        assert not server.refused


def asked_about_diagnosis(server: ModelServer) -> list[Asked]:
    return [one for one in server.requests if one.model in {LARGE, "large-local"}]


def test_without_a_model_a_person_is_asked(ended_from_outside: Varied, serve: Callable[[Varied], Estate]) -> None:
    written = run_once(serve(ended_from_outside))
    assert not written.pulls
    assert len(written.issues) == 1


def test_a_model_decides_and_its_pull_request_cites_evidence_and_its_price(
    ended_from_outside: Varied, serve: Callable[[Varied], Estate]
) -> None:
    estate = serve(ended_from_outside)
    with models(estate, concluded()) as server:
        written = run_once(estate)
        assert written.pulls == {"ledger": BACK}
        body = written.bodies["ledger"]
        assert "E1" in body
        assert "E2" in body
        assert "Restarts of the old pods as well." in body
        assert "claude-sonnet-5-5" in body
        assert "$0." in body
        assert len(asked_about_diagnosis(server)) == 1
        asked = len(server.requests)
        second = run_once(estate)
        assert len(server.requests) == asked  # it is open on the forge: nobody is paid again
        assert second.pulls == {"ledger": BACK}
        assert not second.issues


def test_a_model_looks_around_with_tools_and_cites_what_they_answered(
    ended_from_outside: Varied, serve: Callable[[Varied], Estate]
) -> None:
    estate = serve(ended_from_outside)
    with models(estate, LOOK, concluded(evidence=["E1", "T1", "T3"])) as server:
        written = run_once(estate)
        asked = asked_about_diagnosis(server)
    assert written.pulls == {"ledger": BACK}
    assert "ledger: 5.2.0" in asked[1].last  # the log of the files that it reads
    assert f"{FILE}" in asked[1].last  # the line that sets the image
    body = written.bodies["ledger"]
    assert "`T1` `git_log" in body
    assert "2 calls" in body


def test_an_openai_compatible_endpoint_does_as_well(
    ended_from_outside: Varied, serve: Callable[[Varied], Estate]
) -> None:
    ended_from_outside.commit("Name the models", {".gitops-bot.yaml": LOCAL})
    ended_from_outside.compared("ledger", ended_from_outside.head)
    estate = serve(ended_from_outside)
    with models(estate, concluded(), wire="openai"):
        written = run_once(estate)
    assert written.pulls == {"ledger": BACK}
    assert "$0.0000" in written.bodies["ledger"]


LOCAL = "models: {small: [{name: small-local}], large: [{name: large-local}]}\n"


@pytest.mark.parametrize(
    "step",
    [
        Write(text="I think you should just restart it."),
        Fail(status=529, message="Overloaded", retry_after=3600),
        Fail(status=401, message="invalid x-api-key"),
        concluded(evidence=[]),
        concluded(evidence=["E77"]),
        concluded(confidence=60),
        concluded(remedy={"kind": "revert-release", "resource": "apps/Deployment/search/search", "fields": []}),
        concluded(action="pr_only", remedy={"kind": "set-field", "resource": LEDGER, "pointer": "/x", "value": 1}),
        concluded(action="none", remedy={"kind": "leave-alone", "reason": "it looks fine"}),
    ],
    ids=lambda step: type(step).__name__,
)
def test_what_a_model_gets_wrong_ends_with_a_person(
    ended_from_outside: Varied, serve: Callable[[Varied], Estate], step: Move
) -> None:
    estate = serve(ended_from_outside)
    with models(estate, step):
        written = run_once(estate)
    assert not written.pulls
    assert not written.commits
    assert len(written.issues) == 1


def test_a_healthy_fleet_costs_no_call(play: Callable[..., Estate]) -> None:
    estate = play("00-healthy@eea9963")
    with models(estate, concluded()) as server:
        assert estate.bot("run").code == 0
        assert not server.requests


def test_what_rules_decide_costs_no_call(play: Callable[..., Estate]) -> None:
    estate = play("03-many-incidents@01b9168")
    with models(estate, concluded()) as server:
        assert estate.bot("run").code == 0
        assert len(estate.pulls()) == 3
        assert not server.requests


def test_the_run_says_what_models_cost_and_that_none_answers(
    ended_from_outside: Varied, serve: Callable[[Varied], Estate]
) -> None:
    estate = serve(ended_from_outside)
    with models(estate, concluded()):
        told = estate.bot("plan", "--output", "plan.json")
    assert "triage by claude-haiku-5-5: 1 call, " in told.output
    assert "diagnosis by claude-sonnet-5-5: 1 call, " in " ".join(told.output.split())
    with models(estate, Fail(status=401, message="invalid x-api-key"), small=Fail(status=401, message="no")):
        told = estate.bot("plan", "--output", "plan.json")
    assert "this run rests on rules only" in told.output


def test_a_budget_of_nothing_asks_nobody(ended_from_outside: Varied, serve: Callable[[Varied], Estate]) -> None:
    ended_from_outside.commit("Spend nothing", {".gitops-bot.yaml": "budget: {incident: 0, run: 0}\n"})
    ended_from_outside.compared("ledger", ended_from_outside.head)
    estate = serve(ended_from_outside)
    with models(estate, concluded()) as server:
        written = run_once(estate)
        assert not server.requests
    assert len(written.issues) == 1


def test_what_the_small_model_does_not_hold_worth_it_is_not_diagnosed(
    ended_from_outside: Varied, serve: Callable[[Varied], Estate]
) -> None:
    estate = serve(ended_from_outside)
    with models(estate, concluded(), small=NOT_WORTH) as server:
        written = run_once(estate)
        assert not asked_about_diagnosis(server)
    assert len(written.issues) == 1
